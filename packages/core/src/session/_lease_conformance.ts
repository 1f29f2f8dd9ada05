/** Conformance cases about leases. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Scope from "effect/Scope";
import { ConformanceFailure, expectSame } from "./conformance_failure.ts";
import { type Lease, type LeaseOptions, SessionStore } from "./session_store.ts";
import type { ConformanceCase } from "./conformance_case.ts";
import { StoreError } from "./store_error.ts";

type PassTime = (millis: number) => Effect.Effect<void>;

const ttlMillis = 1_500;

/** What a case has in its hands. */
interface Bench {
  readonly passTime: PassTime;
  /** Takes the lease, for as long as the scope stays open. */
  readonly hold: (
    scope: Scope.Scope,
    options?: Partial<LeaseOptions>,
  ) => Effect.Effect<Lease, StoreError>;
  /** As `hold`, by a holder whose clock has stopped: it gives no sign of life. */
  readonly hang: (scope: Scope.Scope) => Effect.Effect<Lease, StoreError>;
}

type Body = (
  bench: Bench,
) => Effect.Effect<void, ConformanceFailure | StoreError, Scope.Scope | SessionStore>;

export function leaseCases(passTime: PassTime): ReadonlyArray<ConformanceCase> {
  return bodies.map(([name, body]) => ({
    name,
    effect: Effect.scoped(Effect.gen(function* () {
      const store = yield* SessionStore;
      const clock = yield* Clock.Clock;
      const hold: Bench["hold"] = (scope, options) =>
        Scope.provide(store.lease(`lease/${name}`, { ttlMillis, ...options }), scope);
      const hang: Bench["hang"] = (scope) =>
        Effect.provideService(hold(scope), Clock.Clock, stopped(clock));
      yield* body({ passTime, hold, hang });
    })),
  }));
}

const bodies: ReadonlyArray<readonly [name: string, body: Body]> = [
  [
    "lease() keeps a second holder out and tells it so in bounded time",
    ({ hold, passTime }) =>
      Effect.gen(function* () {
        yield* hold(yield* Effect.scope);
        const second = yield* Effect.forkScoped(
          Effect.scoped(Effect.flatMap(Effect.scope, (scope) => hold(scope, { waitMillis: 600 }))),
        );
        yield* expectTag(yield* passUntilDone(second, passTime), "LeaseTimeout");
      }),
  ],

  ["lease() fails at once when it may not wait", ({ hold }) =>
    Effect.gen(function* () {
      const scope = yield* Effect.scope;
      yield* hold(scope);
      yield* expectTag(yield* Effect.exit(hold(scope, { waitMillis: 0 })), "LeaseTimeout");
    })],

  ["lease() is one per key", ({ hold }) =>
    Effect.gen(function* () {
      const scope = yield* Effect.scope;
      const store = yield* SessionStore;
      yield* hold(scope);
      const other = yield* store.lease("lease/another key", { ttlMillis, waitMillis: 0 });
      yield* expectLeft(other, { above: 0 });
    })],

  ["lease() is free when the holder's scope closes", ({ hold }) =>
    Effect.gen(function* () {
      yield* Effect.scoped(Effect.flatMap(Effect.scope, (scope) => hold(scope)));
      const lease = yield* hold(yield* Effect.scope, { waitMillis: 0 });
      yield* expectLeft(lease, { above: 0 });
    })],

  [
    "lease() goes to one who waits when the holder's scope closes",
    ({ hold, passTime }) =>
      Effect.gen(function* () {
        const first = yield* Scope.make();
        yield* hold(first);
        const second = yield* Effect.forkScoped(hold(yield* Effect.scope));
        yield* passTime(ttlMillis / 3);
        yield* expectSame("waits", { actual: second.pollUnsafe() === undefined, expected: true });
        yield* Scope.close(first, Exit.void);
        yield* expectTag(yield* passUntilDone(second, passTime), "Success");
      }),
  ],

  ["lease() goes to one of many at a time", ({ hold, passTime }) =>
    Effect.gen(function* () {
      const counts = { holders: 0, most: 0, turns: 0 };
      const turn = Effect.scoped(Effect.gen(function* () {
        yield* hold(yield* Effect.scope, { waitMillis: 60_000 });
        counts.holders++;
        counts.turns++;
        counts.most = Math.max(counts.most, counts.holders);
        yield* Effect.sleep(50);
        counts.holders--;
      }));
      const all = yield* Effect.forkScoped(
        Effect.all(Array.from({ length: 6 }, () => turn), { concurrency: "unbounded" }),
      );
      yield* passUntilDone(all, passTime);
      yield* expectSame("six turns, one at a time", {
        actual: { most: counts.most, turns: counts.turns },
        expected: { most: 1, turns: 6 },
      });
    })],

  ["lease() is kept alive beyond its time", ({ hold, passTime }) =>
    Effect.gen(function* () {
      const scope = yield* Effect.scope;
      const lease = yield* hold(scope);
      for (let beats = 0; beats < 9; beats++) {
        yield* passTime(ttlMillis / 3);
        yield* expectLeft(lease, { above: 0 });
      }
      yield* expectTag(yield* Effect.exit(hold(scope, { waitMillis: 0 })), "LeaseTimeout");
    })],

  [
    "lease() passes on when its holder gives no sign of life",
    ({ hold, hang, passTime }) =>
      Effect.gen(function* () {
        const scope = yield* Effect.scope;
        yield* hang(scope);
        yield* expectTag(yield* Effect.exit(hold(scope, { waitMillis: 0 })), "LeaseTimeout");
        const second = yield* Effect.forkScoped(hold(scope));
        yield* expectTag(yield* passUntilDone(second, passTime), "Success");
      }),
  ],

  [
    "lease() given back late takes nothing from the next holder",
    ({ hold, hang, passTime }) =>
      Effect.gen(function* () {
        const late = yield* Scope.make();
        const scope = yield* Effect.scope;
        yield* hang(late);
        const second = yield* Effect.forkScoped(hold(scope));
        yield* expectTag(yield* passUntilDone(second, passTime), "Success");
        yield* Scope.close(late, Exit.void);
        yield* expectTag(yield* Effect.exit(hold(scope, { waitMillis: 0 })), "LeaseTimeout");
      }),
  ],

  ["lease() tells what is left", ({ hold }) =>
    Effect.gen(function* () {
      const lease = yield* hold(yield* Effect.scope);
      yield* expectLeft(lease, { above: ttlMillis / 2 });
      const lost = yield* Effect.timeoutOption(lease.lost, 0);
      yield* expectSame("not lost", { actual: lost._tag, expected: "None" });
    })],
];

