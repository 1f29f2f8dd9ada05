/**
 * How a development server is set up.
 *
 * @module
 */
import type { DevClient } from "./dev_client.ts";
import type { DevUser } from "./dev_user.ts";

/** Options of a development server. Lifetimes are whole seconds, because the protocol's are. */
export interface DevServerOptions {
  /**
   * Port on 127.0.0.1; 0 takes a free one.
   *
   * @default 0
   */
  readonly port?: number | undefined;
  /** Clients beside the built-in ones. One with the ID of another replaces it. */
  readonly clients?: ReadonlyArray<DevClient> | undefined;
  /** The test user, instead of Ada. */
  readonly user?: DevUser | undefined;
  /**
   * `interval` of the device grant, which the server enforces. It may have a fraction.
   *
   * @default 5
   */
  readonly intervalSeconds?: number | undefined;
  /**
   * Lifetime of a device code and its user code.
   *
   * @default 600
   */
  readonly deviceCodeSeconds?: number | undefined;
  /**
   * Lifetime of an authorization code.
   *
   * @default 60
   */
  readonly authorizationCodeSeconds?: number | undefined;
  /**
   * Lifetime of an access token, those of services included.
   *
   * @default 3600
   */
  readonly accessTokenSeconds?: number | undefined;
  /**
   * Lifetime of a refresh token, counted anew with each rotation.
   *
   * @default 1209600
   */
  readonly refreshTokenSeconds?: number | undefined;
  /**
   * Lifetime of an ID token.
   *
   * @default 3600
   */
  readonly idTokenSeconds?: number | undefined;
  /**
   * Whether each use of a refresh token replaces it.
   *
   * @default true
   */
  readonly rotateRefreshTokens?: boolean | undefined;
  /**
   * How long a refresh token that was replaced may be used again, counted from its first use. After
   * that, and with 0 at once, its use revokes the whole family.
   *
   * @default 0
   */
  readonly rotationGraceMillis?: number | undefined;
  /**
   * Who gets a refresh token: `always` every client that may use one, `offline_access` those of them
   * that asked for this scope.
   *
   * @default "always"
   */
  readonly refreshTokens?: "always" | "offline_access" | undefined;
}
