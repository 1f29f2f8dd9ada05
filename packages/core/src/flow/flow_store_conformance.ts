/**
 * What every flow store must do, as cases for any test runner.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { cases } from "@bellhop/core/flow/flow_store_conformance";
 * import { layerMemory } from "@bellhop/core/flow/memory_flow_store";
 *
 * const [first] = cases();
 * await Effect.runPromise(first.effect.pipe(Effect.provide(layerMemory())));
 * ```
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Equal from "effect/Equal";
import * as Option from "effect/Option";
import { FlowStore } from "./flow_store.ts";
import type { FlowStoreError } from "./flow_store_error.ts";

/** A flow store did not do what it must. */
export class FlowConformanceFailure extends Data.Error<{
  /** What it must do. */
  readonly claim: string;
  readonly expected: unknown;
  readonly actual: unknown;
}> {
  override readonly name = "FlowConformanceFailure";
  readonly _tag = "FlowConformanceFailure";
  override readonly message: string = `${this.claim}: expected ${
    JSON.stringify(this.expected)
  }, got ${JSON.stringify(this.actual)}`;
}

/** One thing that a flow store must do. */
export interface FlowConformanceCase {
  /** Method, then the claim. */
  readonly name: string;
  /** Succeeds if the store does it. */
  readonly effect: Effect.Effect<void, FlowConformanceFailure | FlowStoreError, FlowStore>;
}

/** How the cases run. */
export interface FlowConformanceOptions {
  /**
   * Lets time pass for the store: `TestClock.adjust` where the clock is a test's.
   *
   * @default `Effect.sleep`: the cases about expiry then take seconds
   */
  readonly passTime?: ((millis: number) => Effect.Effect<void>) | undefined;
}

/**
 * Gives the cases.
 *
 * ```ts
 * import { cases } from "@bellhop/core/flow/flow_store_conformance";
 * import { equal } from "node:assert/strict";
 *
 * const names = cases().map(({ name }) => name);
 * equal(new Set(names).size, names.length);
 * ```
 */
export function cases(
  options: FlowConformanceOptions = {},
): readonly [FlowConformanceCase, ...ReadonlyArray<FlowConformanceCase>] {
  const passTime = options.passTime ?? ((millis) => Effect.sleep(millis));
  const [first, ...rest] = takingCases;
  return [first, ...rest, ...expiryCases(passTime)];
}

const MINUTE = { ttlMillis: 60_000 };
const SHORT_MILLIS = 1_000;

type Failure = FlowConformanceFailure | FlowStoreError;
type Body = (
  store: FlowStore,
  key: (name: string) => string,
) => Effect.Effect<void, Failure>;

let runs = 0;

/** Each gets a function that makes keys of its own, new ones in every run. */
function define(name: string, body: Body): FlowConformanceCase {
  const effect = Effect.gen(function* () {
    const prefix = `${yield* Clock.currentTimeMillis}/${runs++}`;
    yield* body(yield* FlowStore, (each) => `${prefix}/${each}`);
  });
  return { name, effect };
}

