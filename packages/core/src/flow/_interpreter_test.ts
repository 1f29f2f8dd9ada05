import { assert, describe, it } from "@effect/vitest";
import { Cause, Clock, Deferred, Effect, Exit, Fiber, Scheduler, Scope } from "effect";
import { TestClock } from "effect/testing";
import { createMachine, emit, raise, setup } from "xstate";
import { operation } from "../chart/operation.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import { define } from "./definition.ts";
import { resume, run, start } from "./flow.ts";
import { errand } from "./testdata/errand.ts";
import { errandSlowToStop } from "./testdata/timed_errand.ts";

type Done = { readonly type: "done" };

/** A chart of two regions with an operation each; it emits on the way in. */
const twins = setup({
  types: { events: {} as Done, emitted: {} as { readonly type: "began" } },
  actors: { first: operation<void, Done>(), second: operation<void, Done>() },
  actions: { tell: emit({ type: "began" }) },
}).createMachine({
  id: "twins",
  type: "parallel",
  entry: "tell",
  states: {
    one: { invoke: { id: "first", src: "first" } },
    two: { invoke: { id: "second", src: "second" } },
  },
});

function working(log: Array<string>): Effect.Effect<never> {
  return Effect.sync(() => log.push("began")).pipe(
    Effect.andThen(Effect.never),
    Effect.onInterrupt(() => Effect.sync(() => log.push("ended"))),
  );
}

/** Has each fiber wait for its turn before it does anything. */
class PoliteScheduler extends Scheduler.MixedScheduler {
  readonly #begun = new WeakSet<Fiber.Fiber<unknown, unknown>>();

  override shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    const isFirst = !this.#begun.has(fiber);
    this.#begun.add(fiber);
    return isFirst;
  }
}

describe("operations that begin together", () => {
  it.effect("are called in the chart's order, whichever fiber has its first turn", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const called = (name: string) => (): Effect.Effect<never> => {
        log.push(name);
        return Effect.andThen(Effect.sync(() => log.push(`${name} has its turn`)), Effect.never);
      };
      const flow = define(twins, {
        operations: {
          first: { onResume: "rerun", run: called("first") },
          second: { onResume: "rerun", run: called("second") },
        },
      });
      yield* start(flow);
      yield* Effect.yieldNow;
      assert.deepStrictEqual(
        log,
        ["first", "second", "first has its turn", "second has its turn"],
      );
    }).pipe(
      Effect.scoped,
      Effect.provideService(Scheduler.Scheduler, new PoliteScheduler()),
    ));

  it.effect("that throw end the flow with that as its defect", () =>
    Effect.gen(function* () {
      const flow = define(twins, {
        operations: {
          first: {
            onResume: "rerun",
            run: (): Effect.Effect<never> => {
              throw new TypeError("no input");
            },
          },
          second: { onResume: "rerun", run: () => Effect.never },
        },
      });
      const exit = yield* Effect.exit(run(flow));
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause));
    }));
});

describe("a flow that ends in the middle of a step", () => {
  it.effect("begins nothing more when whoever takes its events dies", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const flow = define(twins, {
        operations: {
          first: { onResume: "rerun", run: () => working(log) },
          second: { onResume: "rerun", run: () => working(log) },
        },
      });
      const exit = yield* Effect.exit(run(flow, { onEmit: () => Effect.die("no screen") }));
      assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) === "no screen");
      assert.deepStrictEqual(log, []);
    }));

  it.effect("begins no second operation when the first dies at once", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const flow = define(twins, {
        operations: {
          first: { onResume: "rerun", run: () => Effect.die("broken") },
          second: { onResume: "rerun", run: () => working(log) },
        },
      });
      assert.isTrue(Exit.isFailure(yield* Effect.exit(run(flow))));
      assert.deepStrictEqual(log, []);
    }));

  it.effect("ends an operation that ends its own flow", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const runner = yield* Deferred.make<Fiber.Fiber<unknown>>();
      const flow = define(twins, {
        operations: {
          first: {
            onResume: "rerun",
            run: () =>
              Effect.flatMap(Deferred.await(runner), (fiber) =>
                Effect.andThen(Effect.sync(() => fiber.interruptUnsafe()), working(log))),
          },
          second: {
            onResume: "rerun",
            run: () =>
              working(log),
          },
        },
      });
      const fiber = yield* Effect.forkChild(run(flow));
      yield* Deferred.succeed(runner, fiber);
      yield* Fiber.await(fiber);
      assert.strictEqual(
        log.filter((line) => line === "began").length,
        log.filter((line) => line === "ended").length,
      );
      assert.include(log, "ended");
    }));

  it.effect("is ended whole by an interruption that comes while it starts", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const flow = define(twins, {
        operations: {
          first: {
            onResume: "rerun",
            run: () =>
              Effect.andThen(Effect.sync(() => fibers[0]?.interruptUnsafe()), working(log)),
          },
          second: { onResume: "rerun", run: () => working(log) },
        },
      });
      const fibers: Array<Fiber.Fiber<unknown>> = [];
      const itself = Effect.withFiber((fiber) => {
        fibers.push(fiber as Fiber.Fiber<unknown>);
        return run(flow);
      });
      const fiber = yield* Effect.forkChild(itself);
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
      assert.deepStrictEqual(log, ["began", "began", "ended", "ended"]);
    }));

  it.effect("is waited for by an interruption that comes while it ends", () =>
    Effect.gen(function* () {
      let released = false;
      const flow = errandSlowToStop(() => (released = true));
      const fiber = yield* Effect.forkChild(run(flow, { input: { restMillis: 1 } }));
      yield* TestClock.adjust(60_000);
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber));
      yield* TestClock.adjust(499);
      assert.isUndefined(interrupting.pollUnsafe());
      yield* TestClock.adjust(1);
      yield* Fiber.join(interrupting);
      assert.isTrue(released);
    }));
});

