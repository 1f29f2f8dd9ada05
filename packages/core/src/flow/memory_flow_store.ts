/**
 * A flow store in the memory of one process, for tests and for servers that are one process.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import { FlowStore } from "./flow_store.ts";
import { FlowStoreError, Full } from "./flow_store_error.ts";

/** How much a memory store holds. */
export interface MemoryFlowStoreOptions {
  /**
   * How many flows may wait at once. One more fails with `Full`: anybody can begin a login.
   *
   * @default 10_000
   */
  readonly maxFlows?: number | undefined;
}

const MAX_FLOWS = 10_000;

/**
 * Provides an empty store, gone when the layer's scope closes.
 *
 * ```ts
 * import { Effect, Option } from "effect";
 * import { FlowStore } from "@bellhop/core/flow/flow_store";
 * import { layerMemory } from "@bellhop/core/flow/memory_flow_store";
 * import { ok } from "node:assert/strict";
 *
 * const taken = FlowStore.use((store) => store.take("never put"));
 * ok(Option.isNone(await Effect.runPromise(taken.pipe(Effect.provide(layerMemory())))));
 * ```
 */
export function layerMemory(options: MemoryFlowStoreOptions = {}): Layer.Layer<FlowStore> {
  return Layer.sync(FlowStore, () => make(options.maxFlows ?? MAX_FLOWS));
}

interface Entry {
  readonly sealed: Uint8Array;
  readonly expiresAtMillis: number;
}

function make(maxFlows: number): FlowStore {
  const entries = new Map<string, Entry>();
  return {
    put: (key, sealed, { ttlMillis }) =>
      Effect.flatMap(Clock.currentTimeMillis, (nowMillis) => {
        sweep(entries, nowMillis);
        if (entries.size >= maxFlows && !entries.has(key)) {
          return new FlowStoreError({ reason: new Full({ maxFlows }) });
        }
        entries.set(key, { sealed: sealed.slice(), expiresAtMillis: nowMillis + ttlMillis });
        return Effect.void;
      }),
    take: (key) =>
      Effect.map(Clock.currentTimeMillis, (nowMillis) => {
        const entry = entries.get(key);
        entries.delete(key);
        return entry !== undefined && nowMillis < entry.expiresAtMillis
          ? Option.some(entry.sealed)
          : Option.none();
      }),
  };
}

function sweep(entries: Map<string, Entry>, nowMillis: number): void {
  for (const [key, { expiresAtMillis }] of entries) {
    if (expiresAtMillis <= nowMillis) entries.delete(key);
  }
}
