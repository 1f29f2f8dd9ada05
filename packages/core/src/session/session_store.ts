/**
 * The port of session stores: sealed bytes under keys, with versions and leases.
 *
 * A store moves bytes that it cannot read. What they mean, and the key that opens them, is the
 * business of the session vault (`@bellhop/core/session/session_vault`) above it. A store that
 * passes the cases of `@bellhop/core/session/store_conformance` is a session store.
 *
 * ```ts
 * import { Effect, Option } from "effect";
 * import { layerMemory } from "@bellhop/core/session/memory_store";
 * import { SessionStore } from "@bellhop/core/session/session_store";
 * import { deepEqual } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const store = yield* SessionStore;
 *   const version = yield* store.put("work", new Uint8Array([1]), { ifVersion: null });
 *   yield* store.put("work", new Uint8Array([2]), { ifVersion: version });
 *   return yield* store.get("work");
 * });
 * const stored = await Effect.runPromise(program.pipe(Effect.provide(layerMemory)));
 * deepEqual(Option.getOrThrow(stored).bytes, new Uint8Array([2]));
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import type { StoreError } from "./store_error.ts";

/** What lies under a key. */
export interface StoredBytes {
  /** Sealed, as they were put. */
  readonly bytes: Uint8Array;
  /** Grows with every write and removal under its key and is never used a second time. */
  readonly version: number;
  /** Where the bytes lie, for messages: a path, a table. */
  readonly location?: string | undefined;
}

/** What a `put` may replace. */
export interface PutOptions {
  /** The version that is replaced; `null`: nothing may be there. */
  readonly ifVersion: number | null;
}

/** What a `remove` may remove. */
export interface RemoveOptions {
  /** The version that is removed. */
  readonly ifVersion: number;
}

/** How a lease is taken. */
export interface LeaseOptions {
  /** How long a holder that gives no sign of life keeps the others out: finite and positive. */
  readonly ttlMillis: number;
  /**
   * How long to wait for another holder. A store that does not answer is given up then too, but not
   * before it had a second.
   *
   * @default twice `ttlMillis`
   */
  readonly waitMillis?: number | undefined;
}

/**
 * The right to be the only one who renews a session, until the scope closes.
 *
 * It is kept alive at a third of its time. A holder that was stopped for longer than its time has
 * lost it, which no store can prevent: look at `remainingMillis` just before what must happen once,
 * and race it with `lost`.
 */
export interface Lease {
  /** What is left before another may take it; 0 once it is lost. */
  readonly remainingMillis: Effect.Effect<number>;
  /** Waits, and fails with `LeaseLost` when the lease is lost before its scope closes. */
  readonly lost: Effect.Effect<never, StoreError>;
}

/**
 * Sealed bytes under keys. Any string is a key, the empty one and `../x` too; `a` and `A` are two.
 */
export interface SessionStore {
  /** Gives what lies under `key`, none where nothing does. */
  readonly get: (key: string) => Effect.Effect<Option.Option<StoredBytes>, StoreError>;
  /**
   * Writes if what lies there is still `ifVersion`, else fails with `Conflict`; of several writers
   * at once exactly one succeeds. Gives the new version.
   */
  readonly put: (
    key: string,
    bytes: Uint8Array,
    options: PutOptions,
  ) => Effect.Effect<number, StoreError>;
  /**
   * Removes if what lies there is still `ifVersion`, else fails with `Conflict`. What stays is a
   * tombstone that remembers the version.
   */
  readonly remove: (key: string, options: RemoveOptions) => Effect.Effect<void, StoreError>;
  /** Gives the keys under which something lies, sorted by code unit. */
  readonly list: () => Effect.Effect<ReadonlyArray<string>, StoreError>;
  /**
   * Takes the lease on `key`, whether or not something lies there, or fails with `LeaseTimeout`.
   */
  readonly lease: (
    key: string,
    options: LeaseOptions,
  ) => Effect.Effect<Lease, StoreError, Scope.Scope>;
}

/** Key of the {@linkcode SessionStore} service. */
export const SessionStore: Context.Service<SessionStore, SessionStore> = Context.Service(
  "@bellhop/core/session/session_store/SessionStore",
);
