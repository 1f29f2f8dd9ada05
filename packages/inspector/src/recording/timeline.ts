/**
 * A recording as flows, sessions, exchanges and happenings over time.
 *
 * It grows by {@linkcode append}, which changes the timeline that it is given and costs the new lines
 * alone, so that a live view can follow. `revision` of the timeline, of a flow and of a session tell a
 * view what has changed. Whatever it holds beyond its limits is let go of, the oldest first; flows
 * that run are kept. What holds at a moment is told by `./moment.ts`.
 *
 * @module
 */
import type { Observation } from "@bellhop/core/protocol/observation";
import { isLine } from "./_line_shape.ts";
import { takeApiExchange, takeExchange } from "./_timeline_exchange.ts";
import { takeFlow } from "./_timeline_flow.ts";
import { takeSession } from "./_timeline_session.ts";
import { TimelineState, type Told } from "./_timeline_state.ts";
import { takeWorld } from "./_timeline_world.ts";
import type { Line, ObservedLine, RecordedSpan, Recording } from "./recorded.ts";
import type { Timeline, TimelineLimits } from "./trace.ts";

export type { Line } from "./recorded.ts";
export type { Timeline, TimelineLimits, TimelineLosses } from "./trace.ts";

/**
 * Makes a timeline of a recording, or of lines; none begins an empty one.
 *
 * @param recording The whole, or its lines.
 * @param limits How much is kept.
 */
export function timelineOf(
  recording: Recording | ReadonlyArray<Line> = [],
  limits: Partial<TimelineLimits> = {},
): Timeline {
  const lines = "lines" in recording ? recording.lines : recording;
  return append(new TimelineState(limits), lines);
}

/**
 * Adds lines to a timeline, which is changed and returned. A line whose `seq` is not above the last
 * one's is passed over, so that it does no harm to give what came before once more.
 *
 * @param timeline Of {@linkcode timelineOf}.
 * @param lines As they were read or received.
 */
export function append(timeline: Timeline, lines: ReadonlyArray<Line>): Timeline {
  const state = timeline as TimelineState;
  const countBefore = state.lineCount;
  for (const line of lines) {
    if (line.seq > state.lastSeq && isLine(line)) take(state, line);
  }
  if (state.lineCount > countBefore) state.revision++;
  return state;
}

function take(state: TimelineState, line: Line): void {
  // A wall clock may be set back; what comes later in a recording is later.
  const at = Math.max(state.lastAt ?? line.at, line.at);
  state.firstAt ??= at;
  state.lastAt = at;
  state.lastSeq = line.seq;
  state.lineCount++;
  const { seq, process } = line;
  const told: Told = { seq, at, process: process ?? "", span: spanOf(line), line };
  if (process !== undefined) state.process(told);
  if (isObserved(line)) takeObservation(state, told, line.observation);
  else takeWorld(state, told, line);
}

function takeObservation(state: TimelineState, told: Told, observation: Observation): void {
  switch (observation.type) {
    case "http.exchange":
      return takeExchange(state, told, observation);
    case "api.exchange":
      return takeApiExchange(state, told, observation);
    case "session.changed":
    case "lease.taken":
    case "lease.released":
    case "lease.lost":
    case "lease.refused":
      return takeSession(state, told, observation);
    default:
      // A type that a later version knows has no flow here.
      return "flowId" in observation ? takeFlow(state, told, observation) : undefined;
  }
}

function isObserved(line: Line): line is ObservedLine {
  return line.type === "observed";
}

function spanOf(line: Line): RecordedSpan | undefined {
  return isObserved(line) ? line.span : undefined;
}
