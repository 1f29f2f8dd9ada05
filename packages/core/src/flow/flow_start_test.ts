import { assert, describe, it } from "@effect/vitest";
import { Deferred, Effect, Exit, Fiber, Scope, Stream } from "effect";
import { TestClock } from "effect/testing";
import { type Observation, Observer } from "../protocol/observation.ts";
import { define } from "./definition.ts";
import { run, start } from "./flow.ts";
import { errand } from "./testdata/errand.ts";
import { errandTaking, watched } from "./testdata/timed_errand.ts";

const input = { restMillis: 1_000 };

describe("start()", () => {
  it.effect("takes events from outside, first in first out", () =>
    Effect.gen(function* () {
      const flow = yield* start(errandTaking(5_000, 0), { input });
      yield* flow.send({ type: "nudge" });
      yield* flow.send({ type: "nudge" });
      yield* flow.send({ type: "cancel" });
      yield* flow.send({ type: "nudge" });
      assert.deepStrictEqual(yield* flow.await, { _tag: "Cancelled", nudges: 2 });
      const emitted = yield* Stream.runCollect(flow.emitted);
      assert.deepStrictEqual([...emitted].map(({ nudges }) => nudges), [1, 2]);
    }));

  it.effect("ignores an event that the state has no use for", () =>
    Effect.gen(function* () {
      const flow = yield* start(errandTaking(5_000, 0), { input });
      yield* flow.send({ type: "delivered" });
      assert.strictEqual(yield* flow.path, "under way.fetching");
    }));

  it.effect("ends with its scope: operations, waiters and streams", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const scope = yield* Scope.make();
      const flow = yield* Scope.provide(start(errandTaking(5_000, 0, log), { input }), scope);
      const waiter = yield* Effect.forkChild(flow.await);
      const reader = yield* Effect.forkChild(Stream.runDrain(flow.emitted));
      yield* TestClock.adjust(1);
      yield* Scope.close(scope, Exit.void);
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(waiter)));
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(reader)));
      assert.strictEqual(log.at(-1), "fetch from the shop interrupted");
    }));

  it.effect("lets an operation send to its own flow without losing the order", () =>
    Effect.gen(function* () {
      const ready = yield* Deferred.make<Effect.Effect<void>>();
      const flow = yield* start(
        define(errand, {
          operations: {
            fetch: {
              onResume: "rerun",
              run: () =>
                Effect.flatMap(
                  Deferred.await(ready),
                  (nudge) => Effect.as(nudge, { type: "fetched" as const, what: "milk" }),
                ),
            },
            deliver: { onResume: "never", run: () => Effect.succeed({ type: "delivered" }) },
          },
        }),
        { input },
      );
      yield* Deferred.succeed(ready, flow.send({ type: "nudge" }));
      yield* TestClock.adjust(1_000);
      assert.deepStrictEqual(yield* flow.await, { _tag: "Delivered", nudges: 1 });
    }));

  it.effect("names each run, and the same by the same seed", () =>
    Effect.gen(function* () {
      const [one, two] = [
        yield* start(errandTaking(1, 1), { input }),
        yield* start(errandTaking(1, 1), { input }),
      ];
      assert.match(one.flowId, /^[0-9a-f]{16}$/);
      assert.notStrictEqual(one.flowId, two.flowId);
    }));
});

describe("Observer", () => {
  it.effect("sees every step of a flow in order, with its time", () =>
    Effect.gen(function* () {
      const [effect, seen] = watched(run(errandTaking(10, 20), { input, flowId: "f" }));
      const fiber = yield* Effect.forkChild(effect);
      yield* TestClock.adjust(1_030);
      yield* Fiber.join(fiber);
      assert.deepStrictEqual(seen.map(told), [
        "0 flow.started under way.fetching",
        "0 timer.armed after deadline",
        "0 operation.started fetch",
        "10 operation.ended fetch fetched",
        "10 flow.transition under way.fetching -> under way.resting fetched",
        "10 timer.armed after rest",
        "1010 timer.fired after rest",
        "1010 flow.transition under way.resting -> under way.delivering after rest",
        "1010 operation.started deliver",
        "1030 operation.ended deliver delivered",
        "1030 flow.transition under way.delivering -> done delivered",
        "1030 timer.cancelled after deadline",
        "1030 flow.ended done",
      ]);
      assert.deepStrictEqual(
        seen.map((each) => "seq" in each ? [each.flowId, each.seq] : []),
        seen.map((_, seq) => ["f", seq]),
      );
    }));

  it.effect("cannot end the flow it watches", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        Effect.provideService(run(errandTaking(10, 20), { input }), Observer, {
          observe: () => {
            throw new Error("cannot watch");
          },
        }),
      );
      yield* TestClock.adjust(1_030);
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Delivered");
    }));
});

function told(step: Observation): string {
  switch (step.type) {
    case "flow.started":
    case "flow.ended":
      return `${step.at} ${step.type} ${step.path}`;
    case "flow.transition":
      return `${step.at} ${step.type} ${step.from} -> ${step.to} ${step.event}`;
    case "operation.started":
      return `${step.at} ${step.type} ${step.operation}`;
    case "operation.ended":
      return `${step.at} ${step.type} ${step.operation} ${step.answer}`;
    case "timer.armed":
    case "timer.fired":
    case "timer.cancelled":
      return `${step.at} ${step.type} ${step.timer}`;
    default:
      return `${step.at} ${step.type}`;
  }
}
