/**
 * The conformance cases of session stores over the memory store, each with a store and a clock of its own.
 *
 * @module
 */
import { layerMemory } from "@bellhop/core/session/memory_store";
import { cases } from "@bellhop/core/session/store_conformance";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as TestClock from "effect/testing/TestClock";
import type { SmokeCase } from "./smoke_case.ts";

/** One smoke case for each thing that a store must do. */
export const memoryStoreCases: ReadonlyArray<SmokeCase> = cases({ passTime: TestClock.adjust }).map(
  ({ name, effect }) => ({
    name: `memory store: ${name}`,
    effect: Effect.provide(effect, Layer.merge(layerMemory, TestClock.layer())),
  }),
);
