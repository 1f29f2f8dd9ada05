import { assert, describe, it } from "@effect/vitest";
import { Effect, Option } from "effect";
import { layerMemory } from "./memory_store.ts";
import { SessionStore } from "./session_store.ts";

describe("SessionStore", () => {
  it.layer(layerMemory)((it) => {
    it.effect("hands bytes through as they are, under versions that only grow", () =>
      Effect.gen(function* () {
        const store = yield* SessionStore;
        const bytes = Uint8Array.of(0, 255, 10);
        const first = yield* store.put("k", bytes, { ifVersion: null });
        const second = yield* store.put("k", bytes, { ifVersion: first });
        assert.isAbove(second, first);
        const found = yield* store.get("k");
        assert.deepStrictEqual(Option.map(found, (each) => each.bytes), Option.some(bytes));
      }));
  });
});
