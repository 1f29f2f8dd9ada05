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
import { define } from "../flow/definition.ts";
import { run } from "../flow/flow.ts";
import { pathOf } from "../flow/path.ts";
import { EndpointError, Unavailable } from "../protocol/endpoint_error.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import { tokenRequest } from "./_token_request.ts";
import { clientCredentials } from "./client_credentials.ts";
import { jwtBearer } from "./jwt_bearer.ts";
import { refreshToken } from "./refresh_token.ts";
import { tokenExchange } from "./token_exchange.ts";
import type { TokenRequestAnswer, TokenRequestEvent } from "./token_request.ts";

const RETRY_FOR_MILLIS = 30_000;
const REQUEST_LIMIT_MILLIS = 15_000;

const input = {
  issuer: "https://as.example.com",
  clientId: "service",
  requestLimitMillis: REQUEST_LIMIT_MILLIS,
  retryForMillis: RETRY_FOR_MILLIS,
};

const token: TokenRequestAnswer = {
  type: "token",
  tokens: {
    accessToken: Redacted.make("access-token"),
    tokenType: "Bearer",
    obtainedAtMillis: 0,
    scope: [],
  },
};

const error = new EndpointError({
  endpoint: "token",
  url: "https://as.example.com/token",
  reason: new Unavailable({ status: 503, body: "" }),
});

/** Every event there is, beside the timers. */
const answers: ReadonlyArray<TokenRequestEvent> = [
  token,
  { type: "refused", error },
  { type: "malformed", error },
  { type: "unreachable", spread: 0.5 },
  { type: "unavailable", spread: 0.5, retryAfterMillis: 7_000 },
  { type: "cancel" },
];

const charts = [
  { chart: refreshToken, id: "refreshToken" },
  { chart: clientCredentials, id: "clientCredentials" },
  { chart: tokenExchange as unknown as typeof refreshToken, id: "tokenExchange" },
  { chart: jwtBearer, id: "jwtBearer" },
];

function timersOf(id: string): ReadonlyArray<TokenRequestEvent> {
  return [
    `requestLimit.${id}.trying.requesting`,
    `patience.${id}.trying`,
    `backoff.${id}.trying.backingOff`,
  ].map((name) => ({ type: `xstate.after.${name}` }) as unknown as TokenRequestEvent);
}

describe.each(charts)("$id's graph", ({ chart, id }) => {
  /** The shortest way into each state that can be reached by these events. */
  function reached(
    events: ReadonlyArray<TokenRequestEvent>,
    fromState?: AnyMachineSnapshot,
  ): Map<string, AnyMachineSnapshot> {
    const keyOf = ({ value, context }: AnyMachineSnapshot): string =>
      `${pathOf(value)}${context.isPatient ? "" : " impatient"}`;
    const paths = getShortestPaths(chart, {
      input,
      events,
      serializeState: keyOf,
      serializeEvent: ({ type }) => type,
      ...(fromState === undefined ? {} : { fromState: fromState as never }),
    });
    return new Map(paths.map(({ state }) => [keyOf(state), state]));
  }

  const timers = timersOf(id);
  const states = reached([...answers, ...timers]);
  const open = [...states].filter(([, { status }]) => status === "active");

  it("has a way into every state", () => {
    const paths = new Set([...states.values()].map(({ value }) => pathOf(value)));
    assert.deepStrictEqual([...paths].toSorted(), [
      "cancelled",
      "granted",
      "malformed",
      "refused",
      "trying.backingOff",
      "trying.requesting",
      "unreachable",
    ]);
    assert.deepStrictEqual(open.map(([key]) => key).toSorted(), [
      "trying.backingOff",
      "trying.requesting",
      "trying.requesting impatient",
    ]);
    assert.strictEqual(chart.id, id);
    assert.strictEqual(chart.version, "1");
  });

  it("has an end from every state by time alone", () => {
    for (const [key, state] of open) {
      const ends = [...reached(timers, state).values()].filter(({ status }) => status === "done");
      assert.isAbove(ends.length, 0, key);
      for (const { output } of ends) assert.propertyVal(output, "_tag", "Unreachable");
    }
  });

  it("has an end from every state by cancel alone", () => {
    for (const [key, state] of open) {
      const [next] = transition(chart, state as never, { type: "cancel" });
      assert.deepStrictEqual(next.output, { _tag: "Cancelled" }, key);
    }
  });

  it("says in a sentence, with its section, what each state is for", () => {
    for (const [key, state] of states) {
      for (const node of state._nodes.filter(({ parent }) => parent !== undefined)) {
        assert.isAbove(node.description?.length ?? 0, 20, key);
        if (node.key !== "cancelled") {
          assert.match(node.description ?? "", /RFC \d+ sections?/, key);
        }
      }
    }
  });

  it("asks for no secret: its operation has no input, its context none to show", () => {
    const [{ context }, actions] = initialTransition(chart, input);
    const spawned = actions.map(({ params }) => params).find((params) => "src" in (params ?? {}));
    assert.isUndefined((spawned as { readonly input?: unknown }).input);
    assert.deepStrictEqual(context, {
      ...input,
      isPatient: true,
      backoffMillis: 1_000,
      waitMillis: 0,
    });
  });
});