/** A clock that shows the time at which it stopped, and on which a sleep has no end. */
function stopped(clock: Clock.Clock): Clock.Clock {
  const millis = clock.currentTimeMillisUnsafe();
  return Object.assign(Object.create(clock) as Clock.Clock, {
    currentTimeMillisUnsafe: () => millis,
    currentTimeMillis: Effect.succeed(millis),
    sleep: () => Effect.never,
  });
}

/** Lets time pass in small steps, so that work between the steps is seen to. */
const passUntilDone = Effect.fnUntraced(
  function* <A, E>(fiber: Fiber.Fiber<A, E>, passTime: PassTime) {
    for (let step = 0; step < 100 && fiber.pollUnsafe() === undefined; step++) {
      yield* passTime(ttlMillis / 15);
    }
    if (fiber.pollUnsafe() === undefined) yield* Fiber.interrupt(fiber);
    return yield* Fiber.await(fiber);
  },
);

function expectTag<A>(
  exit: Exit.Exit<A, unknown>,
  expected: "Success" | "LeaseTimeout",
): Effect.Effect<void, ConformanceFailure> {
  const actual = Exit.match(exit, {
    onSuccess: () => "Success",
    onFailure: (cause) =>
      cause.reasons.map((reason) =>
        reason._tag === "Fail" && reason.error instanceof StoreError
          ? reason.error.reason._tag
          : reason._tag
      ).join(),
  });
  return expectSame("How it ended", { actual, expected });
}

function expectLeft(
  lease: Lease,
  { above }: { readonly above: number },
): Effect.Effect<void, ConformanceFailure> {
  return Effect.flatMap(
    lease.remainingMillis,
    (left) =>
      left > above && left <= ttlMillis ? Effect.void : Effect.fail(
        new ConformanceFailure({ claim: "What is left", actual: left, expected: `above ${above}` }),
      ),
  );
}
