/**
 * Where a flow stands, kept up to date by observing it.
 *
 * @module
 */
import type { Observation } from "@bellhop/core/protocol/observation";
import { encodeJson, type StateLine } from "./json_lines.ts";

/** Where a flow stands. Times in epoch milliseconds, absent where no such timer runs. */
export interface Progress {
  path: string;
  /** When the flow will ask the server again. */
  pollAt?: number | undefined;
  /** When the code's life ends. */
  expiresAt?: number | undefined;
}

/** A state that a flow entered. */
export interface EnteredState {
  readonly flowId: string;
  readonly path: string;
  /** The event that led there. */
  readonly event: string;
  readonly at: number;
}

/** Gives the state that an observation tells of, if it tells of one. */
export function enteredBy(observation: Observation): EnteredState | undefined {
  switch (observation.type) {
    case "flow.started":
      return { ...headOf(observation), path: observation.path, event: "start" };
    case "flow.transition":
      return { ...headOf(observation), path: observation.to, event: observation.event };
    default:
      return undefined;
  }
}

/** Keeps `progress` up to date. */
export function track(progress: Progress, observation: Observation): void {
  const entered = enteredBy(observation);
  if (entered !== undefined) progress.path = entered.path;
  if (observation.type === "timer.armed") setTimer(progress, observation.timer, observation.dueAt);
  if (observation.type === "timer.fired" || observation.type === "timer.cancelled") {
    setTimer(progress, observation.timer, undefined);
  }
}

function setTimer(progress: Progress, timer: string, dueAt: number | undefined): void {
  if (timer === "after lifetime") progress.expiresAt = dueAt;
  if (timer === "after interval" || timer === "after backoff") progress.pollAt = dueAt;
}

/** A state, as a JSON line. */
export function stateLine({ flowId, path, at }: EnteredState): string {
  const line: StateLine = { type: "state", flow: flowId, path, at };
  return encodeJson(line);
}

function headOf({ flowId, at }: { readonly flowId: string; readonly at: number }) {
  return { flowId, at };
}
