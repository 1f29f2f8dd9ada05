/**
 * Simulations, under one name: `Simulation.check` for tests, `Simulation.run` and `Simulation.explore`,
 * and what they are made of.
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
export { check, type CheckOptions } from "./simulation/check.ts";
export { type Exploration, explore, type ExploreOptions } from "./simulation/explore.ts";
export { failureReport, type FailureReportOptions } from "./simulation/failure_report.ts";
export { drawPlan, type Plan, type PlanOptions } from "./simulation/plan.ts";
export {
  cutPlan,
  format as formatCut,
  parse as parseCut,
  type PlanCut,
} from "./simulation/plan_cut.ts";
export { shrink, type ShrinkOptions, type Shrunk } from "./simulation/shrink.ts";
export {
  type Outcome,
  play,
  type PlayOptions,
  run,
  type RunOptions,
  type Violation,
} from "./simulation/simulation.ts";
export { SimulationError } from "./simulation/simulation_error.ts";
export { ViolationError } from "./simulation/violation_error.ts";
