/** What a recording shows to be wrong: invariants that did not hold, and steps that no chart takes. */
import type { Mismatch } from "@bellhop/inspector/recording/replay";
import type { Moment } from "@bellhop/inspector/recording/moment";
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace, Happening } from "@bellhop/inspector/recording/trace";
import { spaced } from "../shell/words.ts";

/** So many differences are told. */
const CHANGES = 3;

/** Something that is wrong. */
export interface Finding {
  /** Unique in the recording. */
  readonly id: string;
  /** Which of the two. */
  readonly kind: "violation" | "mismatch";
  /** What it is, in a few words. */
  readonly title: string;
  /** What was expected, and what happened. */
  readonly detail: string;
  /** The moment at which it is seen. */
  readonly moment: Moment;
  /** The flow that shows it best. */
  readonly flow?: FlowTrace | undefined;
}

/**
 * Lists what is wrong, in order.
 *
 * @param timeline What happened.
 * @param mismatches Of its replay.
 */
export function findingsOf(
  timeline: Timeline,
  mismatches: ReadonlyArray<Mismatch>,
): ReadonlyArray<Finding> {
  const violations = timeline.happenings
    .filter(({ type }) => type === "violated")
    .map((happening) => violationOf(timeline, happening));
  const others = mismatches.flatMap((mismatch) => mismatchOf(timeline, mismatch));
  return [...violations, ...others.toSorted((one, other) => one.moment.at - other.moment.at)];
}

/** What the chart comes to instead of what was recorded. */
export function mismatchWords(mismatch: Mismatch): string {
  const { problem, event, expected, reached, changes = [] } = mismatch;
  switch (problem) {
    case "otherState":
      return `“${event}” leads to ${reached} in the chart; recorded is ${expected}`;
    case "otherContext":
      return changes.length > 0
        ? `“${event}” leads to ${expected}, but with ${changesWords(changes)}`
        : `“${event}” leads to ${expected}, but the chart remembers something else`;
    case "gap":
      return event === ""
        ? `ended in ${expected}, but its last step led to ${reached}`
        : `“${event}” does not begin in ${reached}, where the step before ended`;
    case "impossible":
      return `the chart has no step “${event}” to ${expected}`;
  }
}

/** What of a context differs, the first few. */
function changesWords(changes: NonNullable<Mismatch["changes"]>): string {
  const words = changes.slice(0, CHANGES).map(({ member, recorded, replayed }) =>
    `${member}: recorded ${valueWords(recorded)}, chart ${valueWords(replayed)}`
  );
  const more = changes.length > CHANGES ? ` and ${changes.length - CHANGES} more` : "";
  return `${words.join("; ")}${more}`;
}

function valueWords(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function violationOf(timeline: Timeline, { seq, at, line }: Happening): Finding {
  const invariant = textOf(line["invariant"]);
  const detail = textOf(line["detail"]);
  const flow = flowIn(timeline, detail, seq);
  return {
    id: `violation ${seq}`,
    kind: "violation",
    title: invariant === "" ? "An invariant" : spaced(invariant),
    detail: detail === "" ? "did not hold" : detail,
    moment: { at, seq },
    ...(flow === undefined ? {} : { flow }),
  };
}

function mismatchOf(timeline: Timeline, mismatch: Mismatch): ReadonlyArray<Finding> {
  const flow = timeline.flows.get(mismatch.flow);
  if (flow === undefined) return [];
  const { seq } = mismatch;
  const number = flow.steps.findIndex((step) => step.seq === seq);
  const at = flow.steps[number]?.at ?? flow.endedAt ?? flow.startedAt;
  return [{
    id: `mismatch ${flow.id} ${seq}`,
    kind: "mismatch",
    title: number < 0 ? "Its end" : `Step ${number + flow.droppedSteps}`,
    detail: mismatchWords(mismatch),
    moment: { at, seq },
    flow,
  }];
}

/** The flow of a process named in words which moved last before a line. */
function flowIn(timeline: Timeline, words: string, seq: number): FlowTrace | undefined {
  const names = new Set(words.split(/[^\w.-]+/));
  let found: FlowTrace | undefined;
  let moved = -1;
  for (const flow of timeline.flows.values()) {
    if (!names.has(flow.process)) continue;
    const last = flow.steps.findLast((step) => step.seq <= seq)?.seq ?? -1;
    if (last > moved) [found, moved] = [flow, last];
  }
  return found;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
