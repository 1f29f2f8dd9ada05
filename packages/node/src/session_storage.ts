/**
 * Where a program on Node keeps its sessions: sealed files in a home, the sealing key where
 * `@bellhop/node/storage_choice` puts it.
 *
 * ```ts
 * import { NodeServices } from "@effect/platform-node";
 * import { Effect, FileSystem, Layer } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { SessionVault } from "@bellhop/core/session/session_vault";
 * import { layer as layerKeyring } from "@bellhop/node/keyring";
 * import { layer } from "@bellhop/node/session_storage";
 * import { StorageChoice } from "@bellhop/node/storage_choice";
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   deepEqual(yield* (yield* SessionVault).list(), []);
 *   equal((yield* StorageChoice).kind, "file");
 * });
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * const inTemporaryHome = Effect.gen(function* () {
 *   const fs = yield* FileSystem.FileSystem;
 *   const home = yield* fs.makeTempDirectoryScoped();
 *   yield* Effect.provide(program, layer({ home, store: "file" }));
 * }).pipe(
 *   Effect.scoped,
 *   Effect.provide(Layer.mergeAll(NodeServices.layer, layerKeyring(), crypto)),
 * );
 * await Effect.runPromise(inTemporaryHome);
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import type * as Aead from "effect/crypto/Aead";
import type { SealingKeys } from "@bellhop/core/protocol/seal";
import type { SessionStore } from "@bellhop/core/session/session_store";
import * as SessionVault from "@bellhop/core/session/session_vault";
import * as FileStore from "./file_store.ts";
import type { KeySourceError } from "./key_source_error.ts";
import * as StorageChoice from "./storage_choice.ts";

/** What is provided: the vault, what it is made of, and what was chosen. */
export type SessionStorage =
  | SessionVault.SessionVault
  | SessionStore
  | SealingKeys
  | StorageChoice.StorageChoice;

/** What the storage needs from the platform. */
export type SessionStorageServices = StorageChoice.StorageChoiceServices | Aead.Aead;

/**
 * Provides the sessions of a home. The key is got, or made on first use, when the layer is built;
 * the sessions lie in the folder `sessions`. The module's example shows it.
 */
export function layer(
  options: StorageChoice.StorageOptions,
): Layer.Layer<SessionStorage, KeySourceError, SessionStorageServices> {
  const files = Layer.unwrap(Effect.map(
    Path.Path,
    (path) => FileStore.layer({ directory: path.join(options.home, "sessions") }),
  ));
  // Fresh: two storages in one program must not share the first one's vault.
  return Layer.provideMerge(
    Layer.fresh(SessionVault.layer),
    Layer.merge(files, StorageChoice.layer(options)),
  );
}
