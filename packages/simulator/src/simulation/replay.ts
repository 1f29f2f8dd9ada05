/**
 * What brings a run back: a command for Bellhop's own scenario, a call in its test for a team's.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { replayCall, replayCommand } from "@bellhop/simulator/simulation/replay";
 *
 * const drawn = { faults: "light", processes: 3, durationMillis: 60_000 } as const;
 * equal(
 *   replayCommand(7, drawn),
 *   "bellhop simulate --seed 7 --processes 3 --faults light --duration 60s --runs 1",
 * );
 * equal(
 *   replayCall(7, drawn),
 *   'Simulation.check(scenario, { firstSeed: 7, runs: 1, processes: 3, faults: "light", ' +
 *     "durationMillis: 60_000 })",
 * );
 * ```
 *
 * @module
 */
import type { FaultLevel } from "../fault/draw_faults.ts";
import type { Invariant } from "../invariant/invariant.ts";
import { mixed } from "../scenario/mixed.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { DURATION_MILLIS } from "./plan.ts";
import { format, type PlanCut } from "./plan_cut.ts";

/** What a run was drawn from, besides its seed. */
export interface ReplayOptions {
  /**
   * How much was drawn to go wrong.
   *
   * @default "chaos"
   */
  readonly faults?: FaultLevel | undefined;
  /**
   * How many machines the whole plan has.
   *
   * @default drawn
   */
  readonly processes?: number | undefined;
  /**
   * How long faults and errands come in the whole plan, in milliseconds.
   *
   * @default 300_000
   */
  readonly durationMillis?: number | undefined;
  /** What is left of the plan; absent: all. */
  readonly cut?: PlanCut | undefined;
  /** What had to hold; absent: all that Bellhop is held to. */
  readonly invariants?: ReadonlyArray<Invariant> | undefined;
}

/** Gives the command that runs the same world of the scenario `mixed` again. */
export function replayCommand(
  seed: number,
  { faults = "chaos", processes, durationMillis = DURATION_MILLIS, cut }: ReplayOptions,
): string {
  return [
    `bellhop simulate --seed ${seed}`,
    ...(processes === undefined ? [] : [`--processes ${processes}`]),
    `--faults ${faults}`,
    ...(durationMillis === DURATION_MILLIS ? [] : [`--duration ${durationWords(durationMillis)}`]),
    "--runs 1",
    ...(cut === undefined ? [] : [`--keep ${format(cut)}`]),
  ].join(" ");
}

/** Gives the call of `Simulation.check` that runs the same world of any scenario again. */
export function replayCall(
  seed: number,
  { faults = "chaos", processes, durationMillis = DURATION_MILLIS, cut, invariants }: ReplayOptions,
): string {
  const members = [
    `firstSeed: ${seed}`,
    "runs: 1",
    ...(processes === undefined ? [] : [`processes: ${processes}`]),
    `faults: "${faults}"`,
    ...(durationMillis === DURATION_MILLIS ? [] : [`durationMillis: ${grouped(durationMillis)}`]),
    ...(cut === undefined ? [] : [`keep: "${format(cut)}"`]),
    ...(invariants === undefined ? [] : ["invariants"]),
  ];
  return `Simulation.check(scenario, { ${members.join(", ")} })`;
}

/** Tells how the same world is run again, in lines of plain text. */
export function replayLines(
  scenario: Scenario,
  { seed, ...options }: ReplayOptions & { readonly seed: number },
): ReadonlyArray<string> {
  const { invariants } = options;
  if (scenario === mixed && invariants === undefined) {
    return ["Again:", `  ${replayCommand(seed, options)}`];
  }
  const names = invariants?.map(({ name }) => name).join(", ");
  const held = names === undefined ? "" : ` and the invariants ${names}`;
  return [
    `Again, in a test that has the scenario "${scenario.name}"${held}:`,
    `  ${replayCall(seed, options)}`,
  ];
}

function durationWords(millis: number): string {
  return millis % 1_000 === 0 ? `${millis / 1_000}s` : `${millis}ms`;
}

function grouped(millis: number): string {
  return String(millis).replaceAll(/\B(?=(?:\d{3})+$)/g, "_");
}
