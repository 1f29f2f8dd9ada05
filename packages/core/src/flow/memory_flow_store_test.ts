import { assert, describe, it, layer } from "@effect/vitest";
import { Effect, Option } from "effect";
import { TestClock } from "effect/testing";
import { FlowStore } from "./flow_store.ts";
import { cases } from "./flow_store_conformance.ts";
import { layerMemory } from "./memory_flow_store.ts";

layer(layerMemory())("layerMemory()", (it) => {
  for (const { name, effect } of cases({ passTime: TestClock.adjust })) {
    it.effect(name, () => effect);
  }
});

describe("layerMemory()", () => {
  it.effect("is full at its limit, and has room again for what has expired or was taken", () =>
    Effect.gen(function* () {
      const store = yield* FlowStore;
      const put = (key: string, ttlMillis: number) =>
        store.put(key, Uint8Array.of(1), { ttlMillis });
      yield* put("a", 1_000);
      yield* put("b", 5_000);
      const error = yield* Effect.flip(put("c", 5_000));
      assert.strictEqual(error.reason._tag, "Full");
      yield* put("b", 5_000);
      yield* TestClock.adjust(1_000);
      yield* put("c", 5_000);
      assert.isTrue(Option.isNone(yield* store.take("a")));
      yield* store.take("b");
      yield* put("d", 5_000);
      assert.isTrue(Option.isSome(yield* store.take("c")));
    }).pipe(Effect.provide(layerMemory({ maxFlows: 2 }))));
});
