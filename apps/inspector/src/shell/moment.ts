/** Moments of a timeline: which one is shown, and which comes before and after it. */
import type { Moment } from "@bellhop/inspector/recording/moment";
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";

/** Something that happened in a line. */
export interface Lined {
  /** Number of its line. */
  readonly seq: number;
  /** When. */
  readonly at: number;
}

/** The moment that a view shows: its own, or the end of all there is. */
export function momentOf(
  view: { readonly moment: Moment | undefined; readonly timeline: Timeline },
): Moment {
  return view.moment ?? { at: view.timeline.lastAt ?? 0 };
}

/** Whether something had happened at a moment. */
export function hasHappened({ seq, at }: Lined, moment: Moment): boolean {
  if (moment.seq !== undefined) return seq <= moment.seq;
  return at <= moment.at;
}

/** How many of what happened in order had happened at a moment. */
export function countAt(happened: ReadonlyArray<Lined>, moment: Moment): number {
  let low = 0;
  let high = happened.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = happened[middle];
    if (one !== undefined && hasHappened(one, moment)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The moment of the next step of a flow; `undefined`: there is none. */
export function nextStep(flow: FlowTrace, moment: Moment): Moment | undefined {
  return afterStep(flow, countAt(flow.steps, moment));
}

/** The moment of the step before; `undefined`: there is none. */
export function previousStep(flow: FlowTrace, moment: Moment): Moment | undefined {
  return afterStep(flow, countAt(flow.steps, moment) - 2);
}

/** The moment after a step and all that it brought about, before the next; `undefined`: no such step. */
export function afterStep(flow: FlowTrace, index: number): Moment | undefined {
  const step = flow.steps[index];
  const next = flow.steps[index + 1];
  if (step === undefined) return undefined;
  return next?.at === step.at ? { at: step.at, seq: next.seq - 1 } : { at: step.at };
}

/** Where a flow stands, as far as a list shows it. */
export interface Standing {
  /** Whether it had begun. */
  readonly hasBegun: boolean;
  /** `running`, or how it ended. */
  readonly status: string;
  /** Dotted path of its state. */
  readonly path: string;
}

/** Where a flow stood at a moment; `undefined`: the last there is. */
export function standingOf(flow: FlowTrace, moment: Moment | undefined): Standing {
  if (moment === undefined) {
    return { hasBegun: true, status: flow.outcome ?? "running", path: flow.path };
  }
  const hasBegun = hasHappened({ seq: flow.seq, at: flow.startedAt }, moment);
  const end = flow.endSeq === undefined ? undefined : { seq: flow.endSeq, at: flow.endedAt ?? 0 };
  const isOver = end !== undefined && hasHappened(end, moment);
  const path = isOver ? flow.path : flow.steps[countAt(flow.steps, moment) - 1]?.to ?? "";
  return { hasBegun, status: isOver ? flow.outcome ?? "done" : "running", path };
}
