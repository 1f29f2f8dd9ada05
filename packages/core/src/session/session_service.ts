/**
 * What a session is to the code that uses it. `@bellhop/core/session/session` opens one.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { layerTest, Session } from "@bellhop/core/session/session_service";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.flatMap(Session, (session) => session.token()).pipe(
 *   Effect.map(({ accessToken }) => Redacted.value(accessToken)),
 * );
 * equal(await Effect.runPromise(program.pipe(Effect.provide(layerTest("a-token")))), "a-token");
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { IntrospectionResponse } from "../protocol/introspection_response.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import type { SessionError } from "./session_error.ts";
import type { TokenRequest } from "./session_record.ts";
import type { SessionState } from "./session_state.ts";

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
   * gives then is handed out, however short it lives. More than the server's lifetimes makes each
   * call a renewal.
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
   *
   * What is in hand is looked up when this is called, not when the effect is run: call it for each
   * use, and put the call into `Effect.suspend` where it is retried or repeated.
   */
  readonly token: (options?: TokenOptions) => Effect.Effect<TokenSet, SessionError>;
  /**
   * Gives a token in the place of one that a resource server refused with 401. If another is in hand
   * by now, that one; else it is renewed once, however many callers were refused.
   *
   * A token that came in the place of a refused one and is refused as well within five seconds, or
   * half of its time, is not renewed again: it is given back, since the resource server wants
   * something else.
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
  /**
   * Asks the server what it knows of the current token. RFC 7662. It answers resource servers and
   * other clients that prove who they are, so a public client gets `Withheld`.
   *
   * A token that the server calls inactive is not handed out any more: the next who asks has it
   * renewed.
   */
  readonly introspect: (
    options?: TokenOptions,
  ) => Effect.Effect<IntrospectionResponse, SessionError | EndpointError>;
  /** What the session is doing now. */
  readonly state: Effect.Effect<SessionState>;
  /** What the session is doing now, and every change of it while the session is open. */
  readonly changes: Stream.Stream<SessionState>;
}

/** Key of the {@linkcode Session} service. */
export const Session: Context.Service<Session, Session> = Context.Service(
  "@bellhop/core/session/session_service/Session",
);

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
      introspect: () => Effect.succeed({ active: true }),
      state: Effect.succeed(state),
      changes: Stream.make(state),
    });
  });
}
