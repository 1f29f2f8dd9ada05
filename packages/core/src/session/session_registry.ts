/**
 * Sessions by their keys, for servers that have thousands of them: each is opened when it is first
 * wanted, shared by all who use it, and closed when nobody has used it for a while.
 *
 * ```ts
 * import { Effect, Layer, Redacted } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { FetchHttpClient } from "effect/http";
 * import { generateKey, layer as layerKeys } from "@bellhop/core/protocol/seal";
 * import { layerMemory } from "@bellhop/core/session/memory_store";
 * import { layer, SessionRegistry } from "@bellhop/core/session/session_registry";
 * import * as SessionVault from "@bellhop/core/session/session_vault";
 * import { equal } from "node:assert/strict";
 *
 * const client = {
 *   clientId: "app",
 *   authentication: { method: "none" },
 *   server: { issuer: "https://as.example.com", tokenEndpoint: "https://as.example.com/token" },
 * } as const;
 *
 * const program = Effect.gen(function* () {
 *   const registry = yield* SessionRegistry;
 *   const ada = yield* registry.get("user:ada");
 *   yield* ada.signIn({
 *     accessToken: Redacted.make("2YotnFZFEjr1zCsicMWpAA"),
 *     tokenType: "Bearer",
 *     obtainedAtMillis: 0,
 *     scope: [],
 *   });
 *   const again = yield* registry.get("user:ada");
 *   return (yield* again.token()).tokenType;
 * }).pipe(Effect.scoped);
 *
 * const keys = Layer.unwrap(Effect.map(generateKey(), (key) => layerKeys([key])));
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * const registry = layer({ optionsOf: () => ({ client }) }).pipe(
 *   Layer.provide([SessionVault.layer, FetchHttpClient.layer]),
 *   Layer.provide([layerMemory, keys]),
 *   Layer.provide(crypto),
 * );
 * equal(await Effect.runPromise(program.pipe(Effect.provide(registry))), "Bearer");
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as RcMap from "effect/RcMap";
import * as Scope from "effect/Scope";
import { type Hooks, openSession } from "./_open_session.ts";
import type { Session, SessionOptions, SessionServices } from "./session.ts";
import type { SessionError } from "./session_error.ts";

/** How the sessions of a registry are opened, and how long they stay open. */
export interface RegistryOptions<R = never> {
  /** What a session is opened with; its key is the one that was asked for. */
  readonly optionsOf: (key: string) => Omit<SessionOptions<R>, "key">;
  /**
   * How long a session stays open that nobody uses, in milliseconds. What it holds is in the store:
   * it is opened again when it is wanted. As long as memory alone holds its tokens it stays open.
   *
   * @default 300_000
   */
  readonly idleMillis?: number | undefined;
}

/** Sessions by their keys. */
export interface SessionRegistry {
  /**
   * Gives the session of a key, in use until the scope closes. All who ask for one key at a time get
   * the same session, so that its renewals are one, too. One that cannot be opened, or that a fault
   * has ended, is opened anew for the next who asks.
   */
  readonly get: (key: string) => Effect.Effect<Session, SessionError, Scope.Scope>;
  /**
   * Closes a session as soon as nobody uses it and no renewal of it is under way: the next who asks
   * for it reads the store.
   */
  readonly evict: (key: string) => Effect.Effect<void>;
  /** Keys of the sessions that are open, those that nobody uses at the moment among them. */
  readonly keys: Effect.Effect<ReadonlyArray<string>>;
}

/** Key of the {@linkcode SessionRegistry} service. */
export const SessionRegistry: Context.Service<SessionRegistry, SessionRegistry> = Context.Service(
  "@bellhop/core/session/session_registry/SessionRegistry",
);

/** Makes a registry. When the scope closes, its sessions do. */
export const make: <R = never>(
  options: RegistryOptions<R>,
) => Effect.Effect<SessionRegistry, never, SessionServices | Scope.Scope | R> = Effect.fnUntraced(
  function* <R>({ optionsOf, idleMillis = 300_000 }: RegistryOptions<R>) {
    const fork = Effect.runForkWith(yield* Effect.context());
    const sessions: RcMap.RcMap<string, Session, SessionError> = yield* RcMap.make({
      lookup: (key: string) => openSession({ ...optionsOf(key), key }, hooksOf(key)),
      idleTimeToLive: idleMillis,
    });
    /** Amid a renewal a session is in use, for memory alone may hold its next refresh token. */
    const hooksOf = (key: string): Hooks => {
      let hold: Scope.Closeable | undefined;
      const letGo = () => {
        if (hold !== undefined) fork(Scope.close(hold, Exit.void));
        hold = undefined;
      };
      return {
        onStep: (isBusy) => {
          if (!isBusy) return letGo();
          if (hold !== undefined) return;
          hold = Scope.makeUnsafe();
          fork(Effect.ignore(Scope.provide(RcMap.getOption(sessions, key), hold)));
        },
        onFault: () => {
          fork(RcMap.invalidate(sessions, key));
          letGo();
        },
      };
    };
    return SessionRegistry.of({
      get: (key) =>
        Effect.tapError(RcMap.get(sessions, key), () => RcMap.invalidate(sessions, key)),
      evict: (key) => RcMap.invalidate(sessions, key),
      keys: Effect.map(RcMap.keys(sessions), (keys) => [...keys]),
    });
  },
);

/** Provides a registry. The module's example shows it. */
export function layer<R = never>(
  options: RegistryOptions<R>,
): Layer.Layer<SessionRegistry, never, SessionServices | R> {
  return Layer.effect(SessionRegistry, make(options)) as Layer.Layer<
    SessionRegistry,
    never,
    SessionServices | R
  >;
}