const takingCases: readonly [FlowConformanceCase, ...ReadonlyArray<FlowConformanceCase>] = [
  define(
    "take() gives none for a key that was never put",
    (store, key) => expectNone(store, key("a")),
  ),

  define(
    "take() gives what put() laid there, and gives it once",
    (store, key) =>
      Effect.gen(function* () {
        yield* store.put(key("a"), Uint8Array.of(0, 1, 255), MINUTE);
        yield* expectBytes(store, key("a"), [0, 1, 255]);
        yield* expectNone(store, key("a"));
      }),
  ),

  define("take() gives it to exactly one of many at once", (store, key) =>
    Effect.gen(function* () {
      for (let round = 0; round < 8; round++) {
        yield* store.put(key("a"), Uint8Array.of(round), MINUTE);
        const taken = yield* Effect.all(
          Array.from({ length: 16 }, () => store.take(key("a"))),
          { concurrency: "unbounded" },
        );
        yield* expectSame("takers who got it", taken.filter(Option.isSome).length, 1);
      }
    })),

  define("take() leaves what lies under other keys", (store, key) =>
    Effect.gen(function* () {
      const names = ["a", "A", "b", "a ", "a-", "a_"].map(key);
      for (const [at, name] of names.entries()) {
        yield* store.put(name, Uint8Array.of(at), MINUTE);
      }
      for (const [at, name] of names.entries()) {
        yield* expectBytes(store, name, [at]);
      }
    })),

  define("put() replaces what lies under its key", (store, key) =>
    Effect.gen(function* () {
      yield* store.put(key("a"), Uint8Array.of(1), MINUTE);
      yield* store.put(key("a"), Uint8Array.of(2), MINUTE);
      yield* expectBytes(store, key("a"), [2]);
      yield* expectNone(store, key("a"));
    })),

  define(
    "put() lays something under a key again that was taken",
    (store, key) =>
      Effect.gen(function* () {
        yield* store.put(key("a"), Uint8Array.of(1), MINUTE);
        yield* store.take(key("a"));
        yield* store.put(key("a"), Uint8Array.of(2), MINUTE);
        yield* expectBytes(store, key("a"), [2]);
      }),
  ),

  define("put() keeps bytes of its own", (store, key) =>
    Effect.gen(function* () {
      const bytes = Uint8Array.of(1, 2, 3);
      yield* store.put(key("a"), bytes, MINUTE);
      bytes.fill(9);
      yield* expectBytes(store, key("a"), [1, 2, 3]);
    })),

  define("put() takes 64 KiB", (store, key) =>
    Effect.gen(function* () {
      const bytes = Uint8Array.from({ length: 65_536 }, (_, at) => at % 251);
      yield* store.put(key("a"), bytes, MINUTE);
      yield* expectBytes(store, key("a"), [...bytes]);
    })),
];

function expiryCases(
  passTime: (millis: number) => Effect.Effect<void>,
): ReadonlyArray<FlowConformanceCase> {
  return [
    define("take() gives what still has time", (store, key) =>
      Effect.gen(function* () {
        yield* store.put(key("a"), Uint8Array.of(1), { ttlMillis: SHORT_MILLIS * 10 });
        yield* passTime(SHORT_MILLIS);
        yield* expectBytes(store, key("a"), [1]);
      })),

    define("take() gives none when the time is over", (store, key) =>
      Effect.gen(function* () {
        yield* store.put(key("a"), Uint8Array.of(1), { ttlMillis: SHORT_MILLIS });
        yield* passTime(SHORT_MILLIS + 500);
        yield* expectNone(store, key("a"));
      })),

    define(
      "put() gives a key that had expired its time anew",
      (store, key) =>
        Effect.gen(function* () {
          yield* store.put(key("a"), Uint8Array.of(1), { ttlMillis: SHORT_MILLIS });
          yield* store.put(key("b"), Uint8Array.of(2), MINUTE);
          yield* passTime(SHORT_MILLIS + 500);
          yield* store.put(key("a"), Uint8Array.of(3), MINUTE);
          yield* expectBytes(store, key("a"), [3]);
          yield* expectBytes(store, key("b"), [2]);
        }),
    ),
  ];
}

function expectBytes(
  store: FlowStore,
  key: string,
  expected: ReadonlyArray<number>,
): Effect.Effect<void, Failure> {
  return Effect.flatMap(
    store.take(key),
    (taken) => expectSame("what was taken", Option.map(taken, (bytes) => [...bytes]), expected),
  );
}

function expectNone(store: FlowStore, key: string): Effect.Effect<void, Failure> {
  return Effect.flatMap(
    store.take(key),
    (taken) => expectSame("what was taken", Option.map(taken, (bytes) => [...bytes]), "nothing"),
  );
}

/** An option counts as what is in it. */
function expectSame(
  claim: string,
  found: unknown,
  expected: unknown,
): Effect.Effect<void, FlowConformanceFailure> {
  const actual = Option.isOption(found) ? Option.getOrElse(found, () => "nothing") : found;
  return Equal.equals(actual, expected)
    ? Effect.void
    : Effect.fail(new FlowConformanceFailure({ claim, expected, actual }));
}
