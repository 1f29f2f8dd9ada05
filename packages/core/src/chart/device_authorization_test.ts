import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted, Schema } from "effect";
import { TestClock } from "effect/testing";
import {
  type AnyMachineSnapshot,
  createActor,
  fromCallback,
  initialTransition,
  SimulatedClock,
  transition,
} from "xstate";
import { getShortestPaths } from "xstate/graph";
import { actor } from "../flow/actor.ts";
import { define } from "../flow/definition.ts";
import { run } from "../flow/flow.ts";
import { pathOf } from "../flow/path.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import {
  deviceAuthorization,
  type DeviceAuthorizationEvent,
  type DeviceCodeAnswer,
  type PollAnswer,
} from "./device_authorization.ts";

const input = {
  issuer: "https://as.example.com",
  clientId: "tv",
  scope: ["a"],
  requestLimitMillis: 15_000,
};

const LIFETIME_MILLIS = 120_000;

const deviceCode: DeviceCodeAnswer = {
  type: "device_code",
  response: {
    deviceCode: Redacted.make("device-code"),
    userCode: "WDJB-MJHT",
    verificationUri: "https://as.example.com/device",
    expiresInMillis: LIFETIME_MILLIS,
    intervalMillis: 5_000,
  },
};

const token: PollAnswer = {
  type: "token",
  tokens: {
    accessToken: Redacted.make("access-token"),
    tokenType: "Bearer",
    obtainedAtMillis: 0,
    scope: ["a"],
  },
};

const error = undefined as never;

/** Every event there is, beside the timers. */
const answers: ReadonlyArray<DeviceAuthorizationEvent> = [
  deviceCode,
  token,
  { type: "authorization_pending" },
  { type: "slow_down" },
  { type: "access_denied" },
  { type: "expired_token" },
  { type: "refused", error },
  { type: "malformed", error },
  { type: "unreachable" },
  { type: "unavailable", retryAfterMillis: 30_000 },
  { type: "cancel" },
];

const timers = ["requestLimit.deviceAuthorization.requestingDeviceCode"].concat([
  "lifetime.deviceAuthorization.awaitingUser",
  "interval.deviceAuthorization.awaitingUser.waiting",
  "backoff.deviceAuthorization.awaitingUser.backingOff",
]).map((name) => ({ type: `xstate.after.${name}` }) as unknown as DeviceAuthorizationEvent);

/** The shortest way into each state that can be reached by these events. */
function reached(
  events: ReadonlyArray<DeviceAuthorizationEvent>,
  fromState?: AnyMachineSnapshot,
): Map<string, AnyMachineSnapshot> {
  const paths = getShortestPaths(deviceAuthorization, {
    input,
    events,
    serializeState: ({ value }) => pathOf(value),
    serializeEvent: ({ type }) => type,
    ...(fromState === undefined ? {} : { fromState: fromState as never }),
  });
  return new Map(paths.map(({ state }) => [pathOf(state.value), state]));
}

/** The paths of all states of the chart, written down by the chart itself. */
function declaredPaths(): ReadonlyArray<string> {
  const walk = (states: Record<string, { states?: object }>, prefix: string): Array<string> =>
    Object.entries(states).flatMap(([name, { states: inner }]) =>
      inner !== undefined && Object.keys(inner).length > 0
        ? walk(inner as never, `${prefix}${name}.`)
        : [`${prefix}${name}`]
    );
  return walk(deviceAuthorization.root.states, "");
}

describe("deviceAuthorization's graph", () => {
  const states = reached([...answers, ...timers]);
  const open = [...states.values()].filter(({ status }) => status === "active");

  it("has a way into every state", () => {
    assert.deepStrictEqual([...states.keys()].toSorted(), [...declaredPaths()].toSorted());
    assert.strictEqual(open.length, 4);
  });

  it("has an end from every state by time alone", () => {
    for (const state of open) {
      const ends = [...reached(timers, state).values()].filter(({ status }) => status === "done");
      assert.isAbove(ends.length, 0, pathOf(state.value));
    }
  });

  it("has an end from every state by cancel alone", () => {
    for (const state of open) {
      const [next] = transition(deviceAuthorization, state as never, { type: "cancel" });
      assert.strictEqual(next.status, "done", pathOf(state.value));
      assert.deepStrictEqual(next.output, { _tag: "Cancelled" });
    }
  });

  it("says in a sentence what each state is for", () => {
    for (const [path, state] of states) {
      for (const node of state._nodes.filter(({ parent }) => parent !== undefined)) {
        assert.isString(node.description, path);
      }
    }
  });

  it("ends differently for each way of ending", () => {
    const tags = [...states.values()]
      .filter(({ status }) => status === "done")
      .map(({ output }) => (output as { readonly _tag: string })._tag);
    assert.deepStrictEqual(tags.toSorted(), [
      "Authorized",
      "Cancelled",
      "Denied",
      "Expired",
      "Malformed",
      "Refused",
      "Unreachable",
    ]);
  });
});

