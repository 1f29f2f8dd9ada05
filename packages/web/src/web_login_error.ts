/**
 * The one error of logins in web applications, with a reason for each way a request can end badly.
 *
 * The handlers never fail: whoever sits before the browser gets a page, and the program gets one of
 * these through `onFailure`. None of them holds a code, a state, a token or a cookie.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { NotBound, statusOf, WebLoginError } from "@bellhop/web/web_login_error";
 *
 * const error = new WebLoginError({ reason: new NotBound() });
 * assert.equal(error.message, "This browser has no login that waits for this callback");
 * assert.equal(statusOf(error), 400);
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";
import type { CheckpointError } from "@bellhop/core/flow/checkpoint_error";
import type { FlowStoreError } from "@bellhop/core/flow/flow_store_error";
import type { AuthorizationCodeError } from "@bellhop/core/grant/authorization_code_error";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import type { IdTokenError } from "@bellhop/core/protocol/id_token_error";
import type { SessionError } from "@bellhop/core/session/session_error";
import type { StoreError } from "@bellhop/core/session/store_error";
import type { ReturnToError } from "./return_to.ts";

/**
 * The callback belongs to no login that this browser has begun: it is forged, from another browser,
 * replayed, or so late that the browser has forgotten. It changed nothing, in the store neither.
 */
export class NotBound extends Data.Error {
  override readonly name = "NotBound";
  readonly _tag = "NotBound";
  override readonly message: string = "This browser has no login that waits for this callback";
  readonly hint: string = "Sign in again, and finish in the browser where you began";
}

/** The login ended without tokens; `error` says how. */
export class LoginFailed extends Data.Error<{
  readonly error: AuthorizationCodeError | CheckpointError | FlowStoreError;
}> {
  override readonly name = "LoginFailed";
  readonly _tag = "LoginFailed";
  override readonly message: string = this.error.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error._tag === "CheckpointError" ? "Sign in again" : this.error.hint;
  }
}

/** The user's session could not be read, written or ended. */
export class SessionFailed extends Data.Error<{
  readonly error: SessionError | StoreError | IdTokenError;
}> {
  override readonly name = "SessionFailed";
  readonly _tag = "SessionFailed";
  override readonly message: string = this.error.message;
  readonly hint: string = "Try again; if it stays so, tell the application's operator";
}

/** The address to go on to is none of this application. No login was begun. */
export class ReturnRefused extends Data.Error<{ readonly error: ReturnToError }> {
  override readonly name = "ReturnRefused";
  readonly _tag = "ReturnRefused";
  override readonly message: string = this.error.message;
  readonly hint: string = this.error.hint;
}

/** The request has another method than this address takes. */
export class MethodRefused extends Data.Error<{
  /** The one method that it takes. */
  readonly allowed: "GET" | "POST";
}> {
  override readonly name = "MethodRefused";
  readonly _tag = "MethodRefused";
  override readonly message: string = `The request was not a ${this.allowed}`;
  readonly hint: string = `Send a ${this.allowed}`;
}

/** Something other than a user who opens a page: a prefetch, a frame, a script, an image. */
export class NotNavigation extends Data.Error {
  override readonly name = "NotNavigation";
  readonly _tag = "NotNavigation";
  override readonly message: string = "A login begins with a page that is opened, not with a fetch";
  readonly hint: string = "Open the address in a window of the browser";
}

/** A request that changes something came from another site, or did not say where from. */
export class CrossSite extends Data.Error {
  override readonly name = "CrossSite";
  readonly _tag = "CrossSite";
  override readonly message: string = "The request does not come from a page of this application";
  readonly hint: string = "Use the form on a page of this application";
}

/** A posted callback that is no form of a sensible size. */
export class BodyRefused extends Data.Error {
  override readonly name = "BodyRefused";
  readonly _tag = "BodyRefused";
  override readonly message: string = "The posted callback is not a form, or is too large";
  readonly hint: string = "Sign in again";
}

/** The user is signed out here, and the server could not be told. */
export class NotRevoked extends Data.Error<{ readonly errors: ReadonlyArray<EndpointError> }> {
  override readonly name = "NotRevoked";
  readonly _tag = "NotRevoked";
  override readonly message: string =
    "The session is forgotten, but the server could not be told that its tokens are";
  readonly hint: string = "They end by themselves when their time is over";
}

/** How a request can end badly. */
export type WebLoginErrorReason =
  | NotBound
  | LoginFailed
  | SessionFailed
  | ReturnRefused
  | MethodRefused
  | NotNavigation
  | CrossSite
  | BodyRefused
  | NotRevoked;

/** The only error of logins in web applications. Match on `reason`. */
export class WebLoginError extends Data.Error<{ readonly reason: WebLoginErrorReason }> {
  override readonly name = "WebLoginError";
  readonly _tag = "WebLoginError";
  override readonly message: string = this.reason.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.reason.hint;
  }
}

/**
 * The HTTP status of the page that says it. The module's example shows it.
 *
 * @returns 4xx where the request is at fault or was declined, 5xx where a server is.
 */
export function statusOf({ reason }: WebLoginError): number {
  switch (reason._tag) {
    case "LoginFailed":
      return loginStatusOf(reason);
    case "SessionFailed":
      return 503;
    case "MethodRefused":
      return 405;
    case "CrossSite":
      return 403;
    case "NotRevoked":
      return 200;
    default:
      return 400;
  }
}

function loginStatusOf({ error }: LoginFailed): number {
  if (error._tag === "FlowStoreError") return 503;
  if (error._tag === "CheckpointError") return 400;
  switch (error.reason._tag) {
    case "NotAwaited":
    case "Expired":
    case "Cancelled":
      return 400;
    case "Denied":
      return 403;
    case "Unreachable":
      return 504;
    case "Refused":
      return error.reason.error._tag === "AuthorizationRequestError" ? 500 : 502;
    default:
      return 502;
  }
}
