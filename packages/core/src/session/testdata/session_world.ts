/** A store, sealing keys and crypto for the tests of sessions, and ways to run and look at them. */
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import type * as Digest from "effect/crypto/Digest";
import type { HttpClient } from "effect/http/HttpClient";
import { layer as layerKeys, makeKey } from "../../protocol/seal.ts";
import type { TokenSet } from "../../protocol/token_set.ts";
import { layerMemory } from "../memory_store.ts";
import { open, type Session, type SessionOptions } from "../session.ts";
import type { SessionError } from "../session_error.ts";
import type { SessionRecord } from "../session_record.ts";
import type { SessionStore } from "../session_store.ts";
import { layer as layerVault, SessionVault } from "../session_vault.ts";
import { client, type RotatingServer } from "./rotating_server.ts";
import * as SyncCrypto from "./sync_crypto.ts";

const keys = Layer.unwrap(
  Effect.map(
    Effect.orDie(makeKey(Redacted.make(new Uint8Array(32).fill(9)))),
    (key) => layerKeys([key]),
  ),
);

/** Above any store. */
export const layerAbove = (
  store: Layer.Layer<SessionStore>,
): Layer.Layer<SessionVault | SessionStore | Digest.Digest> =>
  layerVault.pipe(
    Layer.provideMerge(store),
    Layer.provide(keys),
    Layer.provideMerge(SyncCrypto.layer),
  );

/** A fresh memory store for each test. */
export const layer: Layer.Layer<SessionVault | SessionStore | Digest.Digest> = layerAbove(
  layerMemory,
);

type World = SessionVault | SessionStore | Digest.Digest | HttpClient | Scope.Scope;

/** Runs a test against a server and a store. */
export function run<A>(
  server: RotatingServer,
  body: () => Generator<Effect.Effect<unknown, unknown, World>, A, never>,
  store: Layer.Layer<SessionStore> = layerMemory,
): Effect.Effect<A, unknown> {
  return Effect.gen(body as never).pipe(
    Effect.scoped,
    Effect.provide(server.layer),
    Effect.provide(layerAbove(store)),
  ) as Effect.Effect<A, unknown>;
}

/** One more process with the same session: nothing but the store is shared. */
export function openWork(
  options: Partial<SessionOptions> = {},
): Effect.Effect<Session, SessionError, World> {
  return open({ key: "work", client, ...options });
}

/** A session, and the tokens of a login in it. */
export const openSignedIn: (
  server: RotatingServer,
  options?: Partial<SessionOptions>,
) => Effect.Effect<Session, SessionError, World> = Effect.fnUntraced(
  function* (server: RotatingServer, options: Partial<SessionOptions> = {}) {
    const session = yield* openWork(options);
    const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis);
    yield* session.signIn(server.signIn(now));
    return session;
  },
);

/** The access token in clear. */
export function clear({ accessToken }: TokenSet): string {
  return Redacted.value(accessToken);
}

/** The access token in clear, once it is there. */
export function tokenOf<E>(asked: Effect.Effect<TokenSet, E>): Effect.Effect<string, E> {
  return Effect.map(asked, clear);
}

/** Asks, and leaves it to the test to wait. */
export function asks<A, E, R>(
  asked: Effect.Effect<A, E, R>,
): Effect.Effect<Fiber.Fiber<A, E>, never, R> {
  return Effect.forkChild(asked, { startImmediately: true });
}

/** The tag of the reason why there is no token. */
export function reasonOf<A, R>(
  asked: Effect.Effect<A, SessionError, R>,
): Effect.Effect<string, A, R> {
  return Effect.map(Effect.flip(asked), ({ reason }) => reason._tag);
}

/** What the store holds. */
export const stored: Effect.Effect<SessionRecord | undefined, never, SessionVault> = Effect
  .flatMap(
    SessionVault,
    (vault) =>
      Effect.map(
        Effect.orDie(vault.get("work")),
        (found) => Option.getOrUndefined(found)?.record,
      ),
  );
