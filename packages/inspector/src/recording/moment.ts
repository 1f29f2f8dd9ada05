/**
 * What holds at a moment of a timeline: where each flow and session stands, and what it waits for.
 *
 * @module
 */
import type {
  FlowOutcome,
  FlowStep,
  FlowTrace,
  LeaseSpan,
  OperationRun,
  SessionStep,
  SessionTrace,
  Timeline,
  TimerRun,
} from "./trace.ts";

/** A time, after all that happened at it; with `seq` after that line, for steps within one millisecond. */
export interface Moment {
  /** In milliseconds since the epoch. */
  readonly at: number;
  /** Number of the last line that counts, whatever its time; absent: all until the time. */
  readonly seq?: number | undefined;
}

/** A timer that runs. */
export interface LiveTimer extends TimerRun {
  /** What is left of it, in milliseconds; negative where it is overdue. */
  readonly leftMillis: number;
}

/** An operation under way. */
export interface LiveOperation extends OperationRun {
  /** For how long, in milliseconds. */
  readonly forMillis: number;
}

/** A flow at a moment. */
export interface FlowMoment {
  /** Which. */
  readonly flow: FlowTrace;
  /** Whether it runs, or how it ended. */
  readonly status: "running" | FlowOutcome;
  /** Dotted path of its state. */
  readonly path: string;
  /** The step that brought it there. */
  readonly step: FlowStep | undefined;
  /** How many of the flow's steps count: `flow.steps.slice(0, stepCount)` is the path taken. */
  readonly stepCount: number;
  /** When it came into its state. */
  readonly since: number;
  /** Timers that run, the first due first. */
  readonly timers: ReadonlyArray<LiveTimer>;
  /** Operations under way. */
  readonly operations: ReadonlyArray<LiveOperation>;
  /** The chart's context, redacted. */
  readonly context: unknown;
}

/** A session at a moment. */
export interface SessionMoment {
  /** Which. */
  readonly session: SessionTrace;
  /** The state; `undefined`: it has told none. */
  readonly step: SessionStep | undefined;
  /** Until the token expires, in milliseconds; negative afterwards; `undefined`: not known. */
  readonly leftMillis: number | undefined;
  /** Until its renewal is due, in milliseconds; `undefined`: none is. */
  readonly dueInMillis: number | undefined;
  /** Whether it holds the lease: of several that think so the one that took it last. */
  readonly isHolder: boolean;
  /** The process that holds the lease of this key, this one or another; `undefined`: nobody known. */
  readonly holder: string | undefined;
  /** Whether its process has ended. */
  readonly isOver: boolean;
}

/** All that holds at a moment. */
export interface TimelineMoment {
  /** The time. */
  readonly at: number;
  /** Flows that had begun, in the timeline's order. */
  readonly flows: ReadonlyArray<FlowMoment>;
  /** Sessions that had begun, in the timeline's order. */
  readonly sessions: ReadonlyArray<SessionMoment>;
}

/**
 * Tells what holds at a moment. For a view of a few flows {@linkcode flowAt} is cheaper.
 *
 * @param timeline Is not changed.
 * @param moment A time, or one with the last line that counts.
 */
export function stateAt(timeline: Timeline, moment: number | Moment): TimelineMoment {
  const time = momentOf(moment);
  const holders = holdersAt(timeline, time);
  const flows: Array<FlowMoment> = [];
  for (const flow of timeline.flows.values()) {
    const state = flowAt(flow, time);
    if (state !== undefined) flows.push(state);
  }
  const sessions: Array<SessionMoment> = [];
  for (const session of timeline.sessions.values()) {
    const state = sessionState(session, time, holders.get(session.key));
    if (state !== undefined) sessions.push(state);
  }
  return { at: time.at, flows, sessions };
}

/** Tells where one flow stood; `undefined`: it had not begun. */
export function flowAt(flow: FlowTrace, moment: number | Moment): FlowMoment | undefined {
  const time = momentOf(moment);
  if (isAfter(flow.seq, flow.startedAt, time)) return undefined;
  const stepCount = countUntil(flow.steps, time);
  const step = flow.steps[stepCount - 1];
  return {
    flow,
    status: isOver(flow, time) ? flow.outcome ?? "running" : "running",
    path: step?.to ?? flow.steps[0]?.from ?? "",
    step,
    stepCount,
    since: step?.at ?? flow.startedAt,
    timers: flow.timers
      .filter((run) => !isAfter(run.seq, run.armedAt, time) && !isOver(run, time))
      .map((run) => ({ ...run, leftMillis: run.dueAt - time.at }))
      .toSorted((one, other) => one.dueAt - other.dueAt),
    operations: flow.operations
      .filter((run) => !isAfter(run.seq, run.startedAt, time) && !isOver(run, time))
      .map((run) => ({ ...run, forMillis: time.at - run.startedAt })),
    context: step?.context,
  };
}

/** Tells where one session stood; `undefined`: it had not begun. */
export function sessionAt(
  timeline: Timeline,
  session: SessionTrace,
  moment: number | Moment,
): SessionMoment | undefined {
  const time = momentOf(moment);
  return sessionState(session, time, holdersAt(timeline, time).get(session.key));
}

function sessionState(
  session: SessionTrace,
  time: Moment,
  holder: string | undefined,
): SessionMoment | undefined {
  const step = session.steps[countUntil(session.steps, time) - 1];
  const hasBegun = step !== undefined ||
    session.leases.some((lease) => !isAfter(lease.seq, lease.takenAt, time));
  if (!hasBegun) return undefined;
  return {
    session,
    step,
    leftMillis: step?.expiresAt === undefined ? undefined : step.expiresAt - time.at,
    dueInMillis: step?.dueAt === undefined ? undefined : step.dueAt - time.at,
    isHolder: holder === session.process && leaseAt(session, time) !== undefined,
    holder,
    isOver: session.endedAt !== undefined && session.endedAt <= time.at,
  };
}

/** Who holds the lease of each key. */
function holdersAt({ sessions }: Timeline, time: Moment): ReadonlyMap<string, string> {
  const holders = new Map<string, string>();
  const since = new Map<string, number>();
  for (const session of sessions.values()) {
    const lease = leaseAt(session, time);
    if (lease === undefined || lease.seq < (since.get(session.key) ?? 0)) continue;
    holders.set(session.key, session.process);
    since.set(session.key, lease.seq);
  }
  return holders;
}

function leaseAt({ leases }: SessionTrace, time: Moment): LeaseSpan | undefined {
  const lease = leases.findLast(({ seq, takenAt }) => !isAfter(seq, takenAt, time));
  return lease === undefined || isOver(lease, time) ? undefined : lease;
}

function momentOf(moment: number | Moment): Moment {
  return typeof moment === "number" ? { at: moment } : moment;
}

function isAfter(seq: number, at: number, time: Moment): boolean {
  return time.seq === undefined ? at > time.at : seq > time.seq;
}

interface Ending {
  readonly endSeq?: number | undefined;
  readonly endedAt?: number | undefined;
}

function isOver({ endSeq, endedAt }: Ending, time: Moment): boolean {
  return endSeq !== undefined && endedAt !== undefined && !isAfter(endSeq, endedAt, time);
}

/** How many of a list, which is in order, are not after a moment. */
function countUntil(
  list: ReadonlyArray<{ readonly seq: number; readonly at: number }>,
  time: Moment,
): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && isAfter(item.seq, item.at, time)) high = middle;
    else low = middle + 1;
  }
  return low;
}
