import { assert, describe, it } from "@effect/vitest";
import { Effect, Option } from "effect";
import { TestClock } from "effect/testing";
import { FlowStore } from "./flow_store.ts";
import { cases } from "./flow_store_conformance.ts";
import { layerMemory } from "./memory_flow_store.ts";

/** Runs all cases over a store with a fault and gives the names of those that found it. */
function failedCases(breakIt: (store: FlowStore) => Partial<FlowStore>) {
  return Effect.gen(function* () {
    const store = yield* FlowStore;
    const broken = { ...store, ...breakIt(store) };
    const failed: Array<string> = [];
    for (const { name, effect } of cases({ passTime: TestClock.adjust })) {
      const exit = yield* Effect.exit(Effect.provideService(effect, FlowStore, broken));
      if (exit._tag === "Failure") failed.push(name);
    }
    return failed;
  }).pipe(Effect.provide(layerMemory()));
}

describe("cases()", () => {
  it.effect("finds nothing wrong with a store that is right", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* failedCases(() => ({})), []);
    }));

  it.effect("finds a store that gives a flow twice", () =>
    Effect.gen(function* () {
      const failed = yield* failedCases((store) => ({
        take: (key) =>
          Effect.tap(store.take(key), (taken) =>
            Option.isSome(taken)
              ? store.put(key, taken.value, { ttlMillis: 60_000 })
              : Effect.void),
      }));
      assert.include(failed, "take() gives what put() laid there, and gives it once");
      assert.include(failed, "take() gives it to exactly one of many at once");
    }));

  it.effect("finds a store that looks first and takes later", () =>
    Effect.gen(function* () {
      const held = new Map<string, Uint8Array>();
      const failed = yield* failedCases(() => ({
        put: (key, sealed) => Effect.sync(() => void held.set(key, sealed.slice())),
        take: (key) =>
          Effect.gen(function* () {
            const found = Option.fromUndefinedOr(held.get(key));
            yield* Effect.yieldNow;
            held.delete(key);
            return found;
          }),
      }));
      assert.include(failed, "take() gives it to exactly one of many at once");
    }));

  it.effect("finds a store that knows no time", () =>
    Effect.gen(function* () {
      const failed = yield* failedCases((store) => ({
        put: (key, sealed) => store.put(key, sealed, { ttlMillis: Number.MAX_SAFE_INTEGER }),
      }));
      assert.deepStrictEqual(failed, ["take() gives none when the time is over"]);
    }));

  it.effect("finds a store whose keys know no case", () =>
    Effect.gen(function* () {
      const failed = yield* failedCases((store) => ({
        put: (key, sealed, options) => store.put(key.toLowerCase(), sealed, options),
        take: (key) => store.take(key.toLowerCase()),
      }));
      assert.deepStrictEqual(failed, ["take() leaves what lies under other keys"]);
    }));

  it.effect("finds a store that never replaces, and one that keeps the caller's bytes", () =>
    Effect.gen(function* () {
      const held = new Map<string, Uint8Array>();
      const failed = yield* failedCases(() => ({
        put: (key, sealed) => Effect.sync(() => void (held.has(key) || held.set(key, sealed))),
        take: (key) =>
          Effect.sync(() => {
            const found = Option.fromUndefinedOr(held.get(key));
            held.delete(key);
            return found;
          }),
      }));
      assert.include(failed, "put() replaces what lies under its key");
      assert.include(failed, "put() keeps bytes of its own");
    }));
});
