/**
 * The store of the sessions, as the settings choose it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Aead from "effect/crypto/Aead";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import { generateKey, layer as layerKeys } from "@bellhop/core/protocol/seal";
import { layerMemory } from "@bellhop/core/session/memory_store";
import * as SessionVault from "@bellhop/core/session/session_vault";
import * as FileStore from "@bellhop/node/file_store";
import * as SealingKey from "@bellhop/node/sealing_key";
import { type CommandError, configurationError } from "./command_error.ts";
import { Settings } from "./settings.ts";

/** What opening the store needs from the platform. */
export type StorageServices = Settings | FileSystem.FileSystem | Path.Path;

/** Provides the vault above the store of the settings. */
export const layer: Layer.Layer<
  SessionVault.SessionVault,
  CommandError | SealingKey.KeySourceError,
  StorageServices
> = Layer.unwrap(Effect.suspend(() => choose()));

const choose = Effect.fnUntraced(function* () {
  const { store, home } = yield* Settings;
  if (store === "keyring") {
    return yield* configurationError(
      "This build has no keyring store",
      "Use --store file, which is sealed with a key in a file that only you can read",
    );
  }
  if (store === "memory") return layerInMemory;
  const path = yield* Path.Path;
  const sealed = SessionVault.layer.pipe(
    Layer.provide(FileStore.layer({ directory: path.join(home, "sessions") })),
    Layer.provide(SealingKey.layer({ keyFile: path.join(home, "store.key") })),
  );
  return Layer.provide(sealed, layerCrypto);
});

const layerCrypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
);

const layerInMemory = SessionVault.layer.pipe(
  Layer.provide(layerMemory),
  Layer.provide(Layer.unwrap(Effect.map(generateKey(), (key) => layerKeys([key])))),
  Layer.provide(layerCrypto),
);

/** Names the store for people. */
export function storeWords({ store, home }: Settings): string {
  return store === "memory" ? "memory, gone when this command ends" : `sealed files in ${home}`;
}
