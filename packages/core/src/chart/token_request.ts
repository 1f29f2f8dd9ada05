/**
 * What can happen in one token request that is asked again while no answer comes: the events, the
 * ends and the memory that the charts of several grants share.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5 | RFC 6749 section 5}
 * @module
 */
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";

/** What may answer one token request. RFC 6749 sections 5.1 and 5.2. */
export type TokenRequestAnswer<Tokens extends TokenSet = TokenSet> =
  | { readonly type: "token"; readonly tokens: Tokens }
  | { readonly type: "refused"; readonly error: EndpointError }
  | { readonly type: "malformed"; readonly error: EndpointError }
  /** No answer came: a connection failed or timed out, or its outcome is not known. */
  | {
    readonly type: "unreachable";
    /** From 0, below 1, by chance: how far the wait is drawn out, so that clients spread. */
    readonly spread: number;
    readonly error?: EndpointError | undefined;
  }
  /** 5xx, 429, or a server that says itself that it cannot answer now. */
  | {
    readonly type: "unavailable";
    /** From 0, below 1, by chance: how far the wait is drawn out, so that clients spread. */
    readonly spread: number;
    /** From `Retry-After`. RFC 9110 section 10.2.3. */
    readonly retryAfterMillis?: number | undefined;
    readonly error?: EndpointError | undefined;
  };

/** Everything that can happen to the flow. */
export type TokenRequestEvent<Tokens extends TokenSet = TokenSet> =
  | TokenRequestAnswer<Tokens>
  /** Whoever runs the flow does not want it any more. */
  | { readonly type: "cancel" };

/** How the flow ended. */
export type TokenRequestOutput<Tokens extends TokenSet = TokenSet> =
  | { readonly _tag: "Granted"; readonly tokens: Tokens }
  | { readonly _tag: "Refused"; readonly error: EndpointError }
  | { readonly _tag: "Malformed"; readonly error: EndpointError }
  | { readonly _tag: "Unreachable"; readonly error: EndpointError | undefined }
  | { readonly _tag: "Cancelled" };

/** What a flow is started with. Secrets are not among it: the operation holds them. */
export interface TokenRequestInput {
  /** Issuer of the server that is asked. */
  readonly issuer: string;
  /** As registered at the server. */
  readonly clientId: string;
  /** After this long without any answer one request is given up, in milliseconds. */
  readonly requestLimitMillis: number;
  /** After this long no further request is made, in milliseconds from the start; 0: one request. */
  readonly retryForMillis: number;
}

/** What the flow remembers. */
export interface TokenRequestContext extends TokenRequestInput {
  /** Whether another request may follow. */
  readonly isPatient: boolean;
  /** What the next wait is measured by, in milliseconds: it doubles each time. */
  readonly backoffMillis: number;
  /** How long to wait before the next request, in milliseconds. */
  readonly waitMillis: number;
  /** Why the last request got no answer; absent where none failed. Not part of a checkpoint. */
  readonly lastError?: EndpointError | undefined;
}
