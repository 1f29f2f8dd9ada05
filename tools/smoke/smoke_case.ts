/**
 * What a smoke runs: a name and an effect that needs nothing and fails where the core is wrong.
 *
 * @module
 */
import type * as Effect from "effect/Effect";

/** One case, tied to no test runner. */
export interface SmokeCase {
  readonly name: string;
  readonly effect: Effect.Effect<void, unknown>;
}
