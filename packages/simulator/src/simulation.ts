/**
 * Simulations, under one name: `Simulation.run`, `Simulation.explore`, and what they are made of.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { mixed, Simulation } from "@bellhop/simulator";
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * equal(Simulation.run({ seed: 7, scenario: mixed }).violation, undefined);
 *
 * const explored = await Effect.runPromise(
 *   Simulation.explore({ firstSeed: 1, runs: 3, scenario: mixed, faults: "light" }),
 * );
 * deepEqual(explored.violations, []);
 * ```
 *
 * @module
 */
export { type Exploration, explore, type ExploreOptions } from "./simulation/explore.ts";
export { drawPlan, type Plan, type PlanOptions } from "./simulation/plan.ts";
export {
  type Outcome,
  play,
  type PlayOptions,
  run,
  type RunOptions,
  type Violation,
} from "./simulation/simulation.ts";
