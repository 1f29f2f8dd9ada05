/**
 * The one error of the grants that need no user, with a reason for each way they can end badly:
 * refresh token, client credentials, token exchange, JWT bearer.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { EndpointError, Rejected } from "@bellhop/core/protocol/endpoint_error";
 * import { Refused, TokenRequestError } from "@bellhop/core/grant/token_request_error";
 * import { strictEqual } from "node:assert/strict";
 *
 * const error = new EndpointError({
 *   endpoint: "token",
 *   url: "https://as.example.com/token",
 *   reason: new Rejected({ status: 400, code: "invalid_grant", body: "" }),
 * });
 * const renewal = Effect.fail(new TokenRequestError({ reason: new Refused({ error }) }));
 * const answer = await Effect.runPromise(
 *   renewal.pipe(
 *     Effect.catchReason("TokenRequestError", "Refused", ({ hint }) => Effect.succeed(hint)),
 *   ),
 * );
 * strictEqual(answer, "Log in again");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749 section 5.2}
 * @module
 */
import * as Data from "effect/Data";
import type { Malformed, Refused, Unreachable } from "./_request_end.ts";

export { Malformed, Refused, Unreachable } from "./_request_end.ts";

/** Whoever ran the flow cancelled it. */
export class Cancelled extends Data.Error {
  override readonly name = "Cancelled";
  readonly _tag = "Cancelled";
  override readonly message: string = "The token request was cancelled";
  readonly hint: string = "Start again when a token is needed";
}

/** How such a grant can end without tokens. */
export type TokenRequestErrorReason = Refused | Malformed | Unreachable | Cancelled;

/** The only error of the grants that need no user. Match on `reason`. */
export class TokenRequestError extends Data.Error<{ readonly reason: TokenRequestErrorReason }> {
  override readonly name = "TokenRequestError";
  readonly _tag = "TokenRequestError";
  override readonly message: string = this.reason.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.reason.hint;
  }
}
