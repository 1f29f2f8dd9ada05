/**
 * Takes the steps of a recording again, each through its pure chart, and tells where the chart comes
 * to something else than what was recorded.
 *
 * ```ts
 * import { replay } from "@bellhop/inspector/recording/replay";
 * import { timelineOf } from "@bellhop/inspector/recording/timeline";
 * import { deepEqual } from "node:assert/strict";
 *
 * const limits = { requestLimitMillis: 30_000, retryForMillis: 60_000 };
 * const context = { ...limits, isPatient: true, backoffMillis: 1_000, waitMillis: 0 };
 * const step = { flowId: "a", seq: 0, at: 0, context };
 * const started = { type: "flow.started", chart: "jwtBearer", chartVersion: "1", path: "trying.requesting" };
 * const moved = { type: "flow.transition", from: "trying.requesting", to: "granted", event: "cancel" };
 * const timeline = timelineOf([
 *   { seq: 0, at: 0, type: "observed", observation: { ...step, ...started, resumed: false } },
 *   { seq: 1, at: 0, type: "observed", observation: { ...step, ...moved, seq: 1 } },
 * ]);
 *
 * const { mismatches } = replay(timeline);
 * deepEqual(mismatches.map(({ expected, reached }) => [expected, reached]), [["granted", "cancelled"]]);
 * ```
 *
 * @module
 */
import type { AnyStateMachine } from "xstate";
import { chartVersion } from "@bellhop/core/flow/definition";
import { knownCharts } from "../diagram/known_charts.ts";
import {
  type MemberChange,
  type MismatchProblem,
  problemOf,
  resumeProblemOf,
  startProblemOf,
  type StepProblem,
} from "./_chart_step.ts";
import type { FlowStep, FlowTrace, Timeline } from "./trace.ts";

export type { MemberChange, MismatchProblem };

/** A step that the chart does not take like that. */
export interface Mismatch {
  /** `id` of the flow in its timeline. */
  readonly flow: string;
  /** Number of the line. */
  readonly seq: number;
  /** What is wrong. */
  readonly problem: MismatchProblem;
  /** The event's name. */
  readonly event: string;
  /** Dotted path that was recorded. */
  readonly expected: string;
  /** Dotted path that the chart comes to; `undefined`: none. */
  readonly reached: string | undefined;
  /** What it remembers otherwise, where that is what is wrong: members of the context, redacted. */
  readonly changes?: ReadonlyArray<MemberChange>;
}

/** A flow that could not be taken again. */
export interface Unreplayed {
  /** `id` of the flow in its timeline. */
  readonly flow: string;
  /**
   * - `unknownChart`: there is no chart of its name here;
   * - `otherVersion`: it ran with another version of its chart;
   * - `noBeginning`: the recording does not tell how it began.
   */
  readonly reason: "unknownChart" | "otherVersion" | "noBeginning";
  /** The chart's id; empty where it is not told. */
  readonly chart: string;
  /** The version that it ran with; empty where it is not told. */
  readonly version: string;
  /** The version that is known here. */
  readonly known?: string | undefined;
}

/** What came of it. */
export interface Replay {
  /** How many flows were taken again. */
  readonly flows: number;
  /** How many steps were. */
  readonly steps: number;
  /** Steps that were not, since what came before them is not recorded. */
  readonly skipped: number;
  /** Steps that the chart does not take like that. */
  readonly mismatches: ReadonlyArray<Mismatch>;
  /** Flows that could not be. */
  readonly unreplayed: ReadonlyArray<Unreplayed>;
}

/** How a recording is taken again. */
export interface ReplayOptions {
  /**
   * Charts by their ids.
   *
   * @default those of `@bellhop/core`
   */
  readonly charts?: ReadonlyArray<AnyStateMachine> | undefined;
}

/** Takes all flows of a timeline again. Never throws. */
export function replay(timeline: Timeline, options: ReplayOptions = {}): Replay {
  const { charts = knownCharts.map(({ chart }) => chart) } = options;
  const byId = new Map(charts.map((chart) => [chart.id, chart]));
  const tally: Tally = { flows: 0, steps: 0, skipped: 0, mismatches: [], unreplayed: [] };
  const isWhole = timeline.lost.lines === 0;
  for (const flow of timeline.flows.values()) {
    const chart = byId.get(flow.chart);
    const reason = reasonAgainst(flow, chart);
    if (chart === undefined || reason !== undefined) {
      tally.unreplayed.push({
        flow: flow.id,
        reason: reason ?? "unknownChart",
        chart: flow.chart,
        version: flow.chartVersion,
        ...(chart === undefined ? {} : { known: chartVersion(chart) }),
      });
    } else {
      replayFlow({ flow, chart, isWhole }, tally);
    }
  }
  return tally;
}

interface Tally {
  flows: number;
  steps: number;
  skipped: number;
  readonly mismatches: Array<Mismatch>;
  readonly unreplayed: Array<Unreplayed>;
}

interface Job {
  readonly flow: FlowTrace;
  readonly chart: AnyStateMachine;
  /** Whether no line of the recording was dropped. */
  readonly isWhole: boolean;
}

function reasonAgainst(
  flow: FlowTrace,
  chart: AnyStateMachine | undefined,
): Unreplayed["reason"] | undefined {
  if (flow.chart === "") return "noBeginning";
  if (chart === undefined) return "unknownChart";
  return flow.chartVersion === chartVersion(chart) ? undefined : "otherVersion";
}

function replayFlow(job: Job, tally: Tally): void {
  tally.flows++;
  const { flow, chart } = job;
  const [first, ...steps] = flow.steps;
  if (first === undefined) return;
  if (first.from === "") {
    const found = flow.isResumed ? resumeProblemOf(chart, first) : startProblemOf(chart, first);
    if (found !== undefined) tally.mismatches.push(mismatchOf(flow, first, found));
  }
  let before = first;
  for (const step of steps) {
    replayStep(job, { before, step }, tally);
    before = step;
  }
  if (flow.outcome !== "done" || flow.path === before.to || !job.isWhole) return;
  tally.mismatches.push({
    ...mismatchOf(flow, before, { problem: "gap", reached: before.to }),
    seq: flow.endSeq ?? before.seq,
    event: "",
    expected: flow.path,
  });
}

interface Move {
  readonly before: FlowStep;
  readonly step: FlowStep;
}

function replayStep({ flow, chart, isWhole }: Job, { before, step }: Move, tally: Tally): void {
  const isNext = step.from === before.to;
  if (!isNext && !isWhole) {
    tally.skipped++;
    return;
  }
  tally.steps++;
  const found = isNext
    ? problemOf(chart, before, step)
    : { problem: "gap" as const, reached: before.to };
  if (found !== undefined) tally.mismatches.push(mismatchOf(flow, step, found));
}

function mismatchOf(flow: FlowTrace, { seq, event, to }: FlowStep, problem: StepProblem): Mismatch {
  return { flow: flow.id, seq, event, expected: to, ...problem };
}
