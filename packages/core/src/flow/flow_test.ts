import { assert, describe, it } from "@effect/vitest";
import { Cause, Clock, Effect, Exit, Fiber, Metric, Tracer } from "effect";
import { TestClock } from "effect/testing";
import { assign, emit, setup } from "xstate";
import { operation } from "../chart/operation.ts";
import { define } from "./definition.ts";
import { run } from "./flow.ts";
import { flowsEnded, flowsStarted } from "./metric.ts";
import { errand } from "./testdata/errand.ts";
import { errandSlowToStop, errandTaking, timed, watched } from "./testdata/timed_errand.ts";

const input = { restMillis: 1_000 };

describe("run()", () => {
  it.effect("feeds answers back as events and returns the chart's output", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const fiber = yield* Effect.forkChild(run(errandTaking(10, 20, log), { input }));
      yield* TestClock.adjust(1_030);
      assert.deepStrictEqual(yield* Fiber.join(fiber), { _tag: "Delivered", nudges: 0 });
      assert.deepStrictEqual(log, ["fetch from the shop began", "deliver bread began"]);
      assert.strictEqual(yield* Clock.currentTimeMillis, 1_030);
    }));

  it.effect("does not end before the last answer", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(run(errandTaking(10, 20), { input }));
      yield* TestClock.adjust(1_029);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      assert.isDefined(fiber.pollUnsafe());
    }));

  it.effect("interrupts an operation when a timer leads out of its state", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const fiber = yield* Effect.forkChild(run(errandTaking(90_000, 0, log), { input }));
      yield* TestClock.adjust(60_000);
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Late");
      assert.deepStrictEqual(log, [
        "fetch from the shop began",
        "fetch from the shop interrupted",
      ]);
    }));

  it.effect("waits for the finalizers of what it interrupts before it returns", () =>
    Effect.gen(function* () {
      let released = false;
      const slow = errandSlowToStop(() => (released = true));
      const fiber = yield* Effect.forkChild(run(slow, { input }));
      yield* TestClock.adjust(60_499);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      assert.isTrue(released);
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Late");
    }));

  it.effect("ends operations and timers when it is interrupted", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const [watchedRun, seen] = watched(run(errandTaking(5_000, 0, log), { input }));
      const fiber = yield* Effect.forkChild(watchedRun);
      yield* TestClock.adjust(100);
      yield* Fiber.interrupt(fiber);
      assert.deepStrictEqual(log.at(-1), "fetch from the shop interrupted");
      const count = seen.length;
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(seen.length, count, "nothing may happen after the interruption");
      assert.deepInclude(seen.at(-1), { type: "flow.ended", outcome: "interrupted" });
    }));

  it.effect("dies of a defect in an operation", () =>
    Effect.gen(function* () {
      const broken = define(errand, {
        operations: {
          fetch: { onResume: "rerun", run: () => Effect.die("no shop") },
          deliver: { onResume: "never", run: () => Effect.succeed({ type: "delivered" }) },
        },
      });
      const exit = yield* Effect.exit(run(broken, { input }));
      assert.strictEqual(defectOf(exit), "no shop");
    }));

  it.effect("dies of a defect in the chart, and ends its operations", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const chart = setup({
        types: { events: {} as { readonly type: "go" } },
        actors: { work: operation<void, { readonly type: "go" }>() },
        actions: {
          burst: assign(() => {
            throw new Error("burst");
          }),
        },
      }).createMachine({
        id: "bursting",
        initial: "working",
        states: {
          working: {
            invoke: { id: "work", src: "work" },
            after: { 50: { target: "done", actions: "burst" } },
          },
          done: { type: "final" },
        },
      });
      const flow = define(chart, {
        operations: {
          work: {
            onResume: "rerun",
            run: () => timed({ log, name: "work", millis: 100, answer: { type: "go" as const } }),
          },
        },
      });
      const fiber = yield* Effect.forkChild(run(flow));
      yield* TestClock.adjust(50);
      const exit = yield* Fiber.await(fiber);
      assert.isTrue(Exit.isFailure(exit));
      assert.deepStrictEqual(log, ["work began", "work interrupted"]);
    }));

  it.effect("dies of an action that is neither assign nor emit", () =>
    Effect.gen(function* () {
      const chart = setup({ actions: { shout: () => {} } }).createMachine({
        id: "loud",
        entry: "shout",
      });
      const exit = yield* Effect.exit(run(define(chart, { operations: {} })));
      assert.include(String(exit), "loud");
    }));

  it.effect("hands out emitted events in order without holding up the flow", () =>
    Effect.gen(function* () {
      const handled: Array<string> = [];
      const flow = yield* Effect.forkChild(
        run(nudging(3), {
          onEmit: ({ nudges }) =>
            Effect.sync(() => handled.push(`began ${nudges}`)).pipe(
              Effect.andThen(Effect.sleep(400)),
              Effect.andThen(Effect.sync(() => handled.push(`ended ${nudges}`))),
              Effect.onInterrupt(() => Effect.sync(() => handled.push(`interrupted ${nudges}`))),
            ),
        }),
      );
      yield* TestClock.adjust(1_000);
      assert.strictEqual(yield* Fiber.join(flow), 3, "the chart ended on time");
      assert.deepStrictEqual(handled, [
        "began 1",
        "ended 1",
        "began 2",
        "ended 2",
        "began 3",
        "interrupted 3",
      ]);
    }));

  it.effect("dies of a defect in whoever takes the emitted events", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        run(nudging(1), { onEmit: () => Effect.die("cannot show it") }),
      );
      yield* TestClock.adjust(1_000);
      assert.strictEqual(defectOf(yield* Fiber.await(fiber)), "cannot show it");
    }));

  it.effect("is a span, and each operation a child of it", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = [];
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options);
          spans.push(span);
          return span;
        },
      });
      const fiber = yield* Effect.forkChild(
        Effect.withTracer(run(errandTaking(10, 20), { input }), tracer),
      );
      yield* TestClock.adjust(1_030);
      yield* Fiber.join(fiber);
      assert.deepStrictEqual(spans.map(({ name }) => name), [
        "errand",
        "errand.fetch",
        "errand.deliver",
      ]);
      for (const span of spans.slice(1)) {
        assert.isTrue(span.parent._tag === "Some" && span.parent.value.spanId === spans[0]?.spanId);
      }
      assert.isTrue(spans.every(({ status }) => status._tag === "Ended"));
    }));

  it.effect("counts starts and ends by chart and state", () =>
    Effect.gen(function* () {
      const started = Metric.withAttributes(flowsStarted, { chart: "errand" });
      const delivered = Metric.withAttributes(flowsEnded, { chart: "errand", state: "done" });
      const before = [yield* Metric.value(started), yield* Metric.value(delivered)];
      const fiber = yield* Effect.forkChild(run(errandTaking(0, 0), { input }));
      yield* TestClock.adjust(1_000);
      yield* Fiber.join(fiber);
      const after = [yield* Metric.value(started), yield* Metric.value(delivered)];
      assert.deepStrictEqual(
        after.map(({ count }, i) => count - (before[i]?.count ?? 0)),
        [1, 1],
      );
    }));
});

function defectOf(exit: Exit.Exit<unknown, unknown>): unknown {
  return Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined;
}

/** Emits `nudged` at 200, 400, 600 … milliseconds, and ends at 1,000 with how often. */
function nudging(times: number) {
  const chart = setup({
    types: {
      context: {} as { readonly nudges: number },
      emitted: {} as { readonly type: "nudged"; readonly nudges: number },
      output: {} as number,
    },
    delays: { step: 200, end: 1_000 },
    guards: { isEnough: ({ context }) => context.nudges >= times },
    actions: {
      count: assign({ nudges: ({ context }) => context.nudges + 1 }),
      tell: emit(({ context }) => ({ type: "nudged" as const, nudges: context.nudges })),
    },
  }).createMachine({
    id: "nudging",
    context: { nudges: 0 },
    initial: "on",
    states: {
      on: {
        initial: "ticking",
        after: { end: "off" },
        states: {
          ticking: {
            always: { guard: "isEnough", target: "enough" },
            after: {
              step: {
                target: "ticking",
                reenter: true,
                actions: ["count", "tell"],
              },
            },
          },
          enough: {},
        },
      },
      off: { type: "final" },
    },
    output: ({ context }) => context.nudges,
  });
  return define(chart, { operations: {} });
}
