/**
 * What a conformance case is: a name and an effect, tied to no test runner.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import type { ConformanceFailure } from "./conformance_failure.ts";
import type { SessionStore } from "./session_store.ts";
import type { StoreError } from "./store_error.ts";

/** One thing that a store must do. */
export interface ConformanceCase {
  /** Method, then the claim. */
  readonly name: string;
  /** Succeeds if the store does it. */
  readonly effect: Effect.Effect<void, ConformanceFailure | StoreError, SessionStore>;
}
