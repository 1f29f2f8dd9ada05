/**
 * What can happen in an authorization code flow: events, ends and memory of its chart.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1 | RFC 6749 section 4.1}
 * @module
 */
import type { Redacted } from "effect/Redacted";
import type { AuthorizationRequestError } from "../protocol/authorization_request_error.ts";
import type { CallbackParameters } from "../protocol/authorization_response.ts";
import type { AuthorizationResponseError } from "../protocol/authorization_response_error.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";

/** What may answer the making of a request. */
export type PreparationAnswer =
  | {
    readonly type: "prepared";
    /** Where to send the user's browser. It holds state and nonce. */
    readonly url: Redacted;
    readonly state: Redacted;
    readonly nonce: Redacted;
    /** Absent where PKCE was turned off. */
    readonly verifier?: Redacted | undefined;
  }
  | { readonly type: "refused"; readonly error: AuthorizationRequestError };

/** What a callback may turn out to be. RFC 6749 sections 4.1.2 and 4.1.2.1. */
export type CallbackAnswer =
  | { readonly type: "authorization_code"; readonly code: Redacted }
  /** It answers another request, or none. */
  | { readonly type: "other_state" }
  | { readonly type: "access_denied"; readonly error: AuthorizationResponseError }
  | { readonly type: "refused"; readonly error: AuthorizationResponseError }
  | { readonly type: "malformed"; readonly error: AuthorizationResponseError };

/** What may answer the one token request. RFC 6749 sections 5.1 and 5.2. */
export type RedemptionAnswer =
  | { readonly type: "token"; readonly tokens: TokenSet }
  | { readonly type: "refused"; readonly error: EndpointError }
  | { readonly type: "malformed"; readonly error: EndpointError }
  /** No answer came, so that nobody knows whether the code was spent. */
  | { readonly type: "unreachable"; readonly error: EndpointError };

/** What may come of looking at the tokens. */
export type ValidationAnswer =
  | { readonly type: "valid"; readonly tokens: TokenSet; readonly validated: unknown }
  | { readonly type: "invalid"; readonly error: unknown }
  | { readonly type: "refused"; readonly error: EndpointError }
  | { readonly type: "malformed"; readonly error: EndpointError }
  | { readonly type: "unreachable"; readonly error: EndpointError };

/** Everything that can happen to the flow. */
export type AuthorizationCodeEvent =
  | PreparationAnswer
  /** A browser came to the redirect URI. Whether it belongs here is found out next. */
  | { readonly type: "callback"; readonly parameters: CallbackParameters }
  | CallbackAnswer
  | RedemptionAnswer
  | ValidationAnswer
  /** Whoever runs the flow does not want it any more. */
  | { readonly type: "cancel" };

/** Where the user's browser is to go. */
export interface AuthorizationUrl {
  readonly type: "authorization_url";
  /** For the browser and nobody else: it holds state and nonce. */
  readonly url: Redacted;
  /** Tells the flow's own callbacks from others. */
  readonly state: Redacted;
  /** Where the browser will come back to. */
  readonly redirectUri: string;
  /** How long the callback is waited for, in milliseconds from now. */
  readonly expiresInMillis: number;
}

/** How the flow ended. */
export type AuthorizationCodeOutput =
  | {
    readonly _tag: "Authorized";
    readonly tokens: TokenSet;
    /** What validation made of them; nothing where nobody validates. */
    readonly validated: unknown;
    /** What the flow was started with, and its nonce. */
    readonly context: AuthorizationCodeContext;
  }
  | { readonly _tag: "Denied"; readonly error: AuthorizationResponseError }
  | { readonly _tag: "Expired" }
  | {
    readonly _tag: "Refused";
    readonly error: AuthorizationRequestError | AuthorizationResponseError | EndpointError;
  }
  | { readonly _tag: "Malformed"; readonly error: AuthorizationResponseError | EndpointError }
  | { readonly _tag: "Invalid"; readonly error: unknown }
  | { readonly _tag: "Unreachable"; readonly error: EndpointError | undefined }
  | { readonly _tag: "Cancelled" };

/** What a flow is started with. */
export interface AuthorizationCodeInput {
  /** Issuer of the server that the flow belongs to: its callback and its code are of no other. */
  readonly issuer: string;
  /** As registered at the server. */
  readonly clientId: string;
  /** Sent in the authorization request and again in the token request. RFC 6749 section 4.1.3. */
  readonly redirectUri: string;
  /** Scopes that are asked for. */
  readonly scope: ReadonlyArray<string>;
  /** Resources that are asked for. */
  readonly resource: ReadonlyArray<string>;
  /** Wanted strengths of authentication. */
  readonly acrValues?: ReadonlyArray<string> | undefined;
  /** How long ago the user may have signed in, in seconds. */
  readonly maxAgeSeconds?: number | undefined;
  /** What the program wants back with the tokens. */
  readonly memo?: string | undefined;
  /** How long the callback is waited for, in milliseconds. */
  readonly lifetimeMillis: number;
  /** After this long without any answer the token request is given up, in milliseconds. */
  readonly requestLimitMillis: number;
  /** After this long the validation is given up, in milliseconds. */
  readonly validationLimitMillis: number;
}

/** What the flow remembers. */
export interface AuthorizationCodeContext extends AuthorizationCodeInput {
  /** Absent until it was made. */
  readonly state?: Redacted | undefined;
  /** Absent until it was made. */
  readonly nonce?: Redacted | undefined;
  /** Absent until it was made, and where PKCE was turned off. */
  readonly verifier?: Redacted | undefined;
}
