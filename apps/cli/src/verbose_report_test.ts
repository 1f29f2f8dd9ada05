import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer } from "effect";
import { type Observation, Observer } from "@bellhop/core/protocol/observation";
import { LiveLine } from "./live_line.ts";
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
  { ...head, type: "timer.fired", timer: "after interval" },
  { ...head, type: "timer.cancelled", timer: "after lifetime" },
  { ...head, type: "flow.ended", path: "authorized", outcome: "done" },
];

function started(flowId: string, chart: string, path: string): Observation {
  const flow = { chart, chartVersion: "1", path, resumed: false, context };
  return { ...head, type: "flow.started", flowId, ...flow };
}

/** What is said of the observations. */
function said(
  how: Partial<Settings>,
  { isTerminal = false, seen = observations } = {},
): Effect.Effect<string> {
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
      for (const observation of seen) observer?.observe(observation);
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
          "  after interval: in 5 s\n" +
          "  after interval: fired\n" +
          "  after lifetime: cancelled\n" +
          "deviceAuthorization: ended in authorized (done)\n",
      );
      assert.isTrue(
        (yield* said({}, { isTerminal: true })).startsWith("\r\u001b[2KdeviceAuthorization"),
      );
    }));

  it.effect("says also how a flow ends that comes to no end of its own", () =>
    Effect.gen(function* () {
      const end = { ...head, type: "flow.ended", path: "fresh" } as const;
      const words = (chart: string, outcome: "interrupted" | "defect") =>
        said({}, { seen: [started("f", chart, "fresh"), { ...end, outcome }] });
      assert.include(yield* words("refreshToken", "interrupted"), "ended in fresh (interrupted)\n");
      assert.include(yield* words("refreshToken", "defect"), "ended in fresh (defect)\n");
      assert.include(yield* words("session", "defect"), "ended in fresh (defect)\n");
      // A session rests until somebody closes it: nothing was broken off.
      assert.include(yield* words("session", "interrupted"), "session: closed in fresh\n");
    }));

  it.effect("tells the flows of one chart apart, and whose timer it is", () =>
    Effect.gen(function* () {
      const [first, second] = ["830dd68072899f39", "b9f0e90c80990d7d"];
      const seen: ReadonlyArray<Observation> = [
        started(first, "session", "fresh"),
        started(second, "session", "stale"),
        { ...head, flowId: first, type: "timer.armed", timer: "after renewalPoint", dueAt: 6_000 },
        { ...head, flowId: second, type: "flow.ended", path: "stale", outcome: "interrupted" },
        { ...head, flowId: first, type: "timer.fired", timer: "after renewalPoint" },
      ];
      assert.strictEqual(
        yield* said({}, { seen }),
        "session: fresh\n" +
          "session b9f0e9: stale\n" +
          "  after renewalPoint of session 830dd6: in 5 s\n" +
          "session b9f0e9: closed in stale\n" +
          "  after renewalPoint: fired\n",
      );
    }));

  it.effect("leaves the line alone in which something else was written", () =>
    Effect.gen(function* () {
      let isHushed = false;
      const line = { hush: Effect.void, isHushed: () => isHushed };
      const text = () => Effect.provideService(said({}, { isTerminal: true }), LiveLine, line);
      assert.include(yield* text(), "\u001b[2K");
      isHushed = true;
      assert.notInclude(yield* text(), "\u001b");
    }));

  it.effect("says nothing unless asked to", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* said({ isVerbose: false }), "");
      assert.strictEqual(yield* said({ isQuiet: true }), "");
    }));
});
