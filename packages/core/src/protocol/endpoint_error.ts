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

/** The endpoint that was asked. */
export type EndpointName =
  | "metadata"
  | "device_authorization"
  | "token"
  | "revocation"
  | "introspection"
  | "jwks"
  | "userinfo";

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
  /** Start of the body, redacted; of a 2xx answer that may hold tokens only its outline. */
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
  /** Start of the body, redacted; of a 2xx answer that may hold tokens only its outline. */
  readonly body: string;
}> {
  override readonly name = "Rejected";
  readonly _tag = "Rejected";
  override readonly message: string =
    `Authorization server rejected the request with "${this.code}"${
      this.description === undefined ? "" : `: ${this.description}`
    }`;

  /** Whether it says nothing of the request: only that the server does not answer it now. */
  get isPassing(): boolean {
    return this.status === 429 || passingCodes.has(this.code);
  }
}

/** Codes of RFC 6749 section 4.1.2.1, and of servers that know them at the token endpoint too. */
const passingCodes: ReadonlySet<string> = new Set([
  "server_error",
  "slow_down",
  "temporarily_unavailable",
]);

/** What is wrong with an answer that makes no sense. */
export type MalformedProblem =
  | "redirect"
  | "tooLarge"
  | "tooDeep"
  | "notJson"
  | "unexpectedShape"
  | "noUsableKey"
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
  /**
   * Start of the body, redacted; of a 2xx answer that may hold tokens only its outline. Empty where
   * none was read.
   */
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

/**
 * Why a request was withheld: a public client asks for what only a client that proves who it is may
 * have, or a renewal asks for more scope than was granted.
 */
export type WithheldProblem = "publicClient" | "widerScope";

/** A request that the specification forbids: refused before anything was sent. */
export class Withheld extends Data.Error<{
  readonly problem: WithheldProblem;
  /** Our own words. */
  readonly description: string;
}> {
  override readonly name = "Withheld";
  readonly _tag = "Withheld";
  override readonly message: string = `Nothing was sent: ${this.description}`;
}

/** Why an endpoint gave no value. */
export type EndpointErrorReason =
  | Unreachable
  | Unavailable
  | Rejected
  | Malformed
  | Insecure
  | InvalidUrl
  | Unsupported
  | Withheld;

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

type ReasonOf<Tag extends EndpointErrorReason["_tag"]> = Extract<
  EndpointErrorReason,
  { readonly _tag: Tag }
>;

/** What a person can do about an {@linkcode EndpointError}. */
function hintOf(error: EndpointError): string {
  const { reason } = error;
  switch (reason._tag) {
    case "Unreachable":
      return unreachableHint(reason, hostOf(error.url));
    case "Unavailable":
      return unavailableHint(reason);
    case "Rejected":
      return rejectedHint(reason.code);
    case "Malformed":
      return malformedHint(reason, error);
    case "Insecure":
      return `Use https, as in "${reason.url.replace(/^http:/i, "https:")}"`;
    case "InvalidUrl":
      return invalidUrlHint(reason);
    case "Unsupported":
      return `Pass the ${reason.member} by hand if the server has one, or choose another grant`;
    case "Withheld":
      return withheldHints[reason.problem];
  }
}

const withheldHints: Record<WithheldProblem, string> = {
  publicClient: "Use a client that is registered with a secret, and pass that secret",
  widerScope: "Leave the scope out or ask for less; more of it takes a new login",
};

function unreachableHint(reason: ReasonOf<"Unreachable">, host: string): string {
  switch (reason.kind) {
    case "dns":
      return `Check the spelling of "${host}" and the network`;
    case "refused":
      return `Check that a server is listening at "${host}" and that the port is right`;
    case "tls":
      return `Check the certificate of "${host}"; a private authority must be trusted first`;
    case "timeout":
      return `Try again, or allow the request more time`;
    default:
      return `Check the network and any proxy on the way to "${host}", then try again`;
  }
}

function unavailableHint(reason: ReasonOf<"Unavailable">): string {
  return reason.retryAfterMillis === undefined
    ? "Try again later; if it stays so, the server's operator has to look"
    : `Try again in ${Math.ceil(reason.retryAfterMillis / 1000)} seconds, as the server asked`;
}

function rejectedHint(code: string): string {
  switch (code) {
    case "invalid_client":
      return "Check the client identifier, the client secret and the method of authentication";
    case "unauthorized_client":
      return "Allow this grant for the client in the server's registration";
    case "unsupported_grant_type":
      return "Enable this grant at the server, or choose another one";
    case "invalid_scope":
      return "Ask only for scopes that the server offers this client";
    case "invalid_target":
      return "Check the resource or audience that was asked for";
    case "invalid_grant":
    case "expired_token":
    case "access_denied":
    case "invalid_token":
      return "Log in again";
    case "unsupported_token_type":
      return "The server does not revoke this type of token, let it expire";
    default:
      return "Look up the error code in the server's documentation";
  }
}

function malformedHint(reason: ReasonOf<"Malformed">, error: EndpointError): string {
  switch (reason.problem) {
    case "issuerMismatch":
      return `Pass "${
        reason.suggestion ?? "the issuer"
      }" exactly as written, if you trust that server`;
    case "redirect":
      return reason.suggestion === undefined
        ? "Pass the address that the server redirects to, if you trust it"
        : `Pass "${reason.suggestion}" instead, if you trust that server`;
    case "insecureEndpoint":
      return "The server's operator has to publish https endpoints; or pass the endpoints by hand";
    default:
      return error.endpoint === "metadata"
        ? "Check that the issuer is right, or pass the endpoints by hand"
        : `Check that "${error.url}" is the server's ${error.endpoint} endpoint`;
  }
}

function invalidUrlHint(reason: ReasonOf<"InvalidUrl">): string {
  return reason.suggestion === undefined
    ? `Pass an absolute URL such as "https://as.example.com"`
    : `Pass "${reason.suggestion}" instead`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
