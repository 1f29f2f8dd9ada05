import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, Exit, Fiber, Scope } from "effect";
import { TestClock } from "effect/testing";
import { acquire, isInForce, type LeaseBackend } from "./lease.ts";
import { StoreError, Unwritable } from "./store_error.ts";

const options = { key: "work", ttlMillis: 3_000 };

/** A backend that notes what it is asked, and answers as told. */
function backend(answers: Partial<LeaseBackend<string>> = {}) {
  const calls: Array<string> = [];
  const note = (call: string) => Effect.sync(() => calls.push(call));
  const noting: LeaseBackend<string> = {
    tryAcquire: (at) =>
      Effect.andThen(
        note(`acquire ${at}`),
        answers.tryAcquire?.(at) ?? Effect.succeedSome("a"),
      ),
    tryExtend: (hold, at) =>
      Effect.andThen(
        note(`extend ${hold} ${at}`),
        answers.tryExtend?.(hold, at) ?? Effect.succeed(true),
      ),
    release: (hold) => note(`release ${hold}`),
  };
  return { calls, backend: noting };
}

const failing = Effect.fail(
  new StoreError({ reason: new Unwritable({ location: "x", description: "full", hint: "" }) }),
);

/** A clock whose wall clock can be set. */
function jumpingFrom(clock: Clock.Clock) {
  const jumping = { clock, offsetMillis: 7_200_000 };
  const now = () => clock.currentTimeMillisUnsafe() + jumping.offsetMillis;
  jumping.clock = Object.assign(Object.create(clock) as Clock.Clock, {
    currentTimeMillis: Effect.sync(now),
    currentTimeMillisUnsafe: now,
  });
  return jumping;
}

describe("isInForce()", () => {
  it("ends at its end, and when the clock was set back by more than it lasts", () => {
    const at = (nowMillis: number) =>
      isInForce({ expiresAtMillis: 10_000, ttlMillis: 3_000, nowMillis });
    assert.deepStrictEqual([9_999, 10_000, 10_001].map(at), [true, false, false]);
    assert.deepStrictEqual([7_000, 4_000, 3_999, 0].map(at), [true, true, false, false]);
  });
});