/** Answers after which polling goes on. */
const PollStep: Schema.Codec<PollAnswer, unknown> = Schema.Union([
  Schema.Struct({ type: Schema.Literal("authorization_pending") }),
  Schema.Struct({ type: Schema.Literal("slow_down") }),
  Schema.Struct({ type: Schema.Literal("unreachable") }),
  Schema.Struct({
    type: Schema.Literal("unavailable"),
    retryAfterMillis: Schema.Literals([0, 7_000, 31_000, 500_000]),
  }),
]);

const Script = Schema.Array(
  Schema.Struct({ answer: PollStep, takesMillis: Schema.Literals([0, 50, 1_000, 10_000]) }),
);
type Script = typeof Script.Type;

const END = { answer: token, takesMillis: 50 };

interface Trace {
  readonly steps: Array<string>;
  readonly polledAt: Array<number>;
}

describe("deviceAuthorization under random answers", () => {
  it.effect.prop(
    "never polls early, adds five seconds for good, and ends within its lifetime",
    [Script],
    ([script]) =>
      Effect.gen(function* () {
        const { steps, polledAt } = yield* interpreted(script);
        let interval = 5_000;
        let previousAnswerAt = 50;
        for (const [turn, at] of polledAt.entries()) {
          const margin = Math.max(100, interval / 20);
          assert.isAtLeast(at - previousAnswerAt, interval + margin, `poll ${turn}`);
          const { answer, takesMillis } = script[turn] ?? END;
          if (answer.type === "slow_down") interval += 5_000;
          previousAnswerAt = at + takesMillis;
        }
        assert.match(steps.at(-1) ?? "", /^\d+ (authorized|expired) /);
        assert.isAtMost(Number(steps.at(-1)?.split(" ")[0]), 50 + LIFETIME_MILLIS);
      }),
    { arbitrary: { runs: 100 } },
  );

  it.effect.prop(
    "gives the same trace on XState's createActor, with its own clock and with Effect's",
    [Script],
    ([script]) =>
      Effect.gen(function* () {
        const { steps } = yield* interpreted(script);
        assert.deepStrictEqual(simulated(script), steps);
        assert.deepStrictEqual(yield* adapted(script), steps);
      }),
    { arbitrary: { runs: 15 } },
  );
});

function scripted(script: Script, polledAt: Array<number>, now: () => number) {
  let turn = 0;
  return define(deviceAuthorization, {
    operations: {
      requestDeviceCode: {
        onResume: "rerun",
        run: () => Effect.delay(Effect.succeed(deviceCode), 50),
      },
      poll: {
        onResume: "rerun",
        run: () =>
          Effect.suspend(() => {
            polledAt.push(now());
            const { answer, takesMillis } = script[turn++] ?? END;
            return Effect.delay(Effect.succeed(answer), takesMillis);
          }),
      },
    },
  });
}

const interpreted = Effect.fnUntraced(function* (script: Script) {
  const began = yield* Effect.clockWith((clock) => Effect.succeed(clock.currentTimeMillisUnsafe()));
  const clock = yield* Effect.clockWith(Effect.succeed);
  const now = () => clock.currentTimeMillisUnsafe() - began;
  const trace: Trace = { steps: [], polledAt: [] };
  const observe = (step: Observation) => {
    if (step.type === "flow.started") trace.steps.push(`${now()} ${step.path} start`);
    if (step.type === "flow.transition") trace.steps.push(`${now()} ${step.to} ${step.event}`);
  };
  const fiber = yield* Effect.forkChild(
    Effect.provideService(run(scripted(script, trace.polledAt, now), { input }), Observer, {
      observe,
    }),
  );
  yield* TestClock.adjust(LIFETIME_MILLIS + 60_000);
  yield* Fiber.join(fiber);
  return trace;
});

