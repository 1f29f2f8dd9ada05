import { assert, describe, it } from "@effect/vitest";
import { Effect, Option, Redacted } from "effect";
import { Digest } from "effect/crypto";
import { FlowStore, keyOf } from "./flow_store.ts";
import { layerMemory } from "./memory_flow_store.ts";

describe("FlowStore", () => {
  it.effect("hands sealed bytes through as they are", () =>
    Effect.gen(function* () {
      const store = yield* FlowStore;
      yield* store.put("k", Uint8Array.of(0, 255), { ttlMillis: 1_000 });
      assert.deepStrictEqual(yield* store.take("k"), Option.some(Uint8Array.of(0, 255)));
    }).pipe(Effect.provide(layerMemory())));
});

describe("keyOf()", () => {
  it.effect("tells nothing of the state, and tells states apart", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* keyOf(Redacted.make("abc")), yield* keyOf(Redacted.make("abd"))];
      assert.match(one, /^[\w-]{43}$/);
      assert.notStrictEqual(one, other);
      assert.strictEqual(one, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }).pipe(Effect.provide(Digest.layerWebCrypto)));
});
