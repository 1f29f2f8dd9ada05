/**
 * What can go wrong when one endpoint of an authorization server is asked once.
 *
 * One error, {@linkcode EndpointError}, with a `reason` to match on. No reason holds a request, a
 * secret that was sent or a token: bodies and descriptions are the server's own words, redacted and
 * bounded.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { EndpointError, Rejected } from "@bellhop/core/protocol/endpoint_error";
 *
 * const failed = Effect.fail(
 *   new EndpointError({
 *     endpoint: "token",
 *     url: "https://as.example.com/token",
 *     reason: new Rejected({ status: 400, code: "invalid_grant", body: "" }),
 *   }),
 * );
 * const code = await Effect.runPromise(
 *   failed.pipe(
 *     Effect.catchReason("EndpointError", "Rejected", (reason) => Effect.succeed(reason.code)),
 *   ),
 * );
 *
 * assert.equal(code, "invalid_grant");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749 section 5.2}
 * @module
 */
import * as Data from "effect/Data";
import { hintOf } from "./_hint.ts";

/** The endpoint that was asked. */
export type EndpointName = "metadata" | "device_authorization" | "token" | "revocation";

/** Where the way to the server ended. `timeout` is mostly our own limit of one request. */
export type UnreachableKind = "dns" | "refused" | "tls" | "reset" | "timeout" | "other";

/** No answer, or not a whole one: the network, TLS, or the limit of one request. */
export class Unreachable extends Data.Error<{
  readonly kind: UnreachableKind;
  /** Our own words, with the transport's error code where it has one. */
  readonly description: string;
}> {
  override readonly name = "Unreachable";
  readonly _tag = "Unreachable";
  override readonly message: string =
    `Authorization server could not be reached: ${this.description}`;
}

/** The server is there and cannot answer now: a 5xx, or a 429 without an OAuth error. */
export class Unavailable extends Data.Error<{
  readonly status: number;
  /** How long the server asked to wait, from `Retry-After`. */
  readonly retryAfterMillis?: number | undefined;
  /** Start of the body, redacted. */
  readonly body: string;
}> {
  override readonly name = "Unavailable";
  readonly _tag = "Unavailable";
  override readonly message: string =
    `Authorization server is unavailable, it answered with status ${this.status}`;
}

/** An OAuth error answer, whatever its status. */
export class Rejected extends Data.Error<{
  readonly status: number;
  /** Registered error code such as `invalid_grant`. */
  readonly code: string;
  /** Text for developers, redacted. Never show it to end users as it is. */
  readonly description?: string | undefined;
  /** A page about the error. */
  readonly uri?: string | undefined;
  /** How long the server asked to wait, from `Retry-After`. */
  readonly retryAfterMillis?: number | undefined;
  /** Start of the body, redacted. */
  readonly body: string;
}> {
  override readonly name = "Rejected";
  readonly _tag = "Rejected";
  override readonly message: string =
    `Authorization server rejected the request with "${this.code}"${
      this.description === undefined ? "" : `: ${this.description}`
    }`;
}

/** What is wrong with an answer that makes no sense. */
export type MalformedProblem =
  | "redirect"
  | "tooLarge"
  | "tooDeep"
  | "notJson"
  | "unexpectedShape"
  | "unexpectedStatus"
  | "issuerMismatch"
  | "insecureEndpoint";

/** An answer that makes no sense at this endpoint. */
export class Malformed extends Data.Error<{
  readonly problem: MalformedProblem;
  readonly status?: number | undefined;
  /** Our own words. */
  readonly description: string;
  /** The issuer that the document names, or the address that the server redirects to. */
  readonly suggestion?: string | undefined;
  /** Start of the body, redacted; empty where none was read. */
  readonly body: string;
}> {
  override readonly name = "Malformed";
  readonly _tag = "Malformed";
  override readonly message: string = `Authorization server answered nonsense: ${this.description}`;
}

/** Neither HTTPS nor loopback: refused before anything was sent. */
export class Insecure extends Data.Error<{
  /** Without query, user information and fragment. */
  readonly url: string;
}> {
  override readonly name = "Insecure";
  readonly _tag = "Insecure";
  override readonly message: string =
    `Nothing was sent to "${this.url}", which is neither HTTPS nor loopback`;
}

/** What is wrong with a URL that was configured. */
export type InvalidUrlProblem = "notAUrl" | "userinfo" | "fragment" | "query" | "wellKnown";

/** A configured URL that cannot be used: refused before anything was sent. */
export class InvalidUrl extends Data.Error<{
  /** Without query, user information and fragment. */
  readonly url: string;
  readonly problem: InvalidUrlProblem;
  /** What to pass instead, where that can be told. */
  readonly suggestion?: string | undefined;
}> {
  override readonly name = "InvalidUrl";
  readonly _tag = "InvalidUrl";
  override readonly message: string = `Nothing was sent to "${this.url}", ${
    {
      notAUrl: "which is not an absolute http or https URL",
      userinfo: "which holds a user name or password",
      fragment: "which holds a fragment",
      query: "an issuer holds no query",
      wellKnown: "which is a metadata document and not an issuer",
    }[this.problem]
  }`;
}

/** The server's metadata does not name this endpoint. */
export class Unsupported extends Data.Error<{
  /** The missing member, as the wire calls it, such as `revocation_endpoint`. */
  readonly member: string;
}> {
  override readonly name = "Unsupported";
  readonly _tag = "Unsupported";
  override readonly message: string =
    `Authorization server offers no "${this.member}" in its metadata`;
}

/** Why an endpoint gave no value. */
export type EndpointErrorReason =
  | Unreachable
  | Unavailable
  | Rejected
  | Malformed
  | Insecure
  | InvalidUrl
  | Unsupported;

/** The only error that the functions in `endpoint/` raise. Match on `reason`. */
export class EndpointError extends Data.Error<{
  readonly endpoint: EndpointName;
  /** Without query, user information and fragment. */
  readonly url: string;
  readonly reason: EndpointErrorReason;
}> {
  override readonly name = "EndpointError";
  readonly _tag = "EndpointError";
  override readonly message: string = this.reason.message;

  /**
   * What to do next, in a sentence for people.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { EndpointError, Unreachable } from "@bellhop/core/protocol/endpoint_error";
   *
   * const error = new EndpointError({
   *   endpoint: "metadata",
   *   url: "https://as.exmaple.com/.well-known/openid-configuration",
   *   reason: new Unreachable({ kind: "dns", description: "the host name is unknown" }),
   * });
   *
   * assert.equal(error.hint, `Check the spelling of "as.exmaple.com" and the network`);
   * ```
   */
  get hint(): string {
    return hintOf(this);
  }
}