const chart = tokenRequest({
  id: "asking",
  descriptions: { trying: "a", requesting: "b", granted: "c", refused: "d" },
});
const [, patience, backoff] = timersOf("asking") as [unknown, TokenRequestEvent, TokenRequestEvent];

/** What these events lead to; a wait that is over is put between two answers. */
function after(
  events: ReadonlyArray<TokenRequestEvent>,
  retryForMillis = 3_600_000,
): AnyMachineSnapshot {
  let [snapshot] = initialTransition(chart, { ...input, retryForMillis });
  for (const event of events) {
    if (pathOf(snapshot.value) === "trying.backingOff" && event !== patience) {
      [snapshot] = transition(chart, snapshot, backoff);
    }
    [snapshot] = transition(chart, snapshot, event);
  }
  return snapshot;
}

describe("tokenRequest's waits", () => {
  const lost = (spread: number): TokenRequestAnswer => ({ type: "unreachable", spread, error });
  const busy = (spread: number, retryAfterMillis?: number): TokenRequestAnswer => ({
    type: "unavailable",
    spread,
    retryAfterMillis,
    error,
  });

  function waitAfter(...events: ReadonlyArray<TokenRequestEvent>): number {
    const { context, value } = after(events);
    assert.strictEqual(pathOf(value), "trying.backingOff");
    return context.waitMillis;
  }

  it("double up to a minute, from half of it to the whole, by the spread", () => {
    const waits = (spread: number) =>
      Array.from(
        { length: 8 },
        (_, times) => waitAfter(...Array.from({ length: times + 1 }, () => lost(spread))),
      );
    assert.deepStrictEqual(waits(0), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    assert.deepStrictEqual(waits(0.5), [
      750,
      1_500,
      3_000,
      6_000,
      12_000,
      24_000,
      45_000,
      45_000,
    ]);
    assert.strictEqual(waitAfter(lost(0.999_999)), 1_000);
  });

  it("honour Retry-After up to a minute, spread beyond it and never before it", () => {
    assert.strictEqual(waitAfter(busy(0, 30_000)), 30_000);
    assert.strictEqual(waitAfter(busy(0.5, 30_000)), 30_250);
    assert.strictEqual(waitAfter(busy(0, 3_600_000)), 60_000);
    assert.strictEqual(waitAfter(busy(0, 100)), 500);
    assert.strictEqual(waitAfter(busy(0, 0)), 500);
    assert.strictEqual(waitAfter(busy(0)), 500);
  });

  it("are not begun where they cannot end in time", () => {
    assert.strictEqual(pathOf(after([busy(0, 30_001)], 30_000).value), "unreachable");
    assert.strictEqual(pathOf(after([busy(0, 30_000)], 30_000).value), "unreachable");
    assert.strictEqual(pathOf(after([busy(0, 29_999)], 30_000).value), "trying.backingOff");
    assert.strictEqual(pathOf(after([lost(0)], 0).value), "unreachable");
  });

  it("end with patience, and tell why the last request had no answer", () => {
    const ended = after([lost(0), patience]);
    assert.deepStrictEqual(ended.output, { _tag: "Unreachable", error });
  });

  it("leave a request alone when patience ends, and take its answer", () => {
    const waiting = after([patience]);
    assert.strictEqual(pathOf(waiting.value), "trying.requesting");
    assert.strictEqual(after([patience, token]).output?._tag, "Granted");
    assert.deepStrictEqual(after([patience, lost(0)]).output, { _tag: "Unreachable", error });
    assert.deepStrictEqual(after([patience, busy(0, 1)]).output, { _tag: "Unreachable", error });
  });
});

/** Answers after which it goes on. */
const Step: Schema.Codec<TokenRequestAnswer, unknown> = Schema.Union([
  Schema.Struct({ type: Schema.Literal("unreachable"), spread: Schema.Literals([0, 0.3, 0.9]) }),
  Schema.Struct({
    type: Schema.Literal("unavailable"),
    spread: Schema.Literals([0, 0.3, 0.9]),
    retryAfterMillis: Schema.Literals([0, 1_000, 7_000, 500_000]),
  }),
]);
const Script = Schema.Array(
  Schema.Struct({ answer: Step, takesMillis: Schema.Literals([0, 50, 10_000, 14_950]) }),
);
type Script = typeof Script.Type;
const END = { answer: token, takesMillis: 50 };

const interpreted = Effect.fnUntraced(function* (script: Script) {
  const clock = yield* Effect.clockWith(Effect.succeed);
  const began = clock.currentTimeMillisUnsafe();
  const now = () => clock.currentTimeMillisUnsafe() - began;
  const steps: Array<string> = [];
  const askedAt: Array<number> = [];
  const observe = (step: Observation) => {
    if (step.type === "flow.started") steps.push(`${now()} ${step.path} start`);
    if (step.type === "flow.transition") steps.push(`${now()} ${step.to} ${step.event}`);
  };
  const definition = define(chart, {
    operations: {
      request: {
        onResume: "rerun",
        run: () =>
          Effect.suspend(() => {
            const { answer, takesMillis } = script[askedAt.length] ?? END;
            askedAt.push(now());
            return Effect.delay(Effect.succeed(answer), takesMillis);
          }),
      },
    },
  });
  const fiber = yield* Effect.forkChild(
    Effect.provideService(run(definition, { input }), Observer, { observe }),
  );
  yield* TestClock.adjust(RETRY_FOR_MILLIS + REQUEST_LIMIT_MILLIS);
  yield* Fiber.join(fiber);
  return { steps, askedAt };
});

/** XState alone: its own actors, its own simulated clock. */
function simulated(script: Script): ReadonlyArray<string> {
  const clock = new SimulatedClock();
  const steps: Array<string> = [];
  let turn = 0;
  const provided = chart.provide({
    actors: {
      request: fromCallback(({ sendBack }) => {
        const { answer, takesMillis } = script[turn++] ?? END;
        const timer = clock.setTimeout(() => sendBack(answer), takesMillis);
        return () => clock.clearTimeout(timer);
      }),
    },
  });
  const made = createActor(provided, {
    input,
    clock,
    inspect: (inspected) => {
      if (inspected.type !== "@xstate.snapshot" || !("value" in inspected.snapshot)) return;
      const { event, snapshot } = inspected;
      const name = event.type === "xstate.init"
        ? "start"
        : event.type.replace(/^xstate\.after\.([^.]+)\..*/, "after $1");
      steps.push(`${clock.now()} ${pathOf((snapshot as AnyMachineSnapshot).value)} ${name}`);
    },
  });
  made.start();
  clock.increment(0);
  while (made.getSnapshot().status === "active") clock.increment(1);
  return steps;
}

describe("tokenRequest under random answers", () => {
  it.effect.prop(
    "never asks early, nor after its patience, and ends within one request of it",
    [Script],
    ([script]) =>
      Effect.gen(function* () {
        const { steps, askedAt } = yield* interpreted(script);
        let endedAt = 0;
        for (const [turn, at] of askedAt.entries()) {
          const { answer, takesMillis } = script[turn] ?? END;
          const before = script[turn - 1]?.answer;
          if (before !== undefined) {
            const asked = before.type === "unavailable" ? before.retryAfterMillis ?? 0 : 0;
            assert.isAtLeast(at - endedAt, Math.max(500, Math.min(60_000, asked)), answer.type);
          }
          assert.isBelow(at, RETRY_FOR_MILLIS);
          endedAt = at + takesMillis;
        }
        const [at, path] = steps.at(-1)?.split(" ") ?? [];
        assert.include(["granted", "unreachable"], path);
        assert.isBelow(Number(at), RETRY_FOR_MILLIS + REQUEST_LIMIT_MILLIS);
      }),
    { arbitrary: { runs: 100 } },
  );

  it.effect.prop(
    "gives the same trace on XState's createActor",
    [Script],
    ([script]) =>
      Effect.gen(function* () {
        const { steps } = yield* interpreted(script);
        assert.deepStrictEqual(simulated(script), steps);
      }),
    { arbitrary: { runs: 15 } },
  );
});
