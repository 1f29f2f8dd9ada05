import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer } from "effect";
import { type Observation, Observer } from "@bellhop/core/protocol/observation";
import { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { layer } from "./verbose_report.ts";

const head = { flowId: "f", seq: 0, at: 1_000 };
const context = { deviceCode: "planted" };
const observations: ReadonlyArray<Observation> = [
  {
    ...head,
    type: "flow.started",
    chart: "deviceAuthorization",
    chartVersion: "1",
    path: "requestingDeviceCode",
    resumed: false,
    context,
  },
  {
    ...head,
    type: "flow.transition",
    from: "requestingDeviceCode",
    to: "awaitingUser.waiting",
    event: "device_code",
    data: context,
    context,
  },
  { ...head, type: "timer.armed", timer: "after interval", dueAt: 6_000 },
  { ...head, type: "flow.ended", path: "authorized", outcome: "done" },
];

function said(how: Partial<Settings>, isTerminal = false): Effect.Effect<string> {
  return Effect.gen(function* () {
    let text = "";
    const settings = Layer.succeed(Settings, {
      profile: "work",
      home: "/nonexistent",
      store: "memory",
      requestLimitMillis: 1,
      isJson: false,
      isQuiet: false,
      isVerbose: true,
      ...how,
    });
    const screen = Layer.succeed(Screen, {
      isTerminal,
      hasKeys: false,
      canColor: false,
      columns: () => 80,
      write: (more) => {
        text += more;
      },
    });
    yield* Effect.gen(function* () {
      const observer = yield* Observer;
      for (const observation of observations) observer?.observe(observation);
    }).pipe(Effect.provide(layer.pipe(Layer.provide([settings, screen]))));
    return text;
  });
}

describe("layer", () => {
  it.effect("says the states and the timers of flows, and nothing that they hold", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* said({}),
        "deviceAuthorization: requestingDeviceCode\n" +
          "deviceAuthorization: awaitingUser.waiting (device_code)\n" +
          "  after interval: in 5 s\n",
      );
      assert.isTrue((yield* said({}, true)).startsWith("\r\u001b[2KdeviceAuthorization"));
    }));

  it.effect("says nothing unless asked to", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* said({ isVerbose: false }), "");
      assert.strictEqual(yield* said({ isQuiet: true }), "");
    }));
});
