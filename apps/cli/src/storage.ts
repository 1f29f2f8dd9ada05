/**
 * The store of the sessions, as the settings choose it.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Aead from "effect/crypto/Aead";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import { generateKey, layer as layerKeys } from "@bellhop/core/protocol/seal";
import { layerMemory } from "@bellhop/core/session/memory_store";
import * as SessionVault from "@bellhop/core/session/session_vault";
import * as Keyring from "@bellhop/node/keyring";
import { type KeySourceError, storeKeyVariable } from "@bellhop/node/sealing_key";
import * as SessionStorage from "@bellhop/node/session_storage";
import * as StorageChoice from "@bellhop/node/storage_choice";
import { Settings } from "./settings.ts";

/** Where the sessions are, for people. */
export interface Storage {
  /** Where they lie and what seals them, as the end of a sentence. */
  readonly place: string;
  /** Why there; absent where nothing was chosen. */
  readonly reason?: string | undefined;
}

/** Key of the {@linkcode Storage} service. */
export const Storage: Context.Service<Storage, Storage> = Context.Service(
  "bellhop/storage/Storage",
);

/** What is provided: the sessions, what they are made with, and where they are. */
export type StorageProvided = SessionVault.SessionVault | Digest.Digest | Storage;

/** What opening the store needs from the platform. */
export type StorageServices = Settings | FileSystem.FileSystem | Path.Path;

type StorageLayer = Layer.Layer<StorageProvided, KeySourceError, StorageServices>;

/** Provides the store of the settings, for whoever will write: a key is made where there is none. */
export const layer: StorageLayer = Layer.unwrap(
  Effect.map(Settings, (settings) => settings.store === "memory" ? inMemory : inHome(settings)),
);

/** Provides the store for whoever looks: where nothing was ever stored, nothing is made. */
export const layerExisting: StorageLayer = Layer.unwrap(
  Effect.gen(function* () {
    const settings = yield* Settings;
    if (settings.store === "memory") return inMemory;
    return (yield* isEmpty(settings)) ? nothingYet(settings) : inHome(settings);
  }),
);

/** What was asked for or set is tried, even where there is nothing to open with it. */
const isEmpty = Effect.fnUntraced(function* ({ home, store }: Settings) {
  if (store === "keyring" || (process.env[storeKeyVariable] ?? "") !== "") return false;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  return yield* fs.exists(path.join(home, "sessions")).pipe(
    Effect.map((exists) => !exists),
    // What cannot be looked at is for the store to complain about.
    Effect.orElseSucceed(() => false),
  );
});

const crypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
);

function inHome({ home, store }: Settings): StorageLayer {
  const chosen = store === "memory" ? "auto" : store;
  const storage = SessionStorage.layer({ home, store: chosen });
  const words = Layer.effect(Storage, Effect.map(StorageChoice.StorageChoice, wordsOf(home)));
  return words.pipe(
    Layer.provideMerge(storage),
    Layer.provide(Keyring.layer()),
    Layer.provideMerge(crypto),
  );
}

function wordsOf(home: string): (choice: StorageChoice.StorageChoice) => Storage {
  return ({ keyLocation, reason }) => ({
    place: `sealed files in ${home}, their key in ${keyLocation}`,
    reason,
  });
}

function nothingYet({ home }: Settings): StorageLayer {
  return provided({ place: `${home}, where nothing is stored yet` });
}

const inMemory = provided({ place: "memory, gone when this command ends" });

function provided(storage: Storage): StorageLayer {
  const keys = Layer.unwrap(Effect.map(generateKey(), (key) => layerKeys([key])));
  const vault = Layer.fresh(SessionVault.layer).pipe(
    Layer.provide(Layer.fresh(layerMemory)),
    Layer.provide(keys),
  );
  return Layer.merge(vault, Layer.succeed(Storage, storage)).pipe(Layer.provideMerge(crypto));
}

/** Says where the sessions are, and why there. */
export function storageWords({ place, reason }: Storage): string {
  return reason === undefined ? place : `${place} (${reason})`;
}
