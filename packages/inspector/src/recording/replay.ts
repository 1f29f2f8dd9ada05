/**
 * Takes the steps of a recording again, each through its pure chart, and tells where the chart comes
 * to something else than what was recorded.
 *
 * ```ts
 * import { replay } from "@bellhop/inspector/recording/replay";
 * import { timelineOf } from "@bellhop/inspector/recording/timeline";
 * import { deepEqual } from "node:assert/strict";
 *
 * const step = { flowId: "a", seq: 0, at: 0, context: {} };
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
import { type AnyMachineSnapshot, type AnyStateMachine, transition } from "xstate";
import { chartVersion } from "@bellhop/core/flow/definition";
import { eventName, pathOf, type StateValue } from "@bellhop/core/flow/path";
import { knownCharts } from "../diagram/known_charts.ts";
import { encode } from "./_encode.ts";
import type { FlowStep, FlowTrace, Timeline } from "./trace.ts";

/** Why a step is not what the chart makes of it. */
export type MismatchProblem =
  /** The chart comes to another state. */
  | "otherState"
  /** The chart comes to the same state, but remembers something else. */
  | "otherContext"
  /** The step does not begin where the one before ended. */
  | "gap"
  /** The chart has no such state, or fails. */
  | "impossible";

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
  if (first.from === "" && !hasState(chart, first.to)) {
    tally.mismatches.push(mismatchOf(flow, first, { problem: "impossible", reached: undefined }));
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

type Problem = Pick<Mismatch, "problem" | "reached">;

function mismatchOf(flow: FlowTrace, { seq, event, to }: FlowStep, problem: Problem): Mismatch {
  return { flow: flow.id, seq, event, expected: to, ...problem };
}

function hasState(chart: AnyStateMachine, path: string): boolean {
  try {
    return pathOf(chart.resolveState({ value: valueOf(path), context: {} }).value) === path;
  } catch {
    return false;
  }
}

/** What is wrong with a step; `undefined`: nothing. */
function problemOf(chart: AnyStateMachine, before: FlowStep, step: FlowStep): Problem | undefined {
  let other: Problem = { problem: "impossible", reached: undefined };
  try {
    const snapshot = snapshotOf(chart, before);
    for (const type of typesOf(snapshot, step.event)) {
      const event = { ...restored(step.data ?? {}) as object, type };
      const [after] = transition(chart, snapshot, event) as [AnyMachineSnapshot, unknown];
      const reached = pathOf(after.value);
      if (after.status === "error" || reached !== step.to) {
        if (after.status !== "error") other = { problem: "otherState", reached };
        continue;
      }
      if (isSame(encode(after.context), step.context)) return undefined;
      other = { problem: "otherContext", reached };
    }
    return other;
  } catch {
    return other;
  }
}

function snapshotOf(chart: AnyStateMachine, { to, context }: FlowStep): AnyMachineSnapshot {
  const snapshot: AnyMachineSnapshot = chart.resolveState({
    value: valueOf(to),
    context: restored(context),
  });
  const invoked = snapshot._nodes.flatMap(({ invoke }) => invoke);
  // Without these, leaving the state would ask to stop a child that has no id.
  snapshot.children = Object.fromEntries(invoked.map(({ id }) => [id, { id } as never]));
  return snapshot;
}

/** The events of a name: that of a timer has one for each state around that arms it. */
function typesOf(snapshot: AnyMachineSnapshot, event: string): ReadonlyArray<string> {
  if (!event.startsWith("after ")) return [event];
  return snapshot._nodes
    .toSorted((one, other) => other.path.length - one.path.length)
    .flatMap(({ transitions }) => [...transitions.keys()])
    .filter((type) => type.startsWith("xstate.after.") && eventName(type) === event);
}

/** The value that a dotted path stands for; regions side by side are parted by commas. */
function valueOf(path: string): StateValue {
  const regions = path.split(",").map((region) => region.split("."));
  const [only] = regions;
  if (regions.length === 1 && only !== undefined) return nested(only);
  return Object.fromEntries(regions.map(([name = "", ...rest]) => [name, nested(rest)]));
}

function nested(names: ReadonlyArray<string>): StateValue {
  const [name = "", ...rest] = names;
  return rest.length === 0 ? name : { [name]: nested(rest) };
}

const numbers: ReadonlyMap<unknown, number> = new Map([
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["NaN", NaN],
]);

/** Gives back the numbers that JSON lacks; a world's recording writes them as `null`. */
function restored(value: unknown, name = ""): unknown {
  if (typeof value === "string") return numbers.get(value) ?? value;
  if (value === null) return name === "dueInMillis" ? Infinity : null;
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => restored(item));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, restored(inner, key)]),
  );
}

/** Whether what was recorded says the same, however it wrote it. */
function isSame(one: unknown, other: unknown): boolean {
  return comparable(encode(one)) === comparable(encode(restored(other)));
}

/** Errors and members in any order: a recording tells them in its own words. */
function comparable(value: unknown): string {
  return JSON.stringify(
    value,
    (_name, inner: unknown) =>
      typeof inner !== "object" || inner === null || Array.isArray(inner)
        ? inner
        : Object.fromEntries(
          Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1),
        ),
  );
}
