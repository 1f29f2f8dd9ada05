/**
 * What `simulate` writes with `--json`, and its live line. Times in milliseconds.
 *
 * @module
 */
import type { Exploration } from "@bellhop/simulator/simulation/explore";
import { formatMillis } from "./duration.ts";

/** Where exploring is to end. */
export interface Goal {
  /** Absent: after no number of runs. */
  readonly runs?: number | undefined;
  /** Absent: at no time. */
  readonly forMillis?: number | undefined;
}

/** How far it is. */
export interface ProgressLine {
  readonly type: "progress";
  /** The first seed. */
  readonly seed: number;
  readonly runs: number;
  /** How many there are to be; `null`: no number is told. */
  readonly of_runs: number | null;
  /** How many runs violated an invariant. */
  readonly violations: number;
  readonly flows: number;
  readonly virtual_ms: number;
  readonly elapsed_ms: number;
  /** How long it is to go on; `null`: no time is told. */
  readonly of_ms: number | null;
  readonly virtual_ms_per_second: number;
  readonly flows_per_second: number;
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
  /** How many there were to be; `null`: no number was told. */
  readonly of_runs: number | null;
  /** How many runs violated an invariant. */
  readonly violations: number;
  readonly steps: number;
  readonly events: number;
  readonly flows: number;
  readonly virtual_ms: number;
  readonly elapsed_ms: number;
  /** How long it was to go on; `null`: no time was told. */
  readonly of_ms: number | null;
  readonly virtual_ms_per_second: number;
  readonly flows_per_second: number;
}

/** In how many runs something did not hold. */
export function violationsOf({ violations }: Exploration): number {
  return violations.reduce((sum, { count }) => sum + count, 0);
}

/** How far it is, as a line for programs. */
export function progressLine(exploration: Exploration, goal: Goal): ProgressLine {
  return {
    type: "progress",
    seed: exploration.firstSeed,
    runs: exploration.runs,
    of_runs: goal.runs ?? null,
    violations: violationsOf(exploration),
    flows: exploration.flows,
    virtual_ms: exploration.virtualMillis,
    elapsed_ms: exploration.realMillis,
    of_ms: goal.forMillis ?? null,
    virtual_ms_per_second: exploration.virtualMillisPerSecond,
    flows_per_second: exploration.flowsPerSecond,
  };
}

/** What came of it, as a line for programs. */
export function simulatedLine(exploration: Exploration, goal: Goal): SimulatedLine {
  return {
    type: "simulated",
    seed: exploration.firstSeed,
    runs: exploration.runs,
    of_runs: goal.runs ?? null,
    violations: violationsOf(exploration),
    steps: exploration.steps,
    events: exploration.events,
    flows: exploration.flows,
    virtual_ms: exploration.virtualMillis,
    elapsed_ms: exploration.realMillis,
    of_ms: goal.forMillis ?? null,
    virtual_ms_per_second: exploration.virtualMillisPerSecond,
    flows_per_second: exploration.flowsPerSecond,
  };
}

/** How far it is, for people: short, since a terminal shows it in one line. */
export function progressWords(exploration: Exploration, goal: Goal): string {
  const { realMillis } = exploration;
  const elapsed = goal.forMillis === undefined
    ? []
    : [`${formatMillis(realMillis)} of ${formatMillis(goal.forMillis)}`];
  return [
    [runWords(exploration, goal), ...elapsed].join(", "),
    violationWords(exploration),
    rateWords(exploration),
  ].join(" · ");
}

/** What came of it, for people. */
export function summaryWords(exploration: Exploration, goal: Goal): string {
  const { firstSeed, runs, flows, virtualMillis, realMillis } = exploration;
  const seeds = runs === 1 ? `seed ${firstSeed}` : `seeds ${firstSeed} to ${firstSeed + runs - 1}`;
  return [
    `${runWords(exploration, goal)}, ${seeds}`,
    `${formatMillis(virtualMillis)} of worlds in ${formatMillis(realMillis)}`,
    `${flows} flows`,
    rateWords(exploration),
    violationWords(exploration),
  ].join(" · ");
}

function runWords({ runs }: Exploration, goal: Goal): string {
  const wanted = goal.runs ?? 1;
  return wanted === 1 ? `${runs} ${runs === 1 ? "run" : "runs"}` : `${runs} of ${wanted} runs`;
}

function violationWords(exploration: Exploration): string {
  const violations = violationsOf(exploration);
  if (violations === 0) return "no violation";
  return `${violations} ${violations === 1 ? "violation" : "violations"}`;
}

const units = [["days", 86_400_000], ["hours", 3_600_000], ["minutes", 60_000]] as const;

/** What a second of the real clock brings. */
function rateWords({ flowsPerSecond, virtualMillisPerSecond }: Exploration): string {
  const [name, millis] = units.find(([, millis]) => virtualMillisPerSecond >= millis) ??
    ["seconds", 1_000];
  const amount = (virtualMillisPerSecond / millis).toFixed(1);
  return `${flowsPerSecond} flows and ${amount} virtual ${name} a second`;
}
