/**
 * What the grants without a user have in common: whom to ask, for what, and for how long.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 | RFC 6749 section 3.2}
 * @module
 */
import type { Client } from "../protocol/client.ts";

/** One token request, whatever the grant. */
export interface TokenRequestOptions {
  /** Who asks, and at which server. */
  readonly client: Client;
  /**
   * Scopes to ask for. RFC 6749 section 3.3.
   *
   * @default none: the server decides
   */
  readonly scope?: ReadonlyArray<string> | undefined;
  /** Where the token will be used: absolute URIs without a fragment. RFC 8707 section 2. */
  readonly resource?: ReadonlyArray<string> | undefined;
  /**
   * Limit of one request, in milliseconds.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/** How long to go on where no answer comes. */
export interface RetryOptions {
  /**
   * For how long to ask again, in milliseconds from the start. It keeps a further request from being
   * made; a request that is under way gets its answer. 0: ask once.
   *
   * @default 30_000
   */
  readonly retryForMillis?: number | undefined;
}
