/**
 * The upkeep of a lease, which all stores share: waiting for it, keeping it alive, noticing its
 * loss.
 *
 * A store brings three steps that are atomic there ({@linkcode LeaseBackend}); {@linkcode acquire}
 * makes a scoped lease of them. Why a holder never believes in a lease that another may have taken:
 * it counts from before it asked, by the wall clock and by the monotonic one, whichever says less
 * (the first may be set back, the second may stand still while the machine sleeps); and an extension
 * that was not confirmed before the old time ran out is a loss.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import type { Lease, LeaseOptions } from "./session_store.ts";
import { LeaseLost, LeaseTimeout, StoreError } from "./store_error.ts";

/** What a store brings to a lease on one key. `Hold` tells one holder from another. */
export interface LeaseBackend<Hold> {
  /**
   * Takes the lease until `expiresAtMillis` if nobody has it; at once, and so that only one
   * succeeds.
   */
  readonly tryAcquire: (expiresAtMillis: number) => Effect.Effect<Option.Option<Hold>, StoreError>;
  /** Moves the end of the lease; `false` if it is another's by now. */
  readonly tryExtend: (hold: Hold, expiresAtMillis: number) => Effect.Effect<boolean, StoreError>;
  /** Gives the lease up if it is still this holder's. Where that fails, its time runs out. */
  readonly release: (hold: Hold) => Effect.Effect<void>;
}

/** A lease at one moment. */
export interface LeaseTimes {
  /** When it ends, in milliseconds since the epoch. */
  readonly expiresAtMillis: number;
  /** Its whole length, in milliseconds. */
  readonly ttlMillis: number;
  /** The time now, in milliseconds since the epoch. */
  readonly nowMillis: number;
}

/**
 * Tells whether a lease is in force. One that ends later than two of its lifetimes from now is not:
 * the clock was set back, and nobody should wait for that.
 *
 * ```ts
 * import { isInForce } from "@bellhop/core/session/lease";
 * import { equal } from "node:assert/strict";
 *
 * equal(isInForce({ expiresAtMillis: 500, ttlMillis: 300, nowMillis: 499 }), true);
 * equal(isInForce({ expiresAtMillis: 500, ttlMillis: 300, nowMillis: 500 }), false);
 * ```
 */
export function isInForce(times: LeaseTimes): boolean {
  const leftMillis = times.expiresAtMillis - times.nowMillis;
  return leftMillis > 0 && leftMillis <= 2 * times.ttlMillis;
}

/**
 * Waits for the lease, holds it until the scope closes, and keeps it alive meanwhile.
 *
 * A `ttlMillis` that is not finite and positive is a defect, and so is a `waitMillis` that is no
 * number.
 *
 * ```ts
 * import { Effect, Option } from "effect";
 * import { acquire } from "@bellhop/core/session/lease";
 * import { equal } from "node:assert/strict";
 *
 * const lease = acquire({
 *   tryAcquire: () => Effect.succeed(Option.some("mine")),
 *   tryExtend: () => Effect.succeed(true),
 *   release: () => Effect.void,
 * }, { key: "work", ttlMillis: 30_000 });
 * const left = await Effect.runPromise(
 *   Effect.scoped(Effect.flatMap(lease, (held) => held.remainingMillis)),
 * );
 * equal(left > 29_000, true);
 * ```
 *
 * @param backend The store's three steps.
 * @param options Key of the session, for messages, and the times.
 */
export const acquire: <Hold>(
  backend: LeaseBackend<Hold>,
  options: LeaseOptions & { readonly key: string },
) => Effect.Effect<Lease, StoreError, Scope.Scope> = Effect.fnUntraced(
  function* <Hold>(backend: LeaseBackend<Hold>, options: LeaseOptions & { readonly key: string }) {
    const { key, ttlMillis } = options;
    yield* checkTimes(options);
    const taken = yield* take(backend, options);
    const state: State<Hold> = {
      clock: yield* Clock.Clock,
      hold: taken.hold,
      ttlMillis,
      expiresAtMillis: taken.expiresAtMillis,
      endsAtMonotonicMillis: taken.endsAtMonotonicMillis,
      lost: Deferred.makeUnsafe(),
      error: new StoreError({ reason: new LeaseLost({ key }) }),
    };
    yield* Effect.forkScoped(beat(backend, state));
    yield* Effect.forkScoped(watch(state));
    return {
      remainingMillis: Effect.sync(() => remaining(state)),
      lost: Deferred.await(state.lost),
    };
  },
);

interface State<Hold> {
  readonly clock: Clock.Clock;
  readonly hold: Hold;
  readonly ttlMillis: number;
  /** As the backend last confirmed it. */
  expiresAtMillis: number;
  /** The same by the clock that nobody sets. */
  endsAtMonotonicMillis: number;
  readonly lost: Deferred.Deferred<never, StoreError>;
  readonly error: StoreError;
}

interface Taken<Hold> extends Pick<State<Hold>, "hold" | "expiresAtMillis"> {
  readonly endsAtMonotonicMillis: number;
}

/** Without these a holder would keep its lease for ever, or never have it. */
function checkTimes({ ttlMillis, waitMillis }: LeaseOptions): Effect.Effect<void> {
  if (!Number.isFinite(ttlMillis) || ttlMillis <= 0) {
    return Effect.die(new RangeError(`ttlMillis must be finite and positive, not ${ttlMillis}`));
  }
  return Number.isNaN(waitMillis)
    ? Effect.die(new RangeError("waitMillis must be a number, not NaN"))
    : Effect.void;
}

