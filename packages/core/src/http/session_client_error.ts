/**
 * Why a client that carries a session did not send a request, or does not give its answer back.
 *
 * What the session itself says is a `SessionError`.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { InsufficientScope } from "@bellhop/core/http/session_client_error";
 *
 * const error = new InsufficientScope({ url: "https://api.example.com/a", scope: ["admin"] });
 * assert.equal(error.message, `The token is not enough for "https://api.example.com/a": it lacks "admin"`);
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";
import type { SecureUrlProblem } from "../protocol/secure_url.ts";

/** The server takes the token, but wants more scope: a 403. RFC 6750 section 3.1. */
export class InsufficientScope extends Data.Error<{
  /** What was asked for, without query, user information and fragment. */
  readonly url: string;
  /** What the server says is needed. Empty where it does not say. */
  readonly scope: ReadonlyArray<string>;
  /** The server's words, redacted. For developers. */
  readonly description?: string | undefined;
}> {
  override readonly name = "InsufficientScope";
  readonly _tag = "InsufficientScope";
  override readonly message: string = `The token is not enough for "${this.url}"${
    this.scope.length > 0
      ? `: it lacks ${this.scope.map((scope) => `"${scope}"`).join(", ")}`
      : this.description === undefined
      ? ""
      : `: ${this.description}`
  }`;
  readonly hint: string = this.scope.length > 0
    ? `Log in again and ask for the scope "${this.scope.join(" ")}"`
    : "Log in again and ask for more scope";
}

const problems = {
  type: "is not of type Bearer",
  characters: "holds characters that no header can carry",
} as const;

/** The session's token cannot be sent as a Bearer token. Nothing was sent. RFC 6750 section 2.1. */
export class UnusableToken extends Data.Error<{
  /** What is wrong. */
  readonly problem: "type" | "characters";
  /** The server's `token_type`, at most 40 characters. RFC 6749 section 7.1. */
  readonly tokenType: string;
}> {
  override readonly name = "UnusableToken";
  readonly _tag = "UnusableToken";
  override readonly message: string = `The session's token (type "${this.tokenType}") ${
    problems[this.problem]
  }`;
  readonly hint: string = this.problem === "type"
    ? "Register the client for Bearer tokens, or attach this token yourself"
    : "This is a fault of the authorization server: report it there";
}

/** Why an origin was refused. */
export type OriginProblem = SecureUrlProblem | "notAnOrigin" | "none";

const refusals: Record<OriginProblem, string> = {
  none: "No origin is named that the token may go to",
  notAnOrigin: "holds more than scheme, host and port",
  notAUrl: "is not an absolute http or https URL",
  notSecure: "is not HTTPS and not on the loopback interface",
  userinfo: "holds a user name or password",
  fragment: "holds a fragment",
};

const hints: Record<OriginProblem, string> = {
  none: `Name the origins of the resource servers, such as "https://api.example.com"`,
  notAnOrigin: "Leave path and query out",
  notAUrl: `Write it as "https://api.example.com"`,
  notSecure: "Use https; plain http is for loopback only",
  userinfo: "Leave user name and password out",
  fragment: "Leave the fragment out",
};

/** An origin that no token is sent to. */
export class OriginError extends Data.Error<{
  /** What is wrong. */
  readonly problem: OriginProblem;
  /** Without query, user information and fragment; empty where the list is. */
  readonly origin: string;
}> {
  override readonly name = "OriginError";
  readonly _tag = "OriginError";
  override readonly message: string = this.problem === "none"
    ? refusals.none
    : `"${this.origin}" ${refusals[this.problem]}`;
  readonly hint: string = hints[this.problem];
}
