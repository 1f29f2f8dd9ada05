/**
 * What `simulate` writes with `--json`, and its live line. Times in milliseconds.
 *
 * @module
 */
import type { Exploration } from "@bellhop/simulator/simulation/explore";
import { formatMillis } from "./duration.ts";

/** How far it is. */
export interface ProgressLine {
  readonly type: "progress";
  readonly runs: number;
  readonly violations: number;
  readonly elapsed_ms: number;
}

/** An invariant that did not hold, in the smallest world that was found for it. */
export interface ViolationLine {
  readonly type: "violation";
  readonly invariant: string;
  readonly sentence: string;
  readonly detail: string;
  readonly seed: number;
  readonly processes: number;
  readonly faults: string;
  /** What is left of the seed's plan, for `--keep`. */
  readonly keep: string;
  /** Runs it again. */
  readonly command: string;
}

/** What came of it. */
export interface SimulatedLine {
  readonly type: "simulated";
  /** The first seed. */
  readonly seed: number;
  readonly runs: number;
  /** How many runs violated an invariant. */
  readonly violations: number;
  readonly steps: number;
  readonly events: number;
  readonly flows: number;
  readonly virtual_ms: number;
  readonly elapsed_ms: number;
  readonly virtual_ms_per_second: number;
  readonly flows_per_second: number;
}

/** In how many runs something did not hold. */
export function violationsOf({ violations }: Exploration): number {
  return violations.reduce((sum, { count }) => sum + count, 0);
}

/** How far it is, as a line for programs. */
export function progressLine(exploration: Exploration): ProgressLine {
  return {
    type: "progress",
    runs: exploration.runs,
    violations: violationsOf(exploration),
    elapsed_ms: exploration.realMillis,
  };
}

/** What came of it, as a line for programs. */
export function simulatedLine(exploration: Exploration): SimulatedLine {
  return {
    type: "simulated",
    seed: exploration.firstSeed,
    runs: exploration.runs,
    violations: violationsOf(exploration),
    steps: exploration.steps,
    events: exploration.events,
    flows: exploration.flows,
    virtual_ms: exploration.virtualMillis,
    elapsed_ms: exploration.realMillis,
    virtual_ms_per_second: exploration.virtualMillisPerSecond,
    flows_per_second: exploration.flowsPerSecond,
  };
}

/** How far it is, or what came of it, for people. */
export function explorationWords(exploration: Exploration): string {
  const { firstSeed, runs, flows, flowsPerSecond, virtualMillis, realMillis } = exploration;
  const violations = violationsOf(exploration);
  return [
    runs === 1 ? `seed ${firstSeed}` : `${runs} seeds from ${firstSeed}`,
    `${formatMillis(virtualMillis)} of worlds in ${formatMillis(realMillis)}`,
    `${flows} flows, ${flowsPerSecond} a second`,
    violations === 0
      ? "no violation"
      : `${violations} ${violations === 1 ? "violation" : "violations"}`,
  ].join(" · ");
}
