/**
 * All that a simulated authorization server knows. A state never changes: each request gives the
 * next one, so that a test can keep any of them and go on from there.
 *
 * @module
 */
import * as HashMap from "effect/HashMap";
import type { FamilyEnd, GrantName } from "./server_fact.ts";
import type { RegisteredClient, RotationPolicy, ServerOptions } from "./server_options.ts";

/** The options with their defaults. */
export interface ServerSettings {
  /** Without a slash at the end. */
  readonly issuer: string;
  /** By `client_id`. */
  readonly clients: ReadonlyMap<string, RegisteredClient>;
  /** All that can be granted. */
  readonly scopes: ReadonlyArray<string>;
  /** What is granted to whoever names none. */
  readonly defaultScopes: ReadonlyArray<string>;
  /** `undefined`: for ever. */
  readonly accessTokenSeconds: number | undefined;
  /** `undefined`: for ever. */
  readonly refreshTokenSeconds: number | undefined;
  /** Lifetime of a device code. */
  readonly deviceCodeSeconds: number;
  /** `undefined`: not told, and 5. */
  readonly intervalSeconds: number | undefined;
  /** Lifetime of an authorization code. */
  readonly codeSeconds: number;
  /** What happens to a refresh token that is used. */
  readonly rotation: RotationPolicy;
  /** Whether early polls are told to slow down. */
  readonly slowDown: "measured" | "never";
  /** Whether there are any. */
  readonly refreshTokens: boolean;
  /** The `sub`. */
  readonly subject: string;
  /** `undefined`: no ID tokens. */
  readonly signIdToken: ((claims: Record<string, unknown>) => string) | undefined;
  /** What `/jwks` says. */
  readonly jwks: unknown;
  /** What the metadata says. */
  readonly idTokenAlgorithm: string;
}

/** What was granted, by whom and to whom. */
export interface Grant {
  /** To whom. */
  readonly clientId: string;
  /** The whole of it; tokens may hold less. */
  readonly scope: ReadonlyArray<string>;
  /** Whether the client had named it, so that answers need not say it. */
  readonly isScopeNamed: boolean;
  /** For which resources. RFC 8707. */
  readonly resource: ReadonlyArray<string>;
  /** By whom; `undefined` where no person took part. */
  readonly subject: string | undefined;
  /** What the ID tokens have to repeat. */
  readonly nonce: string | undefined;
}

/** All that descends from one grant. */
export interface Family extends Grant {
  /** Counted from 1. */
  readonly family: number;
  /** How it began. */
  readonly grant: GrantName;
  /** How many times tokens were issued in it. */
  readonly generation: number;
  /** When it began. */
  readonly startedAtMillis: number;
  /** When the last of its refresh tokens ends; `undefined`: never, or there is none. */
  readonly refreshableUntilMillis: number | undefined;
  /** Why and when it ended. */
  readonly ended: { readonly cause: FamilyEnd; readonly atMillis: number } | undefined;
}

/** An access token. */
export interface AccessToken {
  /** Its family. */
  readonly family: number;
  /** Which of the family's. */
  readonly generation: number;
  /** What it may do. */
  readonly scope: ReadonlyArray<string>;
  /** When it was made. */
  readonly issuedAtMillis: number;
  /** When it ends. */
  readonly expiresAtMillis: number | undefined;
  /** Whether it was revoked alone. */
  readonly isRevoked: boolean;
}

/** A refresh token. */
export interface RefreshToken {
  /** Its family. */
  readonly family: number;
  /** Which of the family's. */
  readonly generation: number;
  /** When it ends if it is not used. */
  readonly expiresAtMillis: number | undefined;
  /** When it was replaced first, and by which. */
  readonly replaced: { readonly atMillis: number; readonly by: number } | undefined;
}

/** An authorization code. */
export interface AuthorizationCode extends Grant {
  /** Must be equal when it is redeemed; `undefined` where the request named none. */
  readonly redirectUri: string | undefined;
  /** S256. */
  readonly codeChallenge: string;
  /** When it ends. */
  readonly expiresAtMillis: number;
  /** The family that it was redeemed for. */
  readonly redeemedFor: number | undefined;
}

/** A device code. */
export interface DeviceCode extends Grant {
  /** What the person types. */
  readonly userCode: string;
  /** When it ends. */
  readonly expiresAtMillis: number;
  /** How long a device has to wait now. */
  readonly intervalMillis: number;
  /** When it polled last. */
  readonly polledAtMillis: number | undefined;
  /** What the person decided. */
  readonly decision: "approve" | "deny" | undefined;
  /** The family that it was redeemed for. */
  readonly redeemedFor: number | undefined;
}

/** All that a simulated authorization server knows. */
export interface ServerState {
  /** How it behaves. */
  readonly settings: ServerSettings;
  /** How many secrets it made: the ordinal of the last one. */
  readonly ordinal: number;
  /** How many families there are: the number of the last one. */
  readonly familyCount: number;
  /** By their numbers. */
  readonly families: HashMap.HashMap<number, Family>;
  /** By their ordinals. */
  readonly accessTokens: HashMap.HashMap<number, AccessToken>;
  /** By their ordinals. */
  readonly refreshTokens: HashMap.HashMap<number, RefreshToken>;
  /** By their ordinals. */
  readonly codes: HashMap.HashMap<number, AuthorizationCode>;
  /** By their ordinals. */
  readonly deviceCodes: HashMap.HashMap<number, DeviceCode>;
  /** The ordinals of device codes, by what the person types. */
  readonly userCodes: HashMap.HashMap<string, number>;
}

/**
 * The state before the first request.
 *
 * @param options How the server behaves.
 */
export function initial(options: ServerOptions = {}): ServerState {
  return {
    settings: settingsOf(options),
    ordinal: 0,
    familyCount: 0,
    families: HashMap.empty(),
    accessTokens: HashMap.empty(),
    refreshTokens: HashMap.empty(),
    codes: HashMap.empty(),
    deviceCodes: HashMap.empty(),
    userCodes: HashMap.empty(),
  };
}

/**
 * The same server under another issuer, for one that learns its address late.
 *
 * @param issuer Without a slash at the end.
 */
export function withIssuer(state: ServerState, issuer: string): ServerState {
  return { ...state, settings: { ...state.settings, issuer } };
}

const defaultClients: ReadonlyArray<RegisteredClient> = [
  { clientId: "app", redirectUris: ["http://127.0.0.1/callback"] },
];

function settingsOf(options: ServerOptions): ServerSettings {
  const { clients = defaultClients, issuer = "https://as.example.com" } = options;
  return {
    issuer,
    clients: new Map(clients.map((client) => [client.clientId, client])),
    scopes: options.scopes ?? ["openid", "profile", "read", "write", "admin"],
    defaultScopes: options.defaultScopes ?? ["read"],
    accessTokenSeconds: options.accessTokenSeconds,
    refreshTokenSeconds: options.refreshTokenSeconds,
    intervalSeconds: options.intervalSeconds,
    signIdToken: options.signIdToken,
    ...withDefaults(options),
  };
}

function withDefaults(options: ServerOptions) {
  return {
    deviceCodeSeconds: options.deviceCodeSeconds ?? 600,
    codeSeconds: options.codeSeconds ?? 60,
    rotation: options.rotation ?? { type: "none" } as const,
    slowDown: options.slowDown ?? "measured",
    refreshTokens: options.refreshTokens ?? true,
    subject: options.subject ?? "person-1",
    jwks: options.jwks ?? { keys: [] },
    idTokenAlgorithm: options.idTokenAlgorithm ?? "EdDSA",
  };
}
