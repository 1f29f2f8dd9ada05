/**
 * Why a signed token is not read, not believed or not made.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { JwsError } from "@bellhop/core/protocol/jws_error";
 *
 * const error = new JwsError({ problem: "algorithm", description: "it is signed with \"none\"" });
 *
 * assert.equal(error.message, `Signed token refused: it is signed with "none"`);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 | RFC 7515 section 5.2}
 * @module
 */
import * as Data from "effect/Data";

/**
 * What is wrong: the size, the form, a member that is repeated, an extension that is not understood
 * (`crit`), another kind of token (`typ`), an algorithm that is not allowed, a key that does not fit
 * the algorithm or is no good, the signature itself.
 */
export type JwsProblem =
  | "tooLarge"
  | "malformed"
  | "duplicateMember"
  | "critical"
  | "type"
  | "algorithm"
  | "key"
  | "signature";

/** A signed token or a key that is refused. Holds nothing of either. */
export class JwsError extends Data.Error<{
  readonly problem: JwsProblem;
  /** Our own words. */
  readonly description: string;
}> {
  override readonly name = "JwsError";
  readonly _tag = "JwsError";
  override readonly message: string = `Signed token refused: ${this.description}`;
}
