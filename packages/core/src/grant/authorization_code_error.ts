/**
 * The one error of the authorization code grant, with a reason for each way it can end badly.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { AuthorizationCodeError, Expired } from "@bellhop/core/grant/authorization_code_error";
 * import { strictEqual } from "node:assert/strict";
 *
 * const login: Effect.Effect<string, AuthorizationCodeError> = Effect.fail(
 *   new AuthorizationCodeError({ reason: new Expired() }),
 * );
 * const program = login.pipe(
 *   Effect.catchReason("AuthorizationCodeError", "Expired", ({ hint }) => Effect.succeed(hint)),
 * );
 * strictEqual(
 *   await Effect.runPromise(program as Effect.Effect<string>),
 *   "Start again, and finish in the browser in time",
 * );
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 | RFC 6749 section 4.1.2.1}
 * @module
 */
import * as Data from "effect/Data";
import type { AuthorizationRequestError } from "../protocol/authorization_request_error.ts";
import type { AuthorizationResponseError } from "../protocol/authorization_response_error.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";

/** The user, or the server on the user's behalf, said no. */
export class Denied extends Data.Error<{ readonly error: AuthorizationResponseError }> {
  override readonly name = "Denied";
  readonly _tag = "Denied";
  override readonly message: string = "The request was denied in the browser";
  readonly hint: string = "Ask again if that was a mistake";
}

/** No browser came back while the flow waited. */
export class Expired extends Data.Error {
  override readonly name = "Expired";
  readonly _tag = "Expired";
  override readonly message: string = "No answer came from the browser in time";
  readonly hint: string = "Start again, and finish in the browser in time";
}

/**
 * The server answered with an error, or cannot be asked for this. `error` is of the request where
 * nothing was sent, of the response where the browser brought it, of the token endpoint else.
 */
export class Refused extends Data.Error<{
  readonly error: AuthorizationRequestError | AuthorizationResponseError | EndpointError;
}> {
  override readonly name = "Refused";
  readonly _tag = "Refused";
  override readonly message: string = this.error.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error.hint;
  }
}

/** The callback or the server's answer makes no sense, or comes from another server. */
export class Malformed extends Data.Error<{
  readonly error: AuthorizationResponseError | EndpointError;
}> {
  override readonly name = "Malformed";
  readonly _tag = "Malformed";
  override readonly message: string = this.error.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error.hint;
  }
}

/** The tokens came, and whoever looked at them does not want them. They were not kept. */
// The type of the error is for whoever catches it.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export class Invalid<E = unknown> extends Data.Error<{ readonly error: E }> {
  override readonly name = "Invalid";
  readonly _tag = "Invalid";
  override readonly message: string =
    (this.error as { readonly message?: string } | undefined)?.message ??
      "The tokens are not what was asked for";

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return (this.error as { readonly hint?: string } | undefined)?.hint ??
      "Start again; if it stays so, tell the server's operator";
  }
}

/** No answer came for the code, which may be spent and was not sent a second time. */
export class Unreachable extends Data.Error<{ readonly error: EndpointError | undefined }> {
  override readonly name = "Unreachable";
  readonly _tag = "Unreachable";
  override readonly message: string = this.error?.message ??
    "The authorization server gave no answer in time";
  readonly hint: string = "Check the network and start again: a code is not sent twice";
}

/** Whoever ran the flow cancelled it. */
export class Cancelled extends Data.Error {
  override readonly name = "Cancelled";
  readonly _tag = "Cancelled";
  override readonly message: string = "The login was cancelled";
  readonly hint: string = "Start again when you want to log in";
}

/**
 * No flow waits for this callback: it was answered before, its time is over, or it was never begun
 * here. It changed nothing.
 */
export class NotAwaited extends Data.Error {
  override readonly name = "NotAwaited";
  readonly _tag = "NotAwaited";
  override readonly message: string = "No login waits for this callback";
  readonly hint: string = "Start again: a login is finished once, in time and where it was begun";
}

/** How the grant can end without tokens. */
export type AuthorizationCodeErrorReason<E = unknown> =
  | Denied
  | Expired
  | Refused
  | Malformed
  | Invalid<E>
  | Unreachable
  | Cancelled
  | NotAwaited;

/**
 * The only error of the authorization code grant. Match on `reason`. `E` is what the validation of
 * tokens fails with.
 */
export class AuthorizationCodeError<E = unknown>
  extends Data.Error<{ readonly reason: AuthorizationCodeErrorReason<E> }> {
  override readonly name = "AuthorizationCodeError";
  readonly _tag = "AuthorizationCodeError";
  override readonly message: string = this.reason.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.reason.hint;
  }
}
