/**
 * The record of a session: everything about one token family that must survive the process.
 *
 * Its JSON holds the secrets in clear. Only the session vault turns it into bytes, sealed.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import type { Client, ClientAuthenticationMethod } from "../protocol/client.ts";
import type { ServerMetadata } from "../protocol/server_metadata.ts";
import { TokenSet } from "../protocol/token_set.ts";
import type { TokenSetJson } from "../protocol/token_set.ts";

/** Where a session stands. */
export type SessionStatus =
  /** It has tokens, or can get them. */
  | "active"
  /** The refresh token is gone or refused: the user must sign in again. */
  | "reauthorizationRequired"
  /** It was ended at the server. */
  | "revoked";

/** What the client must know to reach the server again without discovery. */
export type SessionEndpoints = Pick<
  ServerMetadata,
  | "authorizationEndpoint"
  | "tokenEndpoint"
  | "deviceAuthorizationEndpoint"
  | "revocationEndpoint"
  | "introspectionEndpoint"
  | "userinfoEndpoint"
>;

/** An access token and what was asked for to get it. */
export interface HeldToken {
  /** Scopes that were asked for; what was granted is in `tokens`. */
  readonly requestedScope: ReadonlyArray<string>;
  /** Resource indicators that were asked for. RFC 8707 section 2 allows several. */
  readonly resource: ReadonlyArray<string>;
  /** Without its refresh token, which is the family's. */
  readonly tokens: TokenSet;
}

/** A renewal that was begun, written down before its request is sent. */
export interface RenewalIntent {
  /** Names the attempt. */
  readonly attemptId: string;
  /** Epoch milliseconds by the Clock. */
  readonly startedAtMillis: number;
  /** Of the refresh token that was sent: base64url of its SHA-256 digest. */
  readonly refreshTokenHash: string;
}

/** Why a session ended, written down for every process. */
export interface SessionEnd {
  /** The server's error code, mostly `invalid_grant`. */
  readonly code: string;
  /** The server's words, redacted. */
  readonly description?: string;
  /** Epoch milliseconds by the Clock. */
  readonly atMillis: number;
}

/** One token family: one user's (or machine's) grant for one client at one server. */
export interface SessionRecord {
  /** Issuer of the server that granted it. */
  readonly issuer: string;
  /** The client that it was granted to. */
  readonly clientId: string;
  /** How the client proves who it is. The secret itself is never in the record. */
  readonly authenticationMethod: ClientAuthenticationMethod;
  /** Where the server is spoken to. */
  readonly endpoints: SessionEndpoints;
  /** Whether it lives. */
  readonly status: SessionStatus;
  /** Absent: the server gave none, or it was refused. */
  readonly refreshToken?: Redacted.Redacted;
  /** The access tokens in hand, by scope and resource. */
  readonly accessTokens: ReadonlyArray<HeldToken>;
  /** What the login was granted, which renewals can only narrow. Absent: not known. */
  readonly scope?: ReadonlyArray<string>;
  /**
   * Which login it began with, so that a login whose write was taken, and reported as refused, is
   * not written once more over what was renewed since. Absent: an older version wrote it.
   */
  readonly loginId?: string;
  /** Present: a renewal is under way, or its process died. */
  readonly renewal?: RenewalIntent;
  /** Present where the status is `reauthorizationRequired`. */
  readonly ended?: SessionEnd;
}

/** A {@linkcode SessionRecord} as JSON, secrets in clear: never write it anywhere unsealed. */
export interface SessionRecordJson {
  /** As in the record. */
  readonly issuer: string;
  readonly client_id: string;
  readonly authentication_method: ClientAuthenticationMethod;
  /** As in the record. */
  readonly endpoints: SessionEndpoints;
  /** As in the record. */
  readonly status: SessionStatus;
  readonly refresh_token?: string;
  readonly access_tokens: ReadonlyArray<HeldTokenJson>;
  /** As in the record. */
  readonly scope?: ReadonlyArray<string>;
  /** As in the record. */
  readonly login_id?: string;
  /** As in the record. */
  readonly renewal?: RenewalIntentJson;
  /** As in the record. */
  readonly ended?: SessionEndJson;
}

/** A {@linkcode HeldToken} as JSON. */
export interface HeldTokenJson {
  readonly requested_scope: ReadonlyArray<string>;
  /** As in the held token. */
  readonly resource: ReadonlyArray<string>;
  /** As in the held token. */
  readonly tokens: TokenSetJson;
}