describe("acquire()", () => {
  it.effect("extends at a third of the time and gives back when the scope closes", () =>
    Effect.gen(function* () {
      const { backend: store, calls } = backend();
      const scope = yield* Scope.make();
      const lease = yield* Scope.provide(acquire(store, options), scope);
      yield* TestClock.adjust(2_500);
      assert.strictEqual(yield* lease.remainingMillis, 2_500);
      yield* Scope.close(scope, Exit.void);
      yield* TestClock.adjust(10_000);
      assert.deepStrictEqual(calls, [
        "acquire 3000",
        "extend a 4000",
        "extend a 5000",
        "release a",
      ]);
    }));

  it.effect("loses the lease when another has it", () =>
    Effect.gen(function* () {
      const { backend: store, calls } = backend({ tryExtend: () => Effect.succeed(false) });
      const lease = yield* acquire(store, options);
      const lost = yield* Effect.forkChild(Effect.flip(lease.lost));
      yield* TestClock.adjust(999);
      assert.strictEqual(lost.pollUnsafe(), undefined);
      yield* TestClock.adjust(1);
      assert.strictEqual((yield* Fiber.join(lost)).reason._tag, "LeaseLost");
      assert.strictEqual(yield* lease.remainingMillis, 0);
      yield* TestClock.adjust(10_000);
      assert.deepStrictEqual(calls, ["acquire 3000", "extend a 4000"]);
    }));

  it.effect("outlives a store that fails for less than its time", () =>
    Effect.gen(function* () {
      let failures = 2;
      const { backend: store } = backend({
        tryExtend: () => failures-- > 0 ? failing : Effect.succeed(true),
      });
      const lease = yield* acquire(store, options);
      yield* TestClock.adjust(2_999);
      assert.strictEqual(yield* lease.remainingMillis, 1);
      yield* TestClock.adjust(1);
      assert.strictEqual(yield* lease.remainingMillis, 0);
    }));

  it.effect("loses the lease when its time runs out while the store fails", () =>
    Effect.gen(function* () {
      const { backend: store } = backend({ tryExtend: () => failing });
      const lease = yield* acquire(store, options);
      const lost = yield* Effect.forkChild(Effect.flip(lease.lost));
      yield* TestClock.adjust(3_000);
      assert.strictEqual((yield* Fiber.join(lost)).reason._tag, "LeaseLost");
    }));

  it.effect("loses the lease in time though a sign of life hangs and succeeds late", () =>
    Effect.gen(function* () {
      const { backend: store } = backend({
        tryExtend: () => Effect.delay(Effect.succeed(true), 5_000),
      });
      const lease = yield* acquire(store, options);
      const lost = yield* Effect.forkChild(Effect.flip(lease.lost));
      yield* TestClock.adjust(2_999);
      assert.strictEqual(lost.pollUnsafe(), undefined);
      yield* TestClock.adjust(1);
      assert.strictEqual((yield* Fiber.join(lost)).reason._tag, "LeaseLost");
      yield* TestClock.adjust(10_000);
      assert.strictEqual(yield* lease.remainingMillis, 0);
    }));

  it.effect("counts from before it asked", () =>
    Effect.gen(function* () {
      const { backend: store } = backend({
        tryAcquire: () => Effect.delay(Effect.succeedSome("a"), 1_000),
      });
      const fiber = yield* Effect.forkChild(acquire(store, options));
      yield* TestClock.adjust(1_000);
      assert.strictEqual(yield* (yield* Fiber.join(fiber)).remainingMillis, 2_000);
    }));

  it.effect("is lost when the clock is set forward or back", () =>
    Effect.gen(function* () {
      for (const jumpMillis of [3_600_000, -3_600_000]) {
        const jumping = jumpingFrom(yield* Clock.Clock);
        const { backend: store, calls } = backend();
        yield* Effect.gen(function* () {
          const lease = yield* acquire(store, options);
          assert.strictEqual(yield* lease.remainingMillis, 3_000);
          jumping.offsetMillis += jumpMillis;
          assert.strictEqual(yield* lease.remainingMillis, 0);
          const lost = yield* Effect.forkChild(Effect.flip(lease.lost));
          yield* TestClock.adjust(1_000);
          assert.strictEqual((yield* Fiber.join(lost)).reason._tag, "LeaseLost");
          assert.lengthOf(calls, 1);
        }).pipe(Effect.provideService(Clock.Clock, jumping.clock));
      }
    }));

  it.effect("does not last longer when the clock is set back a little", () =>
    Effect.gen(function* () {
      const jumping = jumpingFrom(yield* Clock.Clock);
      const { backend: store } = backend({ tryExtend: () => failing });
      yield* Effect.gen(function* () {
        const lease = yield* acquire(store, options);
        const lost = yield* Effect.forkChild(Effect.flip(lease.lost));
        jumping.offsetMillis -= 2_000;
        yield* TestClock.adjust(1_200);
        assert.strictEqual(yield* lease.remainingMillis, 1_800);
        yield* TestClock.adjust(1_800);
        assert.strictEqual(yield* lease.remainingMillis, 0);
        assert.strictEqual((yield* Fiber.join(lost)).reason._tag, "LeaseLost");
      }).pipe(Effect.provideService(Clock.Clock, jumping.clock));
    }));

  it.effect("gives up after the wait it was told, or twice its time", () =>
    Effect.gen(function* () {
      const { backend: store } = backend({ tryAcquire: () => Effect.succeedNone });
      for (const [waitMillis, expected] of [[700, 700], [undefined, 6_000]] as const) {
        const fiber = yield* Effect.forkChild(
          Effect.flip(Effect.scoped(acquire(store, { ...options, waitMillis }))),
        );
        yield* TestClock.adjust(expected - 1);
        assert.strictEqual(fiber.pollUnsafe(), undefined);
        yield* TestClock.adjust(1);
        const { reason } = yield* Fiber.join(fiber);
        assert.deepInclude(reason, { _tag: "LeaseTimeout", key: "work", waitedMillis: expected });
      }
    }));

  it.effect("stops asking when it is interrupted", () =>
    Effect.gen(function* () {
      const { backend: store, calls } = backend({
        tryAcquire: () => Effect.succeedNone,
      });
      const fiber = yield* Effect.forkChild(Effect.scoped(acquire(store, options)));
      yield* TestClock.adjust(100);
      yield* Fiber.interrupt(fiber);
      yield* TestClock.adjust(10_000);
      assert.deepStrictEqual(calls, ["acquire 3000"]);
    }));

  it.effect("gives back what it took while it was interrupted", () =>
    Effect.gen(function* () {
      const { backend: store, calls } = backend({
        tryAcquire: () => Effect.delay(Effect.succeedSome("a"), 1_000),
      });
      const fiber = yield* Effect.forkChild(Effect.scoped(acquire(store, options)));
      yield* TestClock.adjust(500);
      yield* Effect.forkChild(Fiber.interrupt(fiber));
      yield* TestClock.adjust(500);
      yield* Fiber.await(fiber);
      assert.deepStrictEqual(calls, ["acquire 3000", "release a"]);
    }));

  it.effect("gives up a store that does not answer, and gives back what that takes late", () =>
    Effect.gen(function* () {
      for (const [waitMillis, expected] of [[0, 1_000], [700, 1_000], [4_000, 4_000]] as const) {
        const { backend: store, calls } = backend({
          tryAcquire: () => Effect.delay(Effect.succeedSome("a"), 9_000),
        });
        const fiber = yield* Effect.forkChild(
          Effect.flip(Effect.scoped(acquire(store, { ...options, waitMillis }))),
        );
        yield* TestClock.adjust(expected - 1);
        assert.strictEqual(fiber.pollUnsafe(), undefined);
        yield* TestClock.adjust(1);
        const { reason } = yield* Fiber.join(fiber);
        assert.deepInclude(reason, { _tag: "LeaseTimeout", waitedMillis: expected });
        assert.lengthOf(calls, 1);
        yield* TestClock.adjust(9_000);
        assert.deepStrictEqual(calls.slice(1), ["release a"]);
      }
    }));

  it.effect("ends in bounded time when it is interrupted while the store does not answer", () =>
    Effect.gen(function* () {
      const { backend: store } = backend({ tryAcquire: () => Effect.never });
      const fiber = yield* Effect.forkChild(Effect.scoped(acquire(store, options)));
      yield* TestClock.adjust(500);
      yield* Effect.forkChild(Fiber.interrupt(fiber));
      yield* TestClock.adjust(5_500);
      assert.isDefined(fiber.pollUnsafe());
    }));

  it.effect("dies, and asks nothing, of a time that is none", () =>
    Effect.gen(function* () {
      const { backend: store, calls } = backend();
      const wrong = [
        ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((ttlMillis) => ({ ttlMillis })),
        { ttlMillis: 3_000, waitMillis: Number.NaN },
      ];
      for (const times of wrong) {
        const exit = yield* Effect.exit(Effect.scoped(acquire(store, { key: "work", ...times })));
        assert.isTrue(Exit.hasDies(exit));
        assert.include(String(exit), "waitMillis" in times ? "waitMillis" : "ttlMillis");
      }
      assert.deepStrictEqual(calls, []);
    }));
});