/** The test clock under a wall clock that is set. */
function aheadBy(millis: () => number): Effect.Effect<Clock.Clock> {
  return Effect.map(Clock.Clock, (clock): Clock.Clock =>
    Object.create(clock, {
      currentTimeMillisUnsafe: { value: () => clock.currentTimeMillisUnsafe() + millis() },
    }));
}

describe("a flow's timers", () => {
  it.effect("keep their time in a cycle when the wall clock is set back", () =>
    Effect.gen(function* () {
      const chart = createMachine({
        id: "swinging",
        initial: "a",
        states: { a: { after: { 50: "b" } }, b: { after: { 50: "a" } } },
      });
      let setBackMillis = 0;
      const seen: Array<Observation> = [];
      const fiber = yield* Effect.forkChild(
        run(define(chart, { operations: {} })).pipe(
          Effect.provideServiceEffect(Clock.Clock, aheadBy(() => -setBackMillis)),
          Effect.provideService(Observer, { observe: (each) => seen.push(each) }),
        ),
      );
      yield* TestClock.adjust(20);
      setBackMillis = 3_600_000;
      yield* TestClock.adjust(980);
      yield* Fiber.interrupt(fiber);
      assert.strictEqual(seen.filter(({ type }) => type === "timer.fired").length, 20);
    }));

  it.effect.each(
    [
      ["forward", 7_200_000, 3_600_000, 1_000],
      ["back", -8_000, 20_000, 15_000],
    ] as const,
  )(
    "keep their time when the wall clock is set %s while another one runs",
    ([, setByMillis, lateMillis, thereMillis]) =>
      Effect.gen(function* () {
        const chart = setup({ types: { events: {} as { readonly type: "hurry" } } }).createMachine({
          id: "hurrying",
          initial: "resting",
          states: {
            resting: { after: { [lateMillis]: "late" }, on: { hurry: "hurrying" } },
            hurrying: { after: { [thereMillis]: "there" } },
            there: { type: "final" },
            late: { type: "final" },
          },
        });
        let aheadMillis = 0;
        const flow = yield* start(define(chart, { operations: {} })).pipe(
          Effect.provideServiceEffect(Clock.Clock, aheadBy(() => aheadMillis)),
        );
        const ended = yield* Effect.forkChild(flow.await);
        yield* TestClock.adjust(10_000);
        aheadMillis = setByMillis;
        yield* flow.send({ type: "hurry" });
        yield* TestClock.adjust(thereMillis - 1);
        assert.isUndefined(ended.pollUnsafe());
        yield* TestClock.adjust(1);
        assert.isDefined(ended.pollUnsafe());
      }).pipe(Effect.scoped),
  );

  it.effect("fire together when they are due together, whatever the wall clock shows by then", () =>
    Effect.gen(function* () {
      const after = { 10_000: { target: ".late" } };
      const chart = createMachine({
        id: "together",
        type: "parallel",
        states: {
          one: { initial: "early", states: { early: {}, late: { type: "final" } }, after },
          other: { initial: "early", states: { early: {}, late: { type: "final" } }, after },
        },
      });
      let aheadMillis = 0;
      const flow = yield* start(define(chart, { operations: {} })).pipe(
        Effect.provideServiceEffect(Clock.Clock, aheadBy(() => aheadMillis)),
      );
      const ended = yield* Effect.forkChild(flow.await);
      yield* TestClock.adjust(5_000);
      aheadMillis = -3_000;
      yield* TestClock.adjust(4_999);
      assert.isUndefined(ended.pollUnsafe());
      yield* TestClock.adjust(1);
      assert.isDefined(ended.pollUnsafe());
    }).pipe(Effect.scoped));

  it.effect("are of `after` alone: a delayed raise is refused, not half done", () =>
    Effect.gen(function* () {
      const chart = createMachine({
        id: "raising",
        entry: raise({ type: "ping" }, { delay: 10 }),
      });
      const exit = yield* Effect.exit(run(define(chart, { operations: {} })));
      assert.include(String(exit), `raises "ping"`);
    }));
});

describe("resume()", () => {
  it.effect("begins no operation that an overdue timer would only end", () =>
    Effect.gen(function* () {
      const begun: Array<string> = [];
      const flow = define(errand, {
        operations: {
          fetch: {
            onResume: "rerun",
            run: () => Effect.succeed({ type: "fetched" as const, what: "bread" }),
          },
          deliver: {
            onResume: "rerun",
            run: () => Effect.andThen(Effect.sync(() => begun.push("deliver")), Effect.never),
          },
        },
      });
      const scope = yield* Scope.make();
      const running = yield* Scope.provide(start(flow, { input: { restMillis: 1_000 } }), scope);
      const checkpoint = yield* running.checkpoint;
      yield* Scope.close(scope, Exit.void);
      yield* TestClock.adjust("1 hour");
      const resumed = yield* resume(flow, checkpoint);
      assert.strictEqual((yield* resumed.await)._tag, "Late");
      assert.deepStrictEqual(begun, []);
    }));
});

describe("start()", () => {
  it.effect("leaves nothing of an ended flow in the scope it ran in", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const ending = define(
        createMachine({
          id: "ending",
          initial: "a",
          states: { a: { after: { 1: "b" } }, b: { type: "final" } },
        }),
        { operations: {} },
      );
      for (let i = 0; i < 10; i++) {
        const running = yield* Scope.provide(start(ending), scope);
        yield* TestClock.adjust(1);
        yield* running.await;
      }
      const { state } = scope;
      const left = state._tag === "Open" ? (state.finalizers?.size ?? 0) : 0;
      assert.strictEqual(left, 0);
    }));
});
