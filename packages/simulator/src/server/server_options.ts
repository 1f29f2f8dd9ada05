/**
 * How a simulated authorization server behaves.
 *
 * @module
 */

/** A client that the server knows. */
export interface RegisteredClient {
  /** The `client_id`. */
  readonly clientId: string;
  /** The `client_secret`, by Basic or in the form. A client without one is public. */
  readonly clientSecret?: string | undefined;
  /** Where the person may be sent back to, compared character by character. */
  readonly redirectUris?: ReadonlyArray<string> | undefined;
}

/** Refresh tokens that stay as they are. */
export interface NoRotation {
  /** Which policy. */
  readonly type: "none";
}

/** Refresh tokens that are replaced with each use. RFC 9700 section 4.14.2. */
export interface Rotation {
  /** Which policy. */
  readonly type: "rotate";
  /** A replaced token may be used again for this long after its replacement; 0 is not at all. */
  readonly graceMillis: number;
  /** What a replaced token does that comes after that: refuse it, or end all it descends from. */
  readonly onReuse: "refuse" | "revokeFamily";
}

/** What happens to a refresh token that is used. */
export type RotationPolicy = NoRotation | Rotation;

/** How a simulated authorization server behaves. */
export interface ServerOptions {
  /**
   * The issuer identifier, under which all endpoints are, without a slash at the end.
   *
   * @default "https://as.example.com"
   */
  readonly issuer?: string | undefined;
  /**
   * Who may ask.
   *
   * @default one public client `app`, which may be sent back to `http://127.0.0.1/callback`
   */
  readonly clients?: ReadonlyArray<RegisteredClient> | undefined;
  /**
   * All scopes that can be granted; any other is `invalid_scope`.
   *
   * @default ["openid", "profile", "read", "write", "admin"]
   */
  readonly scopes?: ReadonlyArray<string> | undefined;
  /**
   * What is granted to a request that names no scope.
   *
   * @default ["read"]
   */
  readonly defaultScopes?: ReadonlyArray<string> | undefined;
  /** How long an access token lives. Without it, for ever, and the answer has no `expires_in`. */
  readonly accessTokenSeconds?: number | undefined;
  /** How long a refresh token lives after it was issued, or last used. Without it, for ever. */
  readonly refreshTokenSeconds?: number | undefined;
  /**
   * How long a device code lives.
   *
   * @default 600
   */
  readonly deviceCodeSeconds?: number | undefined;
  /** How long a device waits between polls. Without it the answer has no `interval`, which means 5. */
  readonly intervalSeconds?: number | undefined;
  /**
   * How long an authorization code lives.
   *
   * @default 60
   */
  readonly codeSeconds?: number | undefined;
  /**
   * What happens to a refresh token that is used.
   *
   * @default { type: "none" }
   */
  readonly rotation?: RotationPolicy | undefined;
  /**
   * Whether a poll that comes before its interval is over is answered `slow_down`, after which the
   * interval is 5 seconds longer. RFC 8628 section 3.5.
   *
   * @default "measured"
   */
  readonly slowDown?: "measured" | "never" | undefined;
  /**
   * Whether authorization codes and device codes are redeemed for refresh tokens too. Other grants
   * never are.
   *
   * @default true
   */
  readonly refreshTokens?: boolean | undefined;
  /**
   * The `sub` of whoever approves.
   *
   * @default "person-1"
   */
  readonly subject?: string | undefined;
  /** Signs ID tokens; without it there are none. */
  readonly signIdToken?: ((claims: Record<string, unknown>) => string) | undefined;
  /**
   * The JWK set at `/jwks`.
   *
   * @default { keys: [] }
   */
  readonly jwks?: unknown;
  /**
   * The `alg` of ID tokens that the metadata names, where there is a signer.
   *
   * @default "EdDSA"
   */
  readonly idTokenAlgorithm?: string | undefined;
}