/** A {@linkcode RenewalIntent} as JSON. */
export interface RenewalIntentJson {
  readonly attempt_id: string;
  readonly started_at_millis: number;
  readonly refresh_token_hash: string;
}

/** A {@linkcode SessionEnd} as JSON. */
export interface SessionEndJson {
  /** As in the end. */
  readonly code: string;
  /** As in the end. */
  readonly description?: string;
  readonly at_millis: number;
}

/** Its codec. */
const HeldToken: Schema.Codec<HeldToken, HeldTokenJson> = Schema.Struct({
  requestedScope: Schema.Array(Schema.String),
  resource: Schema.Array(Schema.String),
  tokens: TokenSet,
}).pipe(Schema.encodeKeys({ requestedScope: "requested_scope" }));

/** Its codec. */
const RenewalIntent: Schema.Codec<RenewalIntent, RenewalIntentJson> = Schema.Struct({
  attemptId: Schema.String,
  startedAtMillis: Schema.Finite,
  refreshTokenHash: Schema.String,
}).pipe(Schema.encodeKeys({
  attemptId: "attempt_id",
  startedAtMillis: "started_at_millis",
  refreshTokenHash: "refresh_token_hash",
}));

/** Its codec. */
const SessionEnd: Schema.Codec<SessionEnd, SessionEndJson> = Schema.Struct({
  code: Schema.String,
  description: Schema.optionalKey(Schema.String),
  atMillis: Schema.Finite,
}).pipe(Schema.encodeKeys({ atMillis: "at_millis" }));

/** Its codec. */
const SessionEndpoints: Schema.Codec<SessionEndpoints> = Schema.Struct({
  authorizationEndpoint: Schema.optionalKey(Schema.String),
  tokenEndpoint: Schema.optionalKey(Schema.String),
  deviceAuthorizationEndpoint: Schema.optionalKey(Schema.String),
  revocationEndpoint: Schema.optionalKey(Schema.String),
  introspectionEndpoint: Schema.optionalKey(Schema.String),
  userinfoEndpoint: Schema.optionalKey(Schema.String),
});

/**
 * Codec between a {@linkcode SessionRecord} and JSON.
 *
 * The JSON and the `SchemaError` of a value that does not fit hold secrets: keep both from logs.
 *
 * ```ts
 * import { Schema } from "effect";
 * import { SessionRecord } from "@bellhop/core/session/session_record";
 * import { equal } from "node:assert/strict";
 *
 * const record = Schema.decodeUnknownSync(SessionRecord)({
 *   issuer: "https://as.example.com",
 *   client_id: "tv",
 *   authentication_method: "none",
 *   endpoints: {},
 *   status: "active",
 *   refresh_token: "tGzv3JOkF0XG5Qx2TlKWIA",
 *   access_tokens: [],
 * });
 * equal(JSON.stringify(record).includes("tGzv3JOkF0XG5Qx2TlKWIA"), false);
 * ```
 */
export const SessionRecord: Schema.Codec<SessionRecord, SessionRecordJson> = Schema.Struct({
  issuer: Schema.NonEmptyString,
  clientId: Schema.NonEmptyString,
  authenticationMethod: Schema.Literals([
    "none",
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
  ]),
  endpoints: SessionEndpoints,
  status: Schema.Literals(["active", "reauthorizationRequired", "revoked"]),
  refreshToken: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  accessTokens: Schema.Array(HeldToken),
  scope: Schema.optionalKey(Schema.Array(Schema.String)),
  loginId: Schema.optionalKey(Schema.String),
  renewal: Schema.optionalKey(RenewalIntent),
  ended: Schema.optionalKey(SessionEnd),
}).pipe(Schema.encodeKeys({
  clientId: "client_id",
  authenticationMethod: "authentication_method",
  refreshToken: "refresh_token",
  accessTokens: "access_tokens",
  loginId: "login_id",
}));

/**
 * Number of the format that {@linkcode SessionRecord} describes. Raised with every change of its
 * JSON that would make one version misread what another has written. One more method of
 * authentication is none: whatever was written before reads as it did, and a version that does not
 * know the method refuses such a record, whose client it could not be anyway, instead of all.
 */
export const recordFormat = 2;

/** Turns the JSON of one format into that of the next. Must not throw. */
export type Migration = (json: unknown) => unknown;

/** Member `n` turns format `n` into format `n + 1`. */
const migrations: Readonly<Record<number, Migration>> = { 1: addScope };

