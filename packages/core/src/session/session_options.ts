/**
 * What a session is opened with, and made of.
 *
 * @module
 */
import type * as Digest from "effect/crypto/Digest";
import type * as Effect from "effect/Effect";
import type { HttpClient } from "effect/http/HttpClient";
import type { Client } from "../protocol/client.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import type { RenewalPolicy } from "./renewal_policy.ts";
import type { ReauthorizationRequired } from "./session_error.ts";
import type { TokenRequest } from "./session_record.ts";
import type { SessionVault } from "./session_vault.ts";

/** Which session it is, and how it is renewed. */
export interface SessionOptions<R = never> {
  /** Its name in the store: whatever the program tells its sessions apart by. */
  readonly key: string;
  /** To whom it is granted, and at which server. A record of another is not touched. */
  readonly client: Client;
  /**
   * Scope that each renewal asks for.
   *
   * @default none: a renewal grants what the login was granted
   */
  readonly scope?: ReadonlyArray<string> | undefined;
  /**
   * Resources that each renewal asks for.
   *
   * @default those that the login asked for
   */
  readonly resource?: ReadonlyArray<string> | undefined;
  /**
   * The grant that gets a token without a user and without a refresh token, such as
   * `ClientCredentials.request`: one request, no retry. Then the renewal is the grant itself, and no
   * login is needed; refresh tokens are dropped.
   */
  readonly acquire?:
    | ((request: TokenRequest) => Effect.Effect<TokenSet, EndpointError, R>)
    | undefined;
  /** When a token is due. */
  readonly policy?: RenewalPolicy | undefined;
  /**
   * How long a caller without a living token waits for the next attempt after one that failed. With
   * 0 it fails with the first attempt that does. An attempt takes no longer than the wait for the
   * lease of another, which is this or the limit of a request and five seconds, whichever is longer,
   * and the request.
   *
   * @default 10_000
   */
  readonly patienceMillis?: number | undefined;
  /**
   * Limit of one request, in milliseconds.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
  /**
   * How long a holder of the lease that gives no sign of life keeps the others out. Twice the limit
   * of a request or more; what is not even more than that limit is a defect, for nothing could ever
   * be sent under it.
   *
   * @default three times `requestLimitMillis`
   */
  readonly leaseTtlMillis?: number | undefined;
  /**
   * How long a renewal whose answer was lost is tried again unasked, with the same refresh token: as
   * long as servers may still accept one that was replaced.
   *
   * @default 120_000
   */
  readonly retryWindowMillis?: number | undefined;
  /** Runs when the session is found to have ended, once each time. It is not waited for. */
  readonly onReauthorizationRequired?:
    | ((end: ReauthorizationRequired) => Effect.Effect<void, never, R>)
    | undefined;
}

/** What a session is made of. */
export type SessionServices = SessionVault | HttpClient | Digest.Digest;
