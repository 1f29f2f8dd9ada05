/**
 * What somebody reads who watches a hub.
 *
 * @module
 */
import type * as Effect from "effect/Effect";

/** A line as it is sent. */
export interface SentLine {
  /** Its number in the hub. */
  readonly seq: number;
  /** The line, secrets replaced. */
  readonly json: string;
}

/** What a watcher reads at once. */
export interface Batch {
  /** How many lines are lost that came after the last batch and before this one. */
  readonly dropped: number;
  /** In order. Empty where all that was asked for is lost. */
  readonly lines: ReadonlyArray<SentLine>;
  /** How many of them had to be made into JSON for this. */
  readonly made: number;
}

/** Somebody who watches. */
export interface Subscription {
  /** Waits for lines. `undefined`: the hub is closed, and all was read. */
  readonly take: Effect.Effect<Batch | undefined>;
}

/** What is read. */
export interface SubscribeOptions {
  /** Lines up to this number are known already. */
  readonly after?: number | undefined;
  /**
   * Ends with what is there now instead of waiting for more.
   *
   * @default false
   */
  readonly isFinite?: boolean | undefined;
}
