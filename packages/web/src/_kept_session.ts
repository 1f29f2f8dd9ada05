/** The session that a browser's cookie stands for. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import type * as Digest from "effect/crypto/Digest";
import { claimsOf } from "@bellhop/core/grant/openid_connect";
import type { IdTokenClaims } from "@bellhop/core/protocol/id_token_claims";
import type { Session } from "@bellhop/core/session/session";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { hasToken } from "@bellhop/core/session/session_state";
import * as Result from "effect/Result";
import * as Cookie from "./_cookie.ts";
import { refuse, sessionCookieOf, type Site } from "./_site.ts";
import { readSessionId, type SessionId, sessionKeyOf } from "./_ticket.ts";
import { SessionFailed, type WebLoginError } from "./web_login_error.ts";

type AnySite<A, E, R> = Pick<Site<A, E, R>, "settings" | "vault" | "registry">;

/** A session as it lies in the store. */
export interface KeptSession {
  readonly key: string;
  readonly record: SessionRecord;
}

/**
 * Looks into the store, at each request: another process may have ended the session. Nothing is
 * opened for a cookie that stands for none, so that guesses cost no memory.
 */
export const find: <A, E, R>(
  site: AnySite<A, E, R>,
  headers: Headers,
) => Effect.Effect<Option.Option<KeptSession>, WebLoginError, Digest.Digest> = Effect.fnUntraced(
  function* <A, E, R>(site: AnySite<A, E, R>, headers: Headers) {
    const id = idIn(site, headers);
    if (id === undefined) return Option.none<KeptSession>();
    const key = yield* sessionKeyOf(id);
    if (yield* isOver(site, id)) {
      yield* discard(site, key);
      return Option.none<KeptSession>();
    }
    const stored = yield* Effect.catch(
      site.vault.get(key),
      (error) => refuse(new SessionFailed({ error })),
    );
    const kept = Option.filter(stored, ({ record }) => record.status === "active");
    if (Option.isNone(kept)) yield* site.registry.evict(key);
    return Option.map(kept, ({ record }) => ({ key, record }));
  },
);

function idIn<A, E, R>({ settings }: AnySite<A, E, R>, headers: Headers): SessionId | undefined {
  const name = Cookie.nameOf(sessionCookieOf(settings), settings.isSecure);
  return readSessionId(Cookie.read(headers, name));
}

function isOver<A, E, R>(
  { settings }: AnySite<A, E, R>,
  { madeAtMillis }: SessionId,
): Effect.Effect<boolean> {
  return Effect.map(
    Clock.currentTimeMillis,
    (now) => now >= madeAtMillis + settings.sessionSeconds * 1000,
  );
}

/** The session, ready for use, if it can still give a token. */
export const open: <A, E, R>(
  site: AnySite<A, E, R>,
  headers: Headers,
) => Effect.Effect<Option.Option<Session>, WebLoginError, Digest.Digest | Scope.Scope> = Effect
  .fnUntraced(function* <A, E, R>(site: AnySite<A, E, R>, headers: Headers) {
    const kept = yield* find(site, headers);
    if (Option.isNone(kept)) return Option.none<Session>();
    const session = yield* Effect.catch(
      site.registry.get(kept.value.key),
      (error) => refuse(new SessionFailed({ error })),
    );
    return hasToken(yield* session.state) ? Option.some(session) : Option.none<Session>();
  });

/** Who it is, where an ID token said so. */
export function userOf({ record }: KeptSession): Option.Option<IdTokenClaims> {
  return Option.flatMap(
    idTokenOf(record),
    (idToken) => Result.getSuccess(claimsOf({ idToken })),
  );
}

/** The ID token of the login, or the latest of a renewal. */
export function idTokenOf(record: SessionRecord): Option.Option<Redacted.Redacted> {
  return Option.fromUndefinedOr(record.accessTokens[0]?.tokens.idToken);
}

/** Forgets a session without telling the server. */
export function discard<A, E, R>(
  { registry, vault }: AnySite<A, E, R>,
  key: string,
): Effect.Effect<void, WebLoginError> {
  return vault.discard(key).pipe(
    Effect.catch((error) => refuse(new SessionFailed({ error }))),
    Effect.andThen(registry.evict(key)),
  );
}
