/**
 * The one error of authorization responses: why a callback gave no code.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import {
 *   AuthorizationResponseError,
 *   Rejected,
 * } from "@bellhop/core/protocol/authorization_response_error";
 *
 * const error = new AuthorizationResponseError({ reason: new Rejected({ code: "login_required" }) });
 *
 * assert.equal(error.hint, `Ask again without the prompt "none"`);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 | RFC 6749 section 4.1.2.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9207#section-2.4 | RFC 9207 section 2.4}
 * @module
 */
import * as Data from "effect/Data";

/** How a parameter is not what it has to be. */
export type MismatchProblem = "missing" | "different" | "repeated";

/**
 * The callback answers another request, or none: its `state` is not the one that was sent. Nothing
 * else of it was looked at. RFC 6749 section 10.12.
 */
export class OtherState extends Data.Error<{ readonly problem: MismatchProblem }> {
  override readonly name = "OtherState";
  readonly _tag = "OtherState";
  override readonly message: string = `The callback does not answer this request: its "state" is ${
    { missing: "missing", different: "another one", repeated: "there twice" }[this.problem]
  }`;
  readonly hint: string = "Start the login again, and finish it in the same browser";
}

/**
 * The callback does not come from the server that was asked. Nothing of it is to be believed or
 * shown. RFC 9207 section 2.4.
 */
export class OtherIssuer extends Data.Error<{
  readonly problem: MismatchProblem;
  /** The issuer that was asked. */
  readonly expected: string;
}> {
  override readonly name = "OtherIssuer";
  readonly _tag = "OtherIssuer";
  override readonly message: string =
    `The callback does not come from "${this.expected}": its "iss" is ${
      { missing: "missing", different: "another one", repeated: "there twice" }[this.problem]
    }`;
  readonly hint: string =
    "Start the login again. If it happens again, somebody may be mixing servers up: tell the operator";
}

/** The server says no, in its own words. RFC 6749 section 4.1.2.1. */
export class Rejected extends Data.Error<{
  /** Error code such as `access_denied`. One line, at most 100 characters, redacted. */
  readonly code: string;
  /** Text for developers, redacted, at most 500 characters. */
  readonly description?: string | undefined;
  /** A page about the error. */
  readonly uri?: string | undefined;
}> {
  override readonly name = "Rejected";
  readonly _tag = "Rejected";
  override readonly message: string =
    `Authorization server rejected the request with "${this.code}"${
      this.description === undefined ? "" : `: ${this.description}`
    }`;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return hints[this.code] ?? "Look up the error code in the server's documentation";
  }
}

/** The callback has a parameter twice. RFC 6749 section 3.1. */
export class Repeated extends Data.Error<{
  /** Its name. */
  readonly parameter: string;
}> {
  override readonly name = "Repeated";
  readonly _tag = "Repeated";
  override readonly message: string = `The callback has the parameter "${this.parameter}" twice`;
  readonly hint: string = "Start the login again";
}

/** The callback has neither a code nor an error, or both. RFC 6749 section 4.1.2. */
export class NoCode extends Data.Error<{ readonly problem: "missing" | "beside an error" }> {
  override readonly name = "NoCode";
  readonly _tag = "NoCode";
  override readonly message: string = this.problem === "missing"
    ? `The callback has neither a "code" nor an "error"`
    : `The callback has both a "code" and an "error"`;
  readonly hint: string =
    "Start the login again; if it stays so, the server does not answer as RFC 6749 says";
}

/** Why a callback gave no code. */
export type AuthorizationResponseErrorReason =
  | OtherState
  | OtherIssuer
  | Rejected
  | Repeated
  | NoCode;

/** The only error of authorization responses. Match on `reason`. */
export class AuthorizationResponseError
  extends Data.Error<{ readonly reason: AuthorizationResponseErrorReason }> {
  override readonly name = "AuthorizationResponseError";
  readonly _tag = "AuthorizationResponseError";
  override readonly message: string = this.reason.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.reason.hint;
  }
}

const interactive = `Ask again without the prompt "none"`;

/** RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6. */
const hints: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  access_denied: "Ask again if that was a mistake",
  invalid_request: "Check the client's registration, its redirect URI first",
  invalid_scope: "Ask only for scopes that the server offers this client",
  invalid_target: "Check the resource or audience that was asked for",
  server_error: "Try again later; if it stays so, the server's operator has to look",
  temporarily_unavailable: "Try again later",
  unauthorized_client: "Allow this grant for the client in the server's registration",
  unsupported_response_type: "Allow the authorization code grant for the client at the server",
  login_required: interactive,
  consent_required: interactive,
  interaction_required: interactive,
  account_selection_required: interactive,
});
