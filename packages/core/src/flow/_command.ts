/**
 * What a chart's pure functions ask to be done.
 *
 * @module
 */
import type { EventObject } from "xstate";

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
