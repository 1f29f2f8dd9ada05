/**
 * Faults on demand: how a development server can be told to misbehave.
 *
 * @module
 */

/**
 * What happens instead of an answer.
 *
 * | kind | what the client meets |
 * |---|---|
 * | `500` | status 500 with a stack trace as text |
 * | `503` | status 503, with `Retry-After` when `retryAfterSeconds` is given |
 * | `429` | status 429 without an OAuth error, with `Retry-After` when given |
 * | `html` | status 200 with a web page, as a proxy or a captive portal sends it |
 * | `reset` | the connection is reset without an answer |
 * | `truncated` | half of a JSON document, then the connection is cut |
 * | `truncated-json` | a complete answer whose JSON document ends in the middle |
 * | `hang` | nothing, until the client gives up or the server closes |
 * | `huge` | status 200 with a JSON document of `bytes` bytes, 50 MB unless told |
 * | `endless` | status 200 with a body that drips on and never ends |
 * | `deep` | status 200 with 100,000 arrays in one another |
 * | `redirect` | status 307 to `location`, else to another path of this server |
 * | `empty-json` | status 200 with `{}` |
 * | `other-issuer` | status 200 with metadata of another issuer |
 * | `oauth-error` | the OAuth error `error` (`temporarily_unavailable` unless told) with `status` |
 * | `drop-response` | the server acts on the request, and its answer is lost |
 */
export type FaultKind =
  | "500"
  | "503"
  | "429"
  | "html"
  | "reset"
  | "truncated"
  | "truncated-json"
  | "hang"
  | "huge"
  | "endless"
  | "deep"
  | "redirect"
  | "empty-json"
  | "other-issuer"
  | "oauth-error"
  | "drop-response";

/** Where a fault strikes: an endpoint by name (`api` is all of the protected API), or an exact path. */
export type FaultEndpoint =
  | "discovery"
  | "jwks"
  | "authorization"
  | "pushed_authorization_request"
  | "device_authorization"
  | "token"
  | "revocation"
  | "introspection"
  | "userinfo"
  | "api"
  | `/${string}`;

/** One fault. */
export interface Fault {
  /** Where it strikes. */
  readonly endpoint: FaultEndpoint;
  /** What happens. */
  readonly kind: FaultKind;
  /**
   * How many requests it strikes.
   *
   * @default 1
   */
  readonly times?: number | undefined;
  /**
   * How many requests to the endpoint pass unharmed before.
   *
   * @default 0
   */
  readonly skip?: number | undefined;
  /** Value of `Retry-After` for `503` and `429`. */
  readonly retryAfterSeconds?: number | undefined;
  /** Size of the body of `huge`. */
  readonly bytes?: number | undefined;
  /** Where `redirect` points. */
  readonly location?: string | undefined;
  /** Error code of `oauth-error`. */
  readonly error?: string | undefined;
  /**
   * Status of `oauth-error`.
   *
   * @default 400
   */
  readonly status?: number | undefined;
}
