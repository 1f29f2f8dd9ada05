import { assert, describe, it } from "@effect/vitest";
import { Effect, Option, Scope } from "effect";
import { TestClock } from "effect/testing";
import { layerMemory } from "./memory_store.ts";
import { SessionStore } from "./session_store.ts";
import { cases } from "./store_conformance.ts";

/** Runs all cases over a store with a fault and gives the names of those that found it. */
function failedCases(breakIt: (store: SessionStore) => Partial<SessionStore>) {
  return Effect.gen(function* () {
    const store = yield* SessionStore;
    const broken = { ...store, ...breakIt(store) };
    const failed: Array<string> = [];
    for (const { name, effect } of cases({ passTime: TestClock.adjust })) {
      const exit = yield* Effect.exit(Effect.provideService(effect, SessionStore, broken));
      if (exit._tag === "Failure") failed.push(name);
    }
    return failed;
  }).pipe(Effect.provide(layerMemory));
}

describe("cases()", () => {
  it.effect("finds nothing wrong with a store that is right", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* failedCases(() => ({})), []);
    }));

  it.effect("finds a store that never conflicts", () =>
    Effect.gen(function* () {
      const failed = yield* failedCases((store) => ({
        put: (key, bytes) =>
          Effect.flatMap(
            store.get(key),
            (stored) =>
              store.put(key, bytes, { ifVersion: Option.getOrNull(stored)?.version ?? null }),
          ),
      }));
      assert.include(failed, "put() lets exactly one of many writers at once win");
      assert.include(failed, "put() fails with Conflict where something is and nothing may be");
      assert.include(failed, "put() fails with Conflict where nothing is and something must be");
    }));

  it.effect("finds a store that forgets the version with the record", () =>
    Effect.gen(function* () {
      const failed = yield* failedCases((store) => {
        const removed = new Map<string, number>();
        const base = (key: string) => removed.get(key) ?? 0;
        return {
          get: (key) =>
            Effect.map(
              store.get(key),
              Option.map((stored) => ({ ...stored, version: stored.version - base(key) })),
            ),
          put: (key, bytes, { ifVersion }) =>
            Effect.map(
              store.put(key, bytes, { ifVersion: ifVersion && ifVersion + base(key) }),
              (version) => version - base(key),
            ),
          remove: (key, { ifVersion }) =>
            Effect.tap(
              store.remove(key, { ifVersion: ifVersion + base(key) }),
              () => Effect.sync(() => removed.set(key, base(key) + ifVersion + 1)),
            ),
        };
      });
      assert.include(failed, "remove() leaves a tombstone, so that no version comes back");
    }));

  it.effect("finds a store whose keys know no case", () =>
    Effect.gen(function* () {
      const failed = yield* failedCases((store) => ({
        get: (key) => store.get(key.toLowerCase()),
        put: (key, bytes, options) => store.put(key.toLowerCase(), bytes, options),
      }));
      const name = "put() keeps keys apart that differ in case or in Unicode form only";
      assert.include(failed, name);
    }));

  it.effect("finds a store that gives the lease to everybody", () =>
    Effect.gen(function* () {
      let count = 0;
      const failed = yield* failedCases((store) => ({
        lease: (key, options) => store.lease(`${key}${count++}`, options),
      }));
      for (
        const name of [
          "lease() keeps a second holder out and tells it so in bounded time",
          "lease() goes to one of many at a time",
          "lease() is kept alive beyond its time",
        ]
      ) assert.include(failed, name);
    }));

  it.effect("finds a store that keeps a lease for ever", () =>
    Effect.gen(function* () {
      const never = yield* Scope.make();
      const failed = yield* failedCases((store) => ({
        lease: (key, options) => Scope.provide(store.lease(key, options), never),
      }));
      for (
        const name of [
          "lease() is free when the holder's scope closes",
          "lease() goes to one who waits when the holder's scope closes",
        ]
      ) assert.include(failed, name);
    }));
});
