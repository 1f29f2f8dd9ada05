import { layer } from "@effect/vitest";
import { TestClock } from "effect/testing";
import { layerMemory } from "./memory_store.ts";
import { cases } from "./store_conformance.ts";

layer(layerMemory)("layerMemory", (it) => {
  for (const { name, effect } of cases({ passTime: TestClock.adjust })) {
    it.effect(name, () => effect);
  }
});
