/**
 * The world as those see it who live in it: its time, and what happens.
 *
 * @module
 */
import type { WorldEventBody } from "./world_event.ts";

/** Something that will happen. */
export interface Timer {
  /** Has it not happen. */
  readonly cancel: () => void;
}

/** What a process needs of the world around it. */
export interface WorldView {
  /** Decides everything. */
  readonly seed: number;
  /** Its first moment, in milliseconds since the epoch. */
  readonly startMillis: number;
  /** The true time, in milliseconds since the epoch. */
  readonly nowMillis: number;
  /** Has something happen later. */
  readonly after: (millis: number, action: () => void) => Timer;
  /** Tells that something happened. */
  readonly emit: (body: WorldEventBody) => void;
  /** Numbers the questions of callers. */
  readonly nextCall: () => number;
}
