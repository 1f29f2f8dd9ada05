/**
 * The port of flow stores: where sealed checkpoints wait between the two halves of a login, which
 * may be two requests on two machines.
 *
 * A store moves bytes that it cannot read, under keys that tell it nothing: the key is a digest of
 * the flow's `state`, so that whoever reads the store can neither open what lies there nor make a
 * callback that would be taken. A store that passes the cases of
 * `@bellhop/core/flow/flow_store_conformance` is a flow store.
 *
 * ```ts
 * import { Effect, Option } from "effect";
 * import { FlowStore } from "@bellhop/core/flow/flow_store";
 * import { layerMemory } from "@bellhop/core/flow/memory_flow_store";
 * import { deepEqual } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const store = yield* FlowStore;
 *   yield* store.put("a", Uint8Array.of(1), { ttlMillis: 60_000 });
 *   return [Option.isSome(yield* store.take("a")), Option.isSome(yield* store.take("a"))];
 * });
 *
 * deepEqual(await Effect.runPromise(program.pipe(Effect.provide(layerMemory()))), [true, false]);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-2.1 | RFC 9700 section 2.1}
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Digest from "effect/crypto/Digest";
import * as Base64Url from "effect/encoding/Base64Url";
import type { FlowStoreError } from "./flow_store_error.ts";

/** How long a flow waits. */
export interface PutOptions {
  /** Time from now after which nobody can take it any more, in milliseconds. */
  readonly ttlMillis: number;
}

/** Sealed checkpoints under keys, each to be taken once. */
export interface FlowStore {
  /**
   * Lays a checkpoint under a key, in place of whatever lay there. What has expired is swept out at
   * the latest now, unless the store does so by itself.
   */
  readonly put: (
    key: string,
    sealed: Uint8Array,
    options: PutOptions,
  ) => Effect.Effect<void, FlowStoreError>;
  /**
   * Takes what lies under a key out of the store. Of many who take it at once, in however many
   * processes, exactly one gets it. None where nothing lies there or its time is over.
   */
  readonly take: (key: string) => Effect.Effect<Option.Option<Uint8Array>, FlowStoreError>;
}

/** Key of the {@linkcode FlowStore} service. */
export const FlowStore: Context.Service<FlowStore, FlowStore> = Context.Service(
  "@bellhop/core/flow/flow_store/FlowStore",
);

/**
 * The key under which a flow of this `state` waits: base64url of its SHA-256 digest.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { Digest } from "effect/crypto";
 * import { keyOf } from "@bellhop/core/flow/flow_store";
 * import { equal } from "node:assert/strict";
 *
 * const key = keyOf(Redacted.make("xyz")).pipe(Effect.provide(Digest.layerWebCrypto));
 * equal(await Effect.runPromise(key), "Ngi8oeROpsTSaOttsCJgJpiSwLQrhrvx53pvoWw8koI");
 * ```
 *
 * @param state As it stands in the authorization request. It has enough entropy to need no salt.
 */
export function keyOf(state: Redacted.Redacted): Effect.Effect<string, never, Digest.Digest> {
  const bytes = new TextEncoder().encode(Redacted.value(state));
  return Digest.Digest.use((digest) =>
    Effect.map(digest.digest(Digest.sha256, bytes), Base64Url.encode)
  );
}
