/**
 * Where a program on Node keeps its sealing key, chosen by itself: the keyring of the operating
 * system where one answers, else a key file. It says what it chose and why.
 *
 * What is chosen on first use stays chosen and is written down in the home, so that the same home
 * means the same key from the desktop, over SSH and in a scheduled job.
 *
 * | the home                                    | `auto`                       | `keyring`            | `file`               |
 * | ------------------------------------------- | ---------------------------- | -------------------- | -------------------- |
 * | (`BELLHOP_STORE_KEY` is set)                | the variable                 | the variable         | the variable         |
 * | is new, a keyring answers                   | new key in the keyring       | the same             | new key in the file  |
 * | is new, no keyring answers                  | new key in the file          | `unavailable`        | new key in the file  |
 * | is new but for a key file                   | the file                     | `elsewhere`          | the file             |
 * | chose the keyring, which answers            | the keyring                  | the keyring          | `elsewhere`          |
 * | chose the keyring, which does not answer    | `unavailable` or `timeout`   | the same             | `elsewhere`          |
 * | chose the keyring, where the key is gone    | `missing`                    | `missing`            | `elsewhere`          |
 * | chose the file                              | the file                     | `elsewhere`          | the file             |
 * | chose the file, which is gone               | `missing`                    | `elsewhere`          | `missing`            |
 *
 * A second key is never made in silence, because it would open nothing. A home that chose the
 * keyring opens with the keys of a key file too, if one lies there. To move the key, rotate it
 * (`@bellhop/node/key_rotation`).
 *
 * ```ts
 * import { NodeServices } from "@effect/platform-node";
 * import { Effect, FileSystem, Layer } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { layerMemory } from "@bellhop/node/keyring";
 * import { layer, StorageChoice } from "@bellhop/node/storage_choice";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const fs = yield* FileSystem.FileSystem;
 *   const home = yield* fs.makeTempDirectoryScoped();
 *   const choice = yield* Effect.provide(StorageChoice, layer({ home }));
 *   equal(choice.kind, "keyring");
 *   equal(choice.reason, "a keyring answered on first use");
 * }).pipe(
 *   Effect.scoped,
 *   Effect.provide([layerMemory, SecureRandom.layerWebCrypto, Digest.layerWebCrypto]),
 *   Effect.provide(NodeServices.layer),
 * );
 * await Effect.runPromise(program);
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import type * as Digest from "effect/crypto/Digest";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import { SealingKeys } from "@bellhop/core/protocol/seal";
import { chooseKeys } from "./_key_choice.ts";
import { sealingKeys } from "./_key_text.ts";
import type { KeySourceError } from "./key_source_error.ts";
import type { Keyring } from "./keyring.ts";
import { fromEnvironment, storeKeyVariable } from "./sealing_key.ts";

/** Where the keys shall be. */
export interface StorageOptions {
  /** Directory of everything that is kept; made with mode 0700 if it does not exist. */
  readonly home: string;
  /**
   * Where the sealing key is kept. The sessions lie in files either way.
   *
   * @default "auto": the keyring where one answers, else a key file
   */
  readonly store?: "auto" | "keyring" | "file" | undefined;
}

/** What was chosen, for people. Holds no secret. */
export interface StorageChoice {
  /** Where the sealing key comes from. */
  readonly kind: "environment" | "keyring" | "file";
  /** Why from there, as the second half of a sentence. */
  readonly reason: string;
  /** Name of the variable, path of the file, or entry of the keyring. */
  readonly keyLocation: string;
}

/** Key of the {@linkcode StorageChoice} service. */
export const StorageChoice: Context.Service<StorageChoice, StorageChoice> = Context.Service(
  "@bellhop/node/storage_choice/StorageChoice",
);

/** What choosing needs. */
export type StorageChoiceServices =
  | Keyring
  | FileSystem.FileSystem
  | Path.Path
  | SecureRandom.SecureRandom
  | Digest.Digest;

/**
 * Provides the keys and what was chosen. The module's example shows it.
 */
export function layer(
  options: StorageOptions,
): Layer.Layer<SealingKeys | StorageChoice, KeySourceError, StorageChoiceServices> {
  return Layer.effectContext(Effect.map(
    choose(options),
    ({ keys, choice }) =>
      Context.make(SealingKeys, { keys }).pipe(Context.add(StorageChoice, choice)),
  ));
}

interface Chosen extends SealingKeys {
  readonly choice: StorageChoice;
}

const choose = Effect.fn("StorageChoice.choose")(
  function* ({ home, store = "auto" }: StorageOptions) {
    const environment = yield* fromEnvironment();
    if (Option.isSome(environment)) {
      const reason = "it is set, which goes before everything else";
      const choice: StorageChoice = {
        kind: "environment",
        reason,
        keyLocation: storeKeyVariable,
      };
      return { keys: environment.value.keys, choice } satisfies Chosen;
    }
    const { keys, others, place, location } = yield* chooseKeys({ home, store });
    const choice = { kind: place.store, reason: place.reason, keyLocation: location };
    return { keys: sealingKeys(keys, ...others), choice } satisfies Chosen;
  },
);
