/**
 * What a token endpoint grants: an access token and what belongs to it.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
 *
 * const tokens: TokenSet = {
 *   accessToken: Redacted.make("2YotnFZFEjr1zCsicMWpAA"),
 *   tokenType: "Bearer",
 *   obtainedAtMillis: 1_000,
 *   expiresInSeconds: 3600,
 *   scope: ["read"],
 * };
 *
 * assert.equal(expiresAtMillis(tokens), 3_601_000);
 * assert.ok(!JSON.stringify(tokens).includes("2YotnFZFEjr1zCsicMWpAA"));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 | RFC 6749 section 5.1}
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";

/** The tokens of one answer, and the facts needed to use them. */
export interface TokenSet {
  /** Goes into the `Authorization` header of requests to the resource server. */
  readonly accessToken: Redacted.Redacted;
  /** As the server wrote it, `Bearer` where it wrote none. Compare without case. */
  readonly tokenType: string;
  /** Epoch milliseconds by the Clock, read just before the request was sent. */
  readonly obtainedAtMillis: number;
  /** Lifetime counted from `obtainedAtMillis`. Absent: no lifetime is known. */
  readonly expiresInSeconds?: number;
  /** What was granted; what was asked for when the answer says nothing. */
  readonly scope: ReadonlyArray<string>;
  /** Replaces the one used to obtain this answer; absent means keep that one. */
  readonly refreshToken?: Redacted.Redacted;
  /** OpenID Connect ID token, not validated here. */
  readonly idToken?: Redacted.Redacted;
  /** URN of what the access token is, where a token exchange told. RFC 8693 section 2.2.1. */
  readonly issuedTokenType?: string;
}

/** What a token exchange grants: the type of the issued token is always told. */
export interface ExchangedTokens extends TokenSet {
  /** URN of what `accessToken` holds, which need not be an access token. */
  readonly issuedTokenType: string;
}

/** A {@linkcode TokenSet} as JSON, secrets in clear: seal it before it is stored. */
export interface TokenSetJson {
  /** In clear. */
  readonly access_token: string;
  /** As the server wrote it. */
  readonly token_type: string;
  /** Epoch milliseconds. */
  readonly obtained_at_millis: number;
  /** Seconds. */
  readonly expires_in?: number;
  /** Granted scope. */
  readonly scope: ReadonlyArray<string>;
  /** In clear. */
  readonly refresh_token?: string;
  /** In clear. */
  readonly id_token?: string;
  /** As the server wrote it. */
  readonly issued_token_type?: string;
}

/**
 * Codec between a {@linkcode TokenSet} and JSON, for stores and checkpoints.
 *
 * The JSON holds the secrets in clear, and so may the `SchemaError` of a value that does not fit:
 * keep both away from logs.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Schema } from "effect";
 * import { TokenSet } from "@bellhop/core/protocol/token_set";
 *
 * const tokens = Schema.decodeUnknownSync(TokenSet)({
 *   access_token: "2YotnFZFEjr1zCsicMWpAA",
 *   token_type: "Bearer",
 *   obtained_at_millis: 0,
 *   scope: [],
 * });
 *
 * assert.equal(Redacted.value(tokens.accessToken), "2YotnFZFEjr1zCsicMWpAA");
 * ```
 */
export const TokenSet: Schema.Codec<TokenSet, TokenSetJson> = Schema.Struct({
  accessToken: Schema.RedactedFromValue(Schema.NonEmptyString),
  tokenType: Schema.String,
  obtainedAtMillis: Schema.Finite,
  expiresInSeconds: Schema.optionalKey(Schema.Finite),
  scope: Schema.Array(Schema.String),
  refreshToken: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  idToken: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  issuedTokenType: Schema.optionalKey(Schema.String),
}).pipe(Schema.encodeKeys({
  accessToken: "access_token",
  tokenType: "token_type",
  obtainedAtMillis: "obtained_at_millis",
  expiresInSeconds: "expires_in",
  refreshToken: "refresh_token",
  idToken: "id_token",
  issuedTokenType: "issued_token_type",
}));

/**
 * Tells when the access token expires.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { expiresAtMillis } from "@bellhop/core/protocol/token_set";
 *
 * assert.equal(expiresAtMillis({ obtainedAtMillis: 500, expiresInSeconds: 60 }), 60_500);
 * assert.equal(expiresAtMillis({ obtainedAtMillis: 500 }), undefined);
 * ```
 *
 * @param tokens The token set, or the two members that count.
 * @returns Epoch milliseconds, or nothing where the lifetime is unknown.
 */
export function expiresAtMillis(
  tokens: Pick<TokenSet, "obtainedAtMillis" | "expiresInSeconds">,
): number | undefined {
  return tokens.expiresInSeconds === undefined
    ? undefined
    : tokens.obtainedAtMillis + tokens.expiresInSeconds * 1000;
}
