/**
 * What stops a simulation from without: an invariant, a scenario or the simulator itself that throws.
 *
 * ```ts
 * import { equal, throws } from "node:assert/strict";
 * import { mixed } from "@bellhop/simulator/scenario/mixed";
 * import { run } from "@bellhop/simulator/simulation/simulation";
 * import { SimulationError } from "@bellhop/simulator/simulation/simulation_error";
 *
 * const broken = {
 *   name: "broken",
 *   sentence: "It looks at what is not there",
 *   watch: () => ({
 *     on: () => {
 *       throw new Error("nothing there");
 *     },
 *   }),
 * };
 * throws(() => run({ seed: 7, scenario: mixed, invariants: [broken] }), (error) => {
 *   equal(error instanceof SimulationError && error.seed, 7);
 *   return true;
 * });
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";
import type { Scenario } from "../scenario/scenario.ts";
import { replayLines, type ReplayOptions } from "./replay.ts";

/** A simulation cannot go on. It is no finding about the program that runs in it. */
export class SimulationError extends Data.Error<{
  /** The seed of the run. */
  readonly seed: number;
  /** The name of what ran. */
  readonly scenario: string;
  /** How the same world is run again, in lines of plain text; absent: by carrying out its plan. */
  readonly again?: string | undefined;
  /** What was thrown. */
  readonly cause: unknown;
}> {
  override readonly name = "SimulationError";
  readonly _tag = "SimulationError";
  override readonly message: string = [
    `Simulation of "${this.scenario}" with seed ${this.seed} broke down: ${String(this.cause)}`,
    this.again ?? "Again: Simulation.play(plan, { scenario })",
  ].join("\n");
  readonly hint: string =
    "An invariant, the scenario or the simulator threw: the cause says what, and the seed brings it back";
}

/** What a run is made of, as far as its errors tell of it. */
export interface Attempt extends ReplayOptions {
  /** The seed. */
  readonly seed: number;
  /** What runs. */
  readonly scenario: Scenario;
}

/** Runs a world. Whatever it throws is thrown as a `SimulationError` that says how to run it again. */
export function attempt<A>(drawn: Attempt, run: () => A): A {
  try {
    return run();
  } catch (error) {
    const { seed, scenario } = drawn;
    const cause = error instanceof SimulationError ? error.cause : error;
    const again = replayLines(scenario, drawn).join("\n");
    throw new SimulationError({ seed, scenario: scenario.name, again, cause });
  }
}
