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
import type * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { openSession } from "./_open_session.ts";
import type { SessionError } from "./session_error.ts";
import type { SessionOptions, SessionServices } from "./session_options.ts";
import { Session } from "./session_service.ts";

export type { SessionOptions, SessionServices } from "./session_options.ts";
export { layerTest, type Revocation, Session, type TokenOptions } from "./session_service.ts";

/**
 * Opens a session until the scope closes. Nothing is sent before a token is wanted, unless the
 * record tells of a renewal whose answer was lost: that is tried again at once.
 *
 * Closing waits for a request that is out, and for the write of its answer, within their limits.
 *
 * @returns The session, also where nothing lies under the key yet. Fails with `StoreFailed` where
 * the record cannot be read or does not open, and with `OtherClient` where it is another client's:
 * `SessionVault.discard` is the way out of both. With `acquire` it goes on without a record that
 * cannot be read. A `leaseTtlMillis` that no request fits into is a defect.
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
