/**
 * What a conformance case fails with.
 *
 * @module
 */
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Equal from "effect/Equal";

/** A store did not do what it must. */
export class ConformanceFailure extends Data.Error<{
  /** What it must do. */
  readonly claim: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}> {
  override readonly name = "ConformanceFailure";
  readonly _tag = "ConformanceFailure";
  override readonly message: string = `${this.claim}: expected ${
    JSON.stringify(this.expected)
  }, got ${JSON.stringify(this.actual)}`;
}

/**
 * Fails unless two values are equal, member by member.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { expectSame } from "@bellhop/core/session/conformance_failure";
 *
 * await Effect.runPromise(expectSame("counts", { actual: [1, 2], expected: [1, 2] }));
 * ```
 *
 * @param claim What the store must do, for the message.
 */
export function expectSame(
  claim: string,
  { actual, expected }: { readonly actual: unknown; readonly expected: unknown },
): Effect.Effect<void, ConformanceFailure> {
  return Equal.equals(actual, expected)
    ? Effect.void
    : Effect.fail(new ConformanceFailure({ claim, actual, expected }));
}
