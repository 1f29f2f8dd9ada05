/**
 * A session store in the memory of one process, for tests and for sessions that need not survive.
 *
 * Like every store it sees sealed bytes only.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import { acquire, isInForce, type LeaseBackend } from "./lease.ts";
import { SessionStore, type StoredBytes } from "./session_store.ts";
import { Conflict, StoreError } from "./store_error.ts";

/**
 * Provides an empty store, gone when the layer's scope closes.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { layerMemory } from "@bellhop/core/session/memory_store";
 * import { SessionStore } from "@bellhop/core/session/session_store";
 * import { deepEqual } from "node:assert/strict";
 *
 * const keys = Effect.flatMap(SessionStore, (store) => store.list());
 * deepEqual(await Effect.runPromise(keys.pipe(Effect.provide(layerMemory))), []);
 * ```
 */
export const layerMemory: Layer.Layer<SessionStore> = Layer.sync(SessionStore, make);

interface Entry {
  readonly version: number;
  /** Absent: a tombstone. */
  readonly bytes?: Uint8Array;
}

interface Held {
  readonly expiresAtMillis: number;
  readonly ttlMillis: number;
  readonly holder: symbol;
}

function make(): SessionStore {
  const entries = new Map<string, Entry>();
  const leases = new Map<string, Held>();
  return {
    get: (key) => Effect.sync(() => Option.fromUndefinedOr(stored(entries.get(key)))),
    put: (key, bytes, { ifVersion }) =>
      Effect.suspend(() => replace(entries, key, { ifVersion, bytes: bytes.slice() })),
    remove: (key, { ifVersion }) =>
      Effect.suspend(() => Effect.asVoid(replace(entries, key, { ifVersion }))),
    list: () =>
      Effect.sync(() =>
        Array.from(entries).flatMap(([key, { bytes }]) => bytes === undefined ? [] : [key])
          .toSorted()
      ),
    lease: (key, options) =>
      acquire(leaseBackend(leases, key, options.ttlMillis), { ...options, key }),
  };
}

function stored(entry: Entry | undefined): StoredBytes | undefined {
  return entry?.bytes && { bytes: entry.bytes.slice(), version: entry.version };
}

interface Replacement {
  readonly ifVersion: number | null;
  readonly bytes?: Uint8Array;
}

function replace(
  entries: Map<string, Entry>,
  key: string,
  { ifVersion, ...next }: Replacement,
): Effect.Effect<number, StoreError> {
  const current = entries.get(key);
  if ((stored(current)?.version ?? null) !== ifVersion) {
    return new StoreError({ reason: new Conflict({ key, ifVersion }) });
  }
  const version = (current?.version ?? 0) + 1;
  entries.set(key, { ...next, version });
  return Effect.succeed(version);
}

function leaseBackend(
  leases: Map<string, Held>,
  key: string,
  ttlMillis: number,
): LeaseBackend<symbol> {
  return {
    tryAcquire: (expiresAtMillis) =>
      Effect.map(Clock.currentTimeMillis, (nowMillis) => {
        const held = leases.get(key);
        if (held !== undefined && isInForce({ ...held, nowMillis })) return Option.none();
        const holder = Symbol(key);
        leases.set(key, { expiresAtMillis, ttlMillis, holder });
        return Option.some(holder);
      }),
    tryExtend: (holder, expiresAtMillis) =>
      Effect.sync(() => {
        if (leases.get(key)?.holder !== holder) return false;
        leases.set(key, { expiresAtMillis, ttlMillis, holder });
        return true;
      }),
    release: (holder) =>
      Effect.sync(() => {
        if (leases.get(key)?.holder === holder) leases.delete(key);
      }),
  };
}