/** XState alone: its own actors, its own simulated clock. */
function simulated(script: Script): ReadonlyArray<string> {
  const clock = new SimulatedClock();
  const steps: Array<string> = [];
  let turn = 0;
  const chart = deviceAuthorization.provide({
    actors: {
      requestDeviceCode: fromCallback(({ sendBack }) => {
        const timer = clock.setTimeout(() => sendBack(deviceCode), 50);
        return () => clock.clearTimeout(timer);
      }),
      poll: fromCallback(({ sendBack }) => {
        const { answer, takesMillis } = script[turn++] ?? END;
        const timer = clock.setTimeout(() => sendBack(answer), takesMillis);
        return () => clock.clearTimeout(timer);
      }),
    },
  });
  const made = createActor(chart, { input, clock, inspect: recorder(steps, () => clock.now()) });
  made.start();
  while (made.getSnapshot().status === "active") clock.increment(50);
  return steps;
}

const adapted = Effect.fnUntraced(function* (script: Script) {
  const clock = yield* Effect.clockWith(Effect.succeed);
  const began = clock.currentTimeMillisUnsafe();
  const now = () => clock.currentTimeMillisUnsafe() - began;
  const steps: Array<string> = [];
  yield* Effect.scoped(Effect.gen(function* () {
    const made = yield* actor(scripted(script, [], now), { input, inspect: recorder(steps, now) });
    made.start();
    yield* TestClock.adjust(LIFETIME_MILLIS + 60_000);
  }));
  return steps;
});

function recorder(steps: Array<string>, now: () => number) {
  return (inspected: { readonly type: string }) => {
    if (inspected.type !== "@xstate.snapshot") return;
    const { event, snapshot } = inspected as never as {
      readonly event: { readonly type: string };
      readonly snapshot: AnyMachineSnapshot;
    };
    if (!("value" in snapshot)) return;
    const { type } = event;
    const name = type === "xstate.init"
      ? "start"
      : type.replace(/^xstate\.after\.([^.]+)\..*/, "after $1");
    steps.push(`${now()} ${pathOf(snapshot.value)} ${name}`);
  };
}

describe("deviceAuthorization's waits", () => {
  /** Wait before the next poll after these answers, in milliseconds. */
  function waitAfter(...given: ReadonlyArray<DeviceAuthorizationEvent>): number {
    let [snapshot] = initialTransition(deviceAuthorization, input);
    for (const event of [deviceCode, ...given]) {
      const due = pathOf(snapshot.value).endsWith("backingOff") ? 3 : 2;
      if (event !== deviceCode) {
        [snapshot] = transition(deviceAuthorization, snapshot, timers[due] as never);
      }
      [snapshot] = transition(deviceAuthorization, snapshot, event);
    }
    return snapshot.context.waitMillis;
  }

  function repeat(answer: PollAnswer, times: number): ReadonlyArray<PollAnswer> {
    return Array.from({ length: times }, () => answer);
  }

  const pending: PollAnswer = { type: "authorization_pending" };
  const slowDown: PollAnswer = { type: "slow_down" };
  const lost: PollAnswer = { type: "unreachable" };
  const busy = (retryAfterMillis?: number): PollAnswer => ({
    type: "unavailable",
    retryAfterMillis,
  });

  it("are the interval and five percent", () => {
    assert.strictEqual(waitAfter(), 5_250);
    assert.strictEqual(waitAfter(pending), 5_250);
    assert.strictEqual(waitAfter(slowDown), 10_500);
    assert.strictEqual(waitAfter(slowDown, slowDown, slowDown, pending), 21_000);
  });

  it("double after each lost answer up to a minute, and return to the interval", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5].map((times) => waitAfter(...repeat(lost, times))),
      [10_500, 21_000, 42_000, 60_000, 60_000],
    );
    assert.strictEqual(waitAfter(lost, lost, pending), 5_250);
    assert.strictEqual(waitAfter(lost, slowDown), 10_500);
  });

  it("honour Retry-After up to a minute, and never below the interval", () => {
    assert.strictEqual(waitAfter(busy(30_000)), 30_000);
    assert.strictEqual(waitAfter(busy(1_000)), 10_500);
    assert.strictEqual(waitAfter(busy(3_600_000)), 60_000);
    assert.strictEqual(waitAfter({ ...pending, retryAfterMillis: 20_000 }), 20_000);
    assert.strictEqual(waitAfter({ ...slowDown, retryAfterMillis: 1_000 }), 10_500);
  });

  it("keep to an interval that is longer than a minute, whatever fails", () => {
    const slow = repeat(slowDown, 12);
    assert.strictEqual(waitAfter(...slow), 68_250);
    assert.strictEqual(waitAfter(...slow, lost), 68_250);
  });
});
