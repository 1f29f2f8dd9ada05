/**
 * What a chart's pure functions ask to be done.
 *
 * @module
 */
import type { AnyStateMachine, EventObject } from "xstate";
import type { CheckpointTimer } from "./checkpoint.ts";

/** One command. XState's own type of it leaves members out. */
export interface Command {
  readonly type: string;
  readonly params: {
    readonly id?: string | undefined;
    readonly src?: string | undefined;
    readonly input?: unknown;
    readonly delay?: number | undefined;
    readonly event?: EventObject | undefined;
    readonly sendId?: string | undefined;
  };
}

/** The timer that a command arms. One with an endless delay is never due. */
export function timerOf(
  chart: AnyStateMachine,
  { id, event, delay }: Command["params"],
  nowMillis: number,
): CheckpointTimer {
  const type = event?.type ?? "";
  if (!type.startsWith("xstate.after.")) {
    throw new Error(
      `Chart "${chart.id}" raises "${type}", but a flow runs timers by "after" only`,
    );
  }
  return { id: id as string, event: type, dueAt: nowMillis + (delay ?? 0) };
}
