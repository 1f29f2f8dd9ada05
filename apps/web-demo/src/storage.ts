/**
 * Where the demonstration keeps logins under way and sessions: in memory, or in a directory that
 * several of its processes share.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Aead from "effect/crypto/Aead";
import * as Digest from "effect/crypto/Digest";
import * as Mac from "effect/crypto/Mac";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Signature from "effect/crypto/Signature";
import type { FlowStore } from "@bellhop/core/flow/flow_store";
import { layerMemory as layerFlows } from "@bellhop/core/flow/memory_flow_store";
import { generateKey, SealingKeys } from "@bellhop/core/protocol/seal";
import { layerMemory } from "@bellhop/core/session/memory_store";
import * as SessionVault from "@bellhop/core/session/session_vault";
import * as FileFlowStore from "@bellhop/node/file_flow_store";
import * as Keyring from "@bellhop/node/keyring";
import type { KeySourceError } from "@bellhop/node/key_source_error";
import * as SessionStorage from "@bellhop/node/session_storage";

/** Crypto of the platform. */
export type Crypto =
  | Aead.Aead
  | Digest.Digest
  | Mac.Mac
  | SecureRandom.SecureRandom
  | Signature.Signature;

/** Provides the crypto that logins need. */
export const layerCrypto: Layer.Layer<Crypto> = Layer.mergeAll(
  Aead.layerWebCrypto,
  Digest.layerWebCrypto,
  Mac.layerWebCrypto,
  Signature.layerWebCrypto,
).pipe(Layer.provideMerge(SecureRandom.layerWebCrypto));

/** What is provided. */
export type Storage = FlowStore | SealingKeys | SessionVault.SessionVault;

/**
 * Provides the stores.
 *
 * @param directory Absent: memory, with a key that nobody else has.
 */
export function layer(
  directory: string | undefined,
): Layer.Layer<Storage, KeySourceError, Crypto | FileSystem.FileSystem | Path.Path> {
  return directory === undefined ? inMemory : inFiles(directory);
}

const inMemory: Layer.Layer<Storage, never, Crypto> = SessionVault.layer.pipe(
  Layer.provide(layerMemory),
  Layer.merge(layerFlows()),
  Layer.provideMerge(
    Layer.effect(SealingKeys, Effect.map(generateKey(), (key) => ({ keys: [key] as const }))),
  ),
);

function inFiles(
  home: string,
): Layer.Layer<Storage, KeySourceError, Crypto | FileSystem.FileSystem | Path.Path> {
  const flows = Layer.unwrap(
    Effect.map(Path.Path, (path) => FileFlowStore.layer({ directory: path.join(home, "flows") })),
  );
  const sessions = SessionStorage.layer({ home, store: "file" }).pipe(
    Layer.provide(Keyring.layer()),
  );
  return Layer.merge(flows, sessions);
}
