import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { createMachine } from "xstate";
import { deviceAuthorization } from "@bellhop/core/chart/device_authorization";
import { type Observation, Observer } from "@bellhop/core/protocol/observation";
import { graphOf } from "../diagram/graph_of.ts";
import { layer, make, type StatelyMessage } from "./stately.ts";

const head = { flowId: "f", at: 1_000 };
const context = { clientId: "tv", deviceCode: Redacted.make("planted-1") };

const observations: ReadonlyArray<Observation> = [
  {
    ...head,
    seq: 0,
    type: "flow.started",
    chart: "deviceAuthorization",
    chartVersion: "1",
    path: "requestingDeviceCode",
    resumed: false,
    context,
  },
  { ...head, seq: 1, type: "operation.started", operation: "requestDeviceCode" },
  {
    ...head,
    seq: 2,
    type: "flow.transition",
    from: "requestingDeviceCode",
    to: "awaitingUser.waiting",
    event: "device_code",
    data: { device_code: "planted-2", interval: 5 },
    context,
  },
  { ...head, seq: 3, type: "flow.ended", path: "authorized", outcome: "done" },
];

function sent(): ReadonlyArray<Readonly<Record<string, unknown>>> {
  const messages: Array<StatelyMessage> = [];
  const { observe } = make({ send: (message) => messages.push(message) });
  for (const observation of observations) observe(observation);
  return JSON.parse(JSON.stringify(messages));
}

describe("make()", () => {
  it("tells of each flow as an actor, of each step as an event and a snapshot", () => {
    const messages = sent();
    assert.deepStrictEqual(messages.map(({ type, id }) => [type, id]), [
      ["@xstate.actor", "f.0"],
      ["@xstate.event", "f.2.event"],
      ["@xstate.snapshot", "f.2"],
      ["@xstate.snapshot", "f.3"],
    ]);
    const [actor, event, snapshot, end] = messages;
    assert.deepInclude(actor, { name: "deviceAuthorization", sessionId: "f", createdAt: "1000" });
    const definition = createMachine(JSON.parse(String(actor?.["definition"])));
    assert.deepStrictEqual(graphOf(definition), graphOf(deviceAuthorization));
    assert.deepInclude(event, {
      event: { type: "device_code", device_code: "<redacted>", interval: 5 },
    });
    const held = { clientId: "tv", deviceCode: "<redacted>" };
    assert.deepInclude(snapshot, {
      snapshot: { status: "active", value: { awaitingUser: "waiting" }, context: held },
    });
    assert.deepInclude(end, { snapshot: { status: "done", value: "authorized", context: held } });
  });

  it("sends no secret", () => assert.notInclude(JSON.stringify(sent()), "planted"));
});

describe("layer()", () => {
  it.effect("tells beside whoever observed before", () =>
    Effect.gen(function* () {
      const seen: Array<Observation> = [];
      const messages: Array<StatelyMessage> = [];
      const observer = yield* Observer.pipe(
        Effect.provide(layer({ send: (message) => messages.push(message) })),
        Effect.provideService(Observer, { observe: (each) => seen.push(each) }),
      );
      for (const observation of observations) observer?.observe(observation);
      assert.deepStrictEqual(seen, [...observations]);
      assert.strictEqual(messages.length, 4);
    }));
});
