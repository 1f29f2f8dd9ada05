/**
 * What can go wrong with a flow store, whichever store it is.
 *
 * ```ts
 * import { FlowStoreError, Unavailable } from "@bellhop/core/flow/flow_store_error";
 * import { equal } from "node:assert/strict";
 *
 * const error = new FlowStoreError({
 *   reason: new Unavailable({ location: "db:5432", description: "connection refused", hint: "Start it" }),
 * });
 * equal(error.message, `Flow store at "db:5432" does not answer: connection refused`);
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";

/** The store could not be asked. Whether it did what it was asked is not known. */
export class Unavailable extends Data.Error<{
  /** What does not answer: a host, a path. */
  readonly location: string;
  /** Why, in the system's words. */
  readonly description: string;
  /** What to do about it. */
  readonly hint: string;
}> {
  override readonly name = "Unavailable";
  readonly _tag = "Unavailable";
  override readonly message: string =
    `Flow store at "${this.location}" does not answer: ${this.description}`;
}

/** The store is full of flows that wait. Nothing was put. */
export class Full extends Data.Error<{
  /** How many flows it holds at most. */
  readonly maxFlows: number;
}> {
  override readonly name = "Full";
  readonly _tag = "Full";
  override readonly message: string = `Flow store is full: ${this.maxFlows} flows wait in it`;
  readonly hint: string =
    "Let it hold more, or let flows live for less time; many that nobody finishes may be an attack";
}

/** Why a flow store failed. */
export type FlowStoreErrorReason = Unavailable | Full;

/** The only error of flow stores. Match on `reason`. */
export class FlowStoreError extends Data.Error<{ readonly reason: FlowStoreErrorReason }> {
  override readonly name = "FlowStoreError";
  readonly _tag = "FlowStoreError";
  override readonly message: string = this.reason.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.reason.hint;
  }
}