/** What the login was granted is what its access token was, the first of the list. */
function addScope(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("access_tokens" in json)) return json;
  const held: unknown = Array.isArray(json.access_tokens) ? json.access_tokens[0] : undefined;
  const tokens = typeof held === "object" && held !== null && "tokens" in held ? held.tokens : {};
  return typeof tokens === "object" && tokens !== null && "scope" in tokens
    ? { ...json, scope: tokens.scope }
    : json;
}

/**
 * Brings the JSON of an older format up to the present one.
 *
 * ```ts
 * import { migrate } from "@bellhop/core/session/session_record";
 * import { deepEqual } from "node:assert/strict";
 *
 * const up = (json: unknown) => ({ ...json as object, renamed: true });
 * deepEqual(migrate({ a: 1 }, 1, { 1: up }), { a: 1, renamed: true });
 * ```
 *
 * @param format The format that `json` is in.
 * @param steps What leads from each format to the next; the built-in ones unless told.
 * @returns The JSON in the present format; nothing where no step leads there.
 */
export function migrate(
  json: unknown,
  format: number,
  steps: Readonly<Record<number, Migration>> = migrations,
): unknown {
  let migrated = json;
  for (let at = format; at < recordFormat; at++) {
    const step = steps[at];
    if (step === undefined) return undefined;
    migrated = step(migrated);
  }
  return migrated;
}

/** What was asked for when tokens were granted. */
export interface TokenRequest {
  /** Scopes that were asked for. */
  readonly scope?: ReadonlyArray<string> | undefined;
  /** Resources that were asked for. */
  readonly resource?: ReadonlyArray<string> | undefined;
}

/**
 * Makes the record of a session that begins with these tokens.
 *
 * ```ts
 * import { Redacted } from "effect";
 * import { fromTokens } from "@bellhop/core/session/session_record";
 * import { equal } from "node:assert/strict";
 *
 * const record = fromTokens({
 *   clientId: "tv",
 *   authentication: { method: "none" },
 *   server: { issuer: "https://as.example.com", tokenEndpoint: "https://as.example.com/token" },
 * }, {
 *   accessToken: Redacted.make("2YotnFZFEjr1zCsicMWpAA"),
 *   tokenType: "Bearer",
 *   obtainedAtMillis: 0,
 *   scope: ["read"],
 *   refreshToken: Redacted.make("tGzv3JOkF0XG5Qx2TlKWIA"),
 * }, { scope: ["read"] });
 * equal(record.refreshToken && Redacted.value(record.refreshToken), "tGzv3JOkF0XG5Qx2TlKWIA");
 * equal(record.accessTokens[0]?.tokens.refreshToken, undefined);
 * ```
 *
 * @param client Who they were granted to.
 * @param tokens What was granted.
 * @param request What was asked for; what was granted, unless told.
 */
export function fromTokens(
  client: Client,
  tokens: TokenSet,
  request: TokenRequest = {},
): SessionRecord {
  const { refreshToken, ...held } = tokens;
  const { scope = tokens.scope, resource = [] } = request;
  return {
    issuer: client.server.issuer,
    clientId: client.clientId,
    authenticationMethod: client.authentication.method,
    endpoints: endpointsOf(client.server),
    status: "active",
    ...(refreshToken === undefined ? {} : { refreshToken }),
    accessTokens: [{ requestedScope: scope, resource, tokens: held }],
    scope: tokens.scope,
  };
}

/**
 * Gives the server as the session knows it, for making its client again.
 *
 * ```ts
 * import { serverOf } from "@bellhop/core/session/session_record";
 * import { deepEqual } from "node:assert/strict";
 *
 * const record = { issuer: "https://as.example.com", endpoints: {} };
 * deepEqual(serverOf(record), { issuer: "https://as.example.com" });
 * ```
 */
export function serverOf(record: Pick<SessionRecord, "issuer" | "endpoints">): ServerMetadata {
  return { issuer: record.issuer, ...record.endpoints };
}

const endpointNames: ReadonlyArray<keyof SessionEndpoints> = [
  "authorizationEndpoint",
  "tokenEndpoint",
  "deviceAuthorizationEndpoint",
  "revocationEndpoint",
  "introspectionEndpoint",
  "userinfoEndpoint",
];

function endpointsOf(server: ServerMetadata): SessionEndpoints {
  return Object.fromEntries(
    endpointNames.flatMap((name) => server[name] === undefined ? [] : [[name, server[name]]]),
  );
}
