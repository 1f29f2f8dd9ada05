/**
 * A plan: everything that will be done to a world, as data. What chance decides beyond it (latency,
 * turns, jitter) comes from the same seed.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { mixed } from "@bellhop/simulator/scenario/mixed";
 * import { drawPlan } from "@bellhop/simulator/simulation/plan";
 *
 * const { faults, machines } = drawPlan({ seed: 7, scenario: mixed, processes: 2, faults: "none" });
 * equal(machines, 2);
 * equal(faults.length, 0);
 * ```
 *
 * @module
 */
import { drawFaults, type FaultLevel } from "../fault/draw_faults.ts";
import type { Fault } from "../fault/fault.ts";
import type { Errand, Scenario } from "../scenario/scenario.ts";
import { stream } from "../seed.ts";
import type { ServerOptions } from "../server/server_options.ts";

/** How long faults and errands come unless it is said, in milliseconds. */
export const DURATION_MILLIS = 300_000;

/** Everything that will be done to a world. */
export interface Plan {
  /** Decides what the plan does not say. */
  readonly seed: number;
  /** How many machines there are; each runs one process at a time. */
  readonly machines: number;
  /** How long faults and errands come, in milliseconds. */
  readonly durationMillis: number;
  /** How the authorization server behaves. */
  readonly server: ServerOptions;
  /** How far the wall clock of each machine is ahead, in milliseconds. */
  readonly clockOffsetsMillis: ReadonlyArray<number>;
  /** What is asked of processes. */
  readonly errands: ReadonlyArray<Errand>;
  /** What goes wrong. */
  readonly faults: ReadonlyArray<Fault>;
}

/** What a plan is drawn from. */
export interface PlanOptions {
  /** Decides everything. */
  readonly seed: number;
  /** What runs in the world. */
  readonly scenario: Scenario;
  /**
   * How many machines there are.
   *
   * @default drawn, from 3 to 8
   */
  readonly processes?: number | undefined;
  /**
   * How much goes wrong.
   *
   * @default "chaos"
   */
  readonly faults?: FaultLevel | undefined;
  /**
   * How long faults and errands come, in milliseconds.
   *
   * @default 300_000
   */
  readonly durationMillis?: number | undefined;
}

/** Draws the plan of a seed. */
export function drawPlan(options: PlanOptions): Plan {
  const { seed, scenario, faults = "chaos", durationMillis = DURATION_MILLIS } = options;
  const draw = stream(seed, "plan");
  const drawn = draw.between(3, 8);
  const machines = options.processes ?? drawn;
  const extent = { machines, durationMillis };
  const isSkewed = faults === "chaos" && draw.permille(500);
  return {
    seed,
    machines,
    durationMillis,
    server: scenario.server(stream(seed, "server")),
    clockOffsetsMillis: Array.from(
      { length: machines },
      () => isSkewed ? draw.between(-5_000, 5_000) : 0,
    ),
    errands: scenario.errands(stream(seed, "errands"), extent),
    faults: drawFaults(stream(seed, "faults"), faults, extent),
  };
}
