/**
 * What the authorization code grant is asked for, and what it gives.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1 | RFC 6749 section 4.1}
 * @module
 */
import type * as Effect from "effect/Effect";
import type * as Redacted from "effect/Redacted";
import type { AuthorizationRequestOptions } from "../protocol/authorization_request.ts";
import type { Client } from "../protocol/client.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";

/** What the tokens have to fit, as recorded when the request was made. */
export interface ExpectedTokens {
  /** The one client that the code was redeemed for. */
  readonly client: Client;
  /** What the ID token has to repeat. OpenID Connect Core section 3.1.3.7. */
  readonly nonce: Redacted.Redacted;
  /** How long ago the user may have signed in, in seconds. Absent: not asked for. */
  readonly maxAgeSeconds?: number | undefined;
  /** Strengths of authentication that were asked for. Absent: none. */
  readonly acrValues?: ReadonlyArray<string> | undefined;
}

/**
 * Looks at tokens before anybody gets them, such as the validation of an ID token. An
 * `EndpointError` says that the server could not be asked for what it takes, such as its keys; any
 * other error that the tokens are not wanted.
 */
export type ValidateTokens<A, E = never, R = never> = (
  tokens: TokenSet,
  expected: ExpectedTokens,
) => Effect.Effect<A, EndpointError | E, R>;

/** For whom, for what and how to ask. Both halves of a login take the same. */
export interface AuthorizationCodeOptions<A = undefined, E = never, R = never>
  extends AuthorizationRequestOptions {
  /**
   * Looks at the tokens before anybody gets them.
   *
   * @default nobody does
   */
  readonly validate?: ValidateTokens<A, E, R> | undefined;
  /**
   * Anything that the program wants back with the tokens, such as where to send the user next. It
   * is sealed with the flow and reaches neither the browser nor the server.
   */
  readonly memo?: string | undefined;
  /**
   * How long the browser is waited for, in milliseconds.
   *
   * @default 600_000, ten minutes
   */
  readonly lifetimeMillis?: number | undefined;
  /**
   * Limit of the token request, in milliseconds.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
  /**
   * Limit of the validation as a whole, in milliseconds.
   *
   * @default 30_000
   */
  readonly validationLimitMillis?: number | undefined;
}

/** A login that came to its end. */
export interface Authorization<A = undefined> {
  /** The tokens. */
  readonly tokens: TokenSet;
  /** What `validate` made of them. */
  readonly validated: A;
  /** The flow's nonce, for whoever looks at the ID token later. */
  readonly nonce: Redacted.Redacted;
  /** How long ago the user may have signed in, in seconds, where that was asked for. */
  readonly maxAgeSeconds?: number | undefined;
  /** Strengths of authentication, where they were asked for. */
  readonly acrValues?: ReadonlyArray<string> | undefined;
  /** What the flow was begun with. */
  readonly memo?: string | undefined;
}