/**
 * Asks until it is free. Only the pauses can be interrupted: what was taken is always given back.
 */
function take<Hold>(
  backend: LeaseBackend<Hold>,
  options: LeaseOptions & { readonly key: string },
): Effect.Effect<Taken<Hold>, StoreError, Scope.Scope> {
  const { key, ttlMillis, waitMillis = 2 * ttlMillis } = options;
  const pauseMillis = Math.max(10, Math.min(250, ttlMillis / 20));
  return Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    const clock = yield* Clock.Clock;
    const start = monotonicMillis(clock);
    for (;;) {
      const asked = monotonicMillis(clock);
      const expiresAtMillis = clock.currentTimeMillisUnsafe() + ttlMillis;
      const leftMillis = waitMillis - (asked - start);
      const hold = yield* attempt(backend, {
        expiresAtMillis,
        limitMillis: Math.max(leftMillis, Math.min(ttlMillis, answerMillis)),
      });
      if (Option.isSome(hold)) {
        yield* Effect.addFinalizer(() => backend.release(hold.value));
        return { hold: hold.value, expiresAtMillis, endsAtMonotonicMillis: asked + ttlMillis };
      }
      const waitedMillis = Math.round(monotonicMillis(clock) - start);
      if (waitedMillis >= waitMillis) {
        return yield* new StoreError({ reason: new LeaseTimeout({ key, waitedMillis }) });
      }
      yield* restore(Effect.sleep(Math.min(pauseMillis, waitMillis - waitedMillis)));
    }
  }));
}

/** What a store may take to answer even where there is no time left to wait for another holder. */
const answerMillis = 1_000;

interface Attempt {
  readonly expiresAtMillis: number;
  readonly limitMillis: number;
}

/**
 * Asks once, and takes no answer within the limit for a lease that is another's. The question itself
 * is never cut short: what it takes after all, it gives back at once.
 */
function attempt<Hold>(
  backend: LeaseBackend<Hold>,
  { expiresAtMillis, limitMillis }: Attempt,
): Effect.Effect<Option.Option<Hold>, StoreError> {
  return Effect.uninterruptible(Effect.gen(function* () {
    const answer = Deferred.makeUnsafe<Option.Option<Hold>, StoreError>();
    const ask = Effect.flatMap(
      Effect.exit(backend.tryAcquire(expiresAtMillis)),
      Effect.fnUntraced(function* (exit) {
        const isInTime = yield* Deferred.done(answer, exit);
        if (!isInTime && Exit.isSuccess(exit) && Option.isSome(exit.value)) {
          yield* backend.release(exit.value.value);
        }
      }),
    );
    const limit = Effect.andThen(
      Effect.sleep(limitMillis),
      Deferred.succeed(answer, Option.none()),
    );
    yield* Effect.forkDetach(ask, { startImmediately: true, uninterruptible: true });
    const timer = yield* Effect.forkDetach(limit);
    return yield* Effect.ensuring(Deferred.await(answer), Fiber.interrupt(timer));
  }));
}

/**
 * A sign of life at every third of its time. A store that fails is asked again while there is time.
 */
const beat = Effect.fnUntraced(function* <Hold>(backend: LeaseBackend<Hold>, state: State<Hold>) {
  while (!isLost(state)) {
    yield* Effect.sleep(state.ttlMillis / 3);
    if (remaining(state) === 0) return yield* lose(state);
    const next = state.clock.currentTimeMillisUnsafe() + state.ttlMillis;
    const nextMonotonic = monotonicMillis(state.clock) + state.ttlMillis;
    const extended = yield* Effect.uninterruptible(backend.tryExtend(state.hold, next)).pipe(
      Effect.map((isMine) => isMine ? "extended" : "lost"),
      Effect.orElseSucceed(() => "failed"),
    );
    if (extended === "lost" || remaining(state) === 0) return yield* lose(state);
    if (extended === "extended") {
      state.expiresAtMillis = next;
      state.endsAtMonotonicMillis = nextMonotonic;
    }
  }
});

/** Notices that the time ran out, even while a sign of life hangs in the store. */
const watch = Effect.fnUntraced(function* <Hold>(state: State<Hold>) {
  for (;;) {
    const leftMillis = remaining(state);
    if (leftMillis === 0) return yield* lose(state);
    yield* Effect.sleep(leftMillis);
  }
});

function lose<Hold>(state: State<Hold>): Effect.Effect<void> {
  return Effect.asVoid(Deferred.fail(state.lost, state.error));
}

function isLost<Hold>(state: State<Hold>): boolean {
  return Deferred.isDoneUnsafe(state.lost);
}

function remaining<Hold>(state: State<Hold>): number {
  const nowMillis = state.clock.currentTimeMillisUnsafe();
  if (isLost(state) || !isInForce({ ...state, nowMillis })) return 0;
  const left = state.endsAtMonotonicMillis - monotonicMillis(state.clock);
  return Math.max(0, Math.min(state.expiresAtMillis - nowMillis, Math.ceil(left)));
}

function monotonicMillis(clock: Clock.Clock): number {
  return Number(clock.monotonicTimeNanosUnsafe()) / 1e6;
}
