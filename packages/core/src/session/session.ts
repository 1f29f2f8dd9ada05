/**
 * A session: one token family that is renewed behind its users' backs and never lost.
 *
 * `session.token()` gives the current token. While one is in hand and not due, that is a comparison
 * and an effect that is done already. Between the time at which it is due and its expiry the token
 * is handed out while the renewal runs; only with an expired token a caller waits. However many ask,
 * and in however many processes that share a store, one renewal is under way.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { layerTest, Session } from "@bellhop/core/session/session";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const session = yield* Session;
 *   const { accessToken } = yield* session.token();
 *   return Redacted.value(accessToken);
 * });
 * equal(await Effect.runPromise(program.pipe(Effect.provide(layerTest("a-token")))), "a-token");
 * ```
 *
 * @module
 */
import type * as Digest from "effect/crypto/Digest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { HttpClient } from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { Client } from "../protocol/client.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { openSession } from "./_open_session.ts";
import type { RenewalPolicy } from "./renewal_policy.ts";
import type { ReauthorizationRequired, SessionError } from "./session_error.ts";
import type { TokenRequest } from "./session_record.ts";
import type { SessionState } from "./session_state.ts";
import type { SessionVault } from "./session_vault.ts";

/** Which token is wanted. */
export interface TokenOptions {
  /**
   * Scope of a token that can do less: a part of what was granted. RFC 6749 section 6.
   *
   * @default what the session was granted
   */
  readonly scope?: ReadonlyArray<string> | undefined;
  /** Where the token is to be used. RFC 8707 section 2.2. */
  readonly resource?: ReadonlyArray<string> | undefined;
  /**
   * Least time that the token must still live. If it has less it is renewed first; what the server
   * gives then is handed out, however short it lives.
   *
   * @default 0
   */
  readonly minTtlMillis?: number | undefined;
}

/** What became of a session that was revoked. */
export interface Revocation {
  /**
   * What the server could not be told. Empty: it confirmed that the tokens are revoked. The session
   * is forgotten in either case.
   */
  readonly untold: ReadonlyArray<EndpointError>;
}

/** One token family: one user's (or machine's) grant for one client at one server. */
export interface Session {
  /** Its name in the store. */
  readonly key: string;
  /**
   * Gives the current token, without its refresh token. Renews it when it is due, and waits for that
   * only when it has expired. A caller that is interrupted does not end the renewal that others
   * wait for.
   */
  readonly token: (options?: TokenOptions) => Effect.Effect<TokenSet, SessionError>;
  /**
   * Gives a token in the place of one that a resource server refused with 401. If another is in hand
   * by now, that one; else it is renewed once, however many callers were refused.
   *
   * A token that was refused within five seconds of its own renewal is not renewed again: it is
   * given back, since the resource server wants something else.
   *
   * @param rejected The access token that was sent.
   */
  readonly replace: (
    rejected: Redacted.Redacted,
    options?: TokenOptions,
  ) => Effect.Effect<TokenSet, SessionError>;
  /** Stores the tokens of a login, in the place of whatever the session held. */
  readonly signIn: (tokens: TokenSet, request?: TokenRequest) => Effect.Effect<void, SessionError>;
  /**
   * Tells the server that the tokens are no longer needed, then forgets them. RFC 7009.
   *
   * Forgets them also where the server cannot be told.
   */
  readonly revoke: () => Effect.Effect<Revocation, SessionError>;
  /** What the session is doing now. */
  readonly state: Effect.Effect<SessionState>;
  /** What the session is doing now, and every change of it while the session is open. */
  readonly changes: Stream.Stream<SessionState>;
}

/** Key of the {@linkcode Session} service. */
export const Session: Context.Service<Session, Session> = Context.Service(
  "@bellhop/core/session/session/Session",
);

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
   * 0 it fails with the first attempt that does.
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
   * How long a holder of the lease that gives no sign of life keeps the others out. At least twice
   * the limit of a request.
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

/**
 * Opens a session until the scope closes. Nothing is sent before a token is wanted, unless the
 * record tells of a renewal whose answer was lost: that is tried again at once.
 *
 * Closing waits for a request that is out, and for the write of its answer, within their limits.
 *
 * @returns The session, also where nothing lies under the key yet. Fails with `StoreFailed` where
 * the record cannot be read, and with `OtherClient` where it is another client's.
 */
export function open<R = never>(
  options: SessionOptions<R>,
): Effect.Effect<Session, SessionError, SessionServices | Scope.Scope | R> {
  return openSession(options);
}

/** Provides the session that {@linkcode open} opens. */
export function layer<R = never>(
  options: SessionOptions<R>,
): Layer.Layer<Session, SessionError, SessionServices | R> {
  return Layer.effect(Session, open(options)) as Layer.Layer<
    Session,
    SessionError,
    SessionServices | R
  >;
}

/**
 * Provides a session that always has the same token, for tests of code that uses one. The module's
 * example shows it.
 *
 * @param token The access token. Never renewed, never expires, good for any scope.
 */
export function layerTest(token: string): Layer.Layer<Session> {
  return Layer.sync(Session, () => {
    const tokens: TokenSet = {
      accessToken: Redacted.make(token),
      tokenType: "Bearer",
      obtainedAtMillis: 0,
      scope: [],
    };
    const state: SessionState = { name: "fresh", path: "fresh", atMillis: 0, version: 1 };
    const held = Exit.succeed(tokens);
    return Session.of({
      key: "test",
      token: () => held,
      replace: () => held,
      signIn: () => Effect.void,
      revoke: () => Effect.succeed({ untold: [] }),
      state: Effect.succeed(state),
      changes: Stream.make(state),
    });
  });
}
