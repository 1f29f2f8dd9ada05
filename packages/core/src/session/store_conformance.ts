/**
 * What every session store must do, as cases that any test runner can run.
 *
 * Each case uses keys of its own, so that they can share one store, run in any order, and leave the
 * store to the next run if it was not emptied.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { layerMemory } from "@bellhop/core/session/memory_store";
 * import { cases } from "@bellhop/core/session/store_conformance";
 *
 * const [first] = cases();
 * await Effect.runPromise(first.effect.pipe(Effect.provide(layerMemory)));
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { leaseCases } from "./_lease_conformance.ts";
import { recordCases } from "./_record_conformance.ts";
import type { ConformanceCase } from "./conformance_case.ts";

/** How the cases run. */
export interface ConformanceOptions {
  /**
   * Lets time pass for the store: `TestClock.adjust` where the clock is a test's.
   *
   * @default `Effect.sleep`: the cases about leases then take seconds
   */
  readonly passTime?: ((millis: number) => Effect.Effect<void>) | undefined;
}

/**
 * Gives the cases.
 *
 * ```ts
 * import { cases } from "@bellhop/core/session/store_conformance";
 * import { equal } from "node:assert/strict";
 *
 * const names = cases().map(({ name }) => name);
 * equal(new Set(names).size, names.length);
 * ```
 */
export function cases(
  options: ConformanceOptions = {},
): readonly [ConformanceCase, ...ReadonlyArray<ConformanceCase>] {
  const passTime = options.passTime ?? ((millis) => Effect.sleep(millis));
  const [first, ...rest] = recordCases;
  return [first, ...rest, ...leaseCases(passTime)];
}
