/**
 * What a simulated authorization server did, in order. No fact carries a secret: tokens, codes and
 * device codes are named by their ordinals, which `ordinalOf` finds out of a secret. All ordinals of
 * one server come from one count, so that no two things share one.
 *
 * @module
 */

/** Why everything that one grant gave is over. */
export type FamilyEnd =
  /** A replaced refresh token came again. */
  | "reuse"
  /** Its refresh token was revoked by the client. RFC 7009. */
  | "revoked"
  /** Its last refresh token was not used in time. Living access tokens stay alive. */
  | "expired"
  /** Its authorization code came again. RFC 6749 section 4.1.2. */
  | "codeReuse"
  /** By `revokeFamily`. */
  | "admin";

/** By which grant a family began. */
export type GrantName =
  | "authorization_code"
  | "device_code"
  | "client_credentials"
  | "token_exchange"
  | "jwt_bearer";

/** How a poll of a device code was answered. */
export type PollVerdict =
  | "token"
  | "authorization_pending"
  | "slow_down"
  | "access_denied"
  | "expired_token"
  | "invalid_grant";

interface At {
  /** When, by the clock of the server. */
  readonly atMillis: number;
}

/** The refresh token for which tokens were issued. */
export interface UsedRefreshToken {
  /** Its ordinal. */
  readonly refreshToken: number;
  /** Whether it had been replaced before, and was used again within its grace. */
  readonly isAgain: boolean;
}

/** Tokens were issued. */
export interface TokenIssued extends At {
  /** Which fact. */
  readonly type: "token.issued";
  /** All that descends from one grant is one family. Counted from 1. */
  readonly family: number;
  /** 1 for the tokens of the grant itself, one more with each refresh of the family. */
  readonly generation: number;
  /** The ordinal of the access token. */
  readonly accessToken: number;
  /** The ordinal of the refresh token that the answer carries, if it carries one. */
  readonly refreshToken: number | undefined;
  /** By which request. */
  readonly grant: GrantName | "refresh_token";
  /** The client. */
  readonly clientId: string;
  /** What the access token may do. */
  readonly scope: ReadonlyArray<string>;
  /** With `refresh_token`: for which. */
  readonly used: UsedRefreshToken | undefined;
  /** The ordinal of the authorization code or device code that was redeemed. */
  readonly redeemed: number | undefined;
  /** When the access token ends. */
  readonly expiresAtMillis: number | undefined;
}

/** Why a token request was refused, more closely than its `error` says. */
export type RefusalReason =
  | "unknown"
  | "otherClient"
  | "familyEnded"
  | "replaced"
  | "expired"
  | "used"
  | "challenge"
  | "redirectUri"
  | "scope"
  | "client"
  | "malformed"
  | "unsupported";

/** A token request was refused. The polls of a known device code are `DevicePolled` instead. */
export interface TokenRefused extends At {
  /** Which fact. */
  readonly type: "token.refused";
  /** The `error` of the answer. */
  readonly error: string;
  /** Why. */
  readonly reason: RefusalReason;
  /** The `grant_type` as it was sent, where it is one that the server knows. */
  readonly grant: string | undefined;
  /** The family of what was presented, if that is known. */
  readonly family: number | undefined;
  /** The ordinal of the refresh token that was presented, if it is known. */
  readonly refreshToken: number | undefined;
  /** The ordinal of the refresh token that replaced it first. */
  readonly replacedBy: number | undefined;
}

/** All that one grant gave is over. Comes at most once for each family. */
export interface FamilyEnded extends At {
  /** Which fact. */
  readonly type: "family.ended";
  /** Which family. */
  readonly family: number;
  /** Why. */
  readonly cause: FamilyEnd;
}

/** One access token was revoked, and nothing else of its family. */
export interface AccessTokenRevoked extends At {
  /** Which fact. */
  readonly type: "accessToken.revoked";
  /** Its ordinal. */
  readonly accessToken: number;
  /** Its family. */
  readonly family: number;
}

/** A device asked for a code. */
export interface DeviceStarted extends At {
  /** Which fact. */
  readonly type: "device.started";
  /** The ordinal of the device code. */
  readonly deviceCode: number;
  /** The client. */
  readonly clientId: string;
  /** What it asked for. */
  readonly scope: ReadonlyArray<string>;
  /** The interval that holds, whether the answer said it or not. */
  readonly intervalMillis: number;
  /** When the device code ends. */
  readonly expiresAtMillis: number;
}

/** A device polled. */
export interface DevicePolled extends At {
  /** Which fact. */
  readonly type: "device.polled";
  /** The ordinal of the device code. */
  readonly deviceCode: number;
  /** Since the poll before, as they arrived; `undefined` for the first. */
  readonly gapMillis: number | undefined;
  /** The interval that held for this poll. After `slow_down` the next is 5 seconds longer. */
  readonly intervalMillis: number;
  /** How it was answered. */
  readonly verdict: PollVerdict;
}

/** A person decided about a device. */
export interface DeviceDecided extends At {
  /** Which fact. */
  readonly type: "device.decided";
  /** The ordinal of the device code. */
  readonly deviceCode: number;
  /** How. */
  readonly decision: "approve" | "deny";
}

/** A person approved, and was sent back with a code. */
export interface CodeIssued extends At {
  /** Which fact. */
  readonly type: "code.issued";
  /** The ordinal of the code. */
  readonly code: number;
  /** The client. */
  readonly clientId: string;
  /** What was granted. */
  readonly scope: ReadonlyArray<string>;
  /** The S256 challenge that its redemption has to meet. */
  readonly codeChallenge: string;
  /** When the code ends. */
  readonly expiresAtMillis: number;
}

/** A person was sent back with an error, or, where nobody knows where to, shown one. */
export interface AuthorizationRefused extends At {
  /** Which fact. */
  readonly type: "authorization.refused";
  /** The `error`. */
  readonly error: string;
  /** Whether the client was told. */
  readonly isRedirected: boolean;
}

/** The protected resource or `/userinfo` was called. */
export interface ApiCalled extends At {
  /** Which fact. */
  readonly type: "api.called";
  /** Where, below the issuer, without the query. */
  readonly path: string;
  /** The ordinal of the access token that came, if the server made it. */
  readonly accessToken: number | undefined;
  /** Its family. */
  readonly family: number | undefined;
  /** How it was answered. */
  readonly status: number;
}

/** One thing that the server did. */
export type ServerFact =
  | TokenIssued
  | TokenRefused
  | FamilyEnded
  | AccessTokenRevoked
  | DeviceStarted
  | DevicePolled
  | DeviceDecided
  | CodeIssued
  | AuthorizationRefused
  | ApiCalled;
