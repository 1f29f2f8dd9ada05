/**
 * What a login expects of its ID token.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import type { ExpectedLogin } from "@bellhop/core/protocol/expected_login";
 *
 * const expected: ExpectedLogin = {
 *   issuer: "https://op.example.com",
 *   clientId: "s6BhdRkqt3",
 *   nonce: Redacted.make("n-0S6_WzA2Mj"),
 *   maxAgeSeconds: 3600,
 * };
 *
 * assert.ok(!JSON.stringify(expected).includes("n-0S6_WzA2Mj"));
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation | OpenID Connect
 * Core section 3.1.3.7}
 * @module
 */
import type * as Redacted from "effect/Redacted";
import type { IdTokenClaims } from "./id_token_claims.ts";

/** What a login expects of its ID token. */
export interface ExpectedLogin {
  /** The server's issuer, compared code point by code point. */
  readonly issuer: string;
  /** The client that has to be among `aud`, and has to be `azp` where that is given. */
  readonly clientId: string;
  /** What was sent with the authorization request. Absent: the token must have none. */
  readonly nonce?: Redacted.Redacted | undefined;
  /**
   * `max_age` as it was sent: the user must have proved who they are within so many seconds. It
   * makes `auth_time` required.
   */
  readonly maxAgeSeconds?: number | undefined;
  /** `acr_values` as they were sent, one of which has to be met. Absent or empty: any, or none. */
  readonly acrValues?: ReadonlyArray<string> | undefined;
  /**
   * Seconds by which the clocks of server and client may differ.
   *
   * @default 30
   */
  readonly clockToleranceSeconds?: number | undefined;
  /**
   * Claims of the login that a refresh renews. The token must then be of the same issuer, user,
   * clients and time of login, and need not have a nonce. OpenID Connect Core section 12.2.
   */
  readonly previous?: IdTokenClaims | undefined;
}
