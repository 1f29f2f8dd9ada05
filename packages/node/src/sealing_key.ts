/**
 * Where a program on Node gets its sealing keys: from `BELLHOP_STORE_KEY`, else from a key file.
 *
 * Either holds 32 random bytes as base64url, base64 or hexadecimal digits; several keys, separated
 * by commas or line ends, are a rotation: the first seals, all open. The file is made on first use,
 * with mode 0600, and of processes that start at once one makes it and all use it. A file that
 * others may read or that is another user's is refused, and so is one in a directory where others
 * may put another in its place.
 *
 * ```ts
 * import { NodeServices } from "@effect/platform-node";
 * import { Effect, FileSystem, Layer, Path } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { SealingKeys } from "@bellhop/core/protocol/seal";
 * import { layer } from "@bellhop/node/sealing_key";
 * import { equal } from "node:assert/strict";
 *
 * const keyId = Effect.map(SealingKeys, ({ keys: [first] }) => first.id);
 * const program = Effect.gen(function* () {
 *   const fs = yield* FileSystem.FileSystem;
 *   const path = yield* Path.Path;
 *   const keyFile = path.join(yield* fs.makeTempDirectoryScoped(), "store.key");
 *   equal(
 *     yield* Effect.provide(keyId, layer({ keyFile })),
 *     yield* Effect.provide(keyId, layer({ keyFile })),
 *   );
 * }).pipe(
 *   Effect.scoped,
 *   Effect.provide(
 *     Layer.mergeAll(NodeServices.layer, SecureRandom.layerWebCrypto, Digest.layerWebCrypto),
 *   ),
 * );
 * await Effect.runPromise(program);
 * ```
 *
 * @module
 */
import * as Config from "effect/Config";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import type * as Redacted from "effect/Redacted";
import type * as Digest from "effect/crypto/Digest";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import { SealingKeys } from "@bellhop/core/protocol/seal";
import { fromFile, makeKeyFile, readKeyFile } from "./_key_file.ts";
import { makeText, parse, sealingKeys, type Source } from "./_key_text.ts";
import { KeySourceError, type KeySourceProblem } from "./key_source_error.ts";

export { KeySourceError, type KeySourceProblem };

/** Name of the environment variable that holds the key. */
export const storeKeyVariable = "BELLHOP_STORE_KEY";

/** Where the key file lies. */
export interface SealingKeyOptions {
  /**
   * Read unless `BELLHOP_STORE_KEY` is set and not empty; made with a new key if it does not exist.
   */
  readonly keyFile: string;
}

/** What reading or making a key needs from the platform. */
export type SealingKeyServices =
  | FileSystem.FileSystem
  | Path.Path
  | SecureRandom.SecureRandom
  | Digest.Digest;

/**
 * Provides the keys, from the environment or the file. The module's example shows it.
 */
export function layer(
  options: SealingKeyOptions,
): Layer.Layer<SealingKeys, KeySourceError, SealingKeyServices> {
  return Layer.effect(SealingKeys, make(options));
}

/**
 * Gives the keys of `BELLHOP_STORE_KEY`, none where it is not set or empty.
 *
 * ```ts
 * import { ConfigProvider, Effect, Option } from "effect";
 * import { Digest } from "effect/crypto";
 * import { fromEnvironment } from "@bellhop/node/sealing_key";
 * import { equal } from "node:assert/strict";
 *
 * const env = { BELLHOP_STORE_KEY: "00".repeat(32) };
 * const keys = fromEnvironment().pipe(
 *   Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
 *   Effect.provide(Digest.layerWebCrypto),
 * );
 * equal(Option.getOrThrow(await Effect.runPromise(keys)).keys[0].id, "66687aadf862bd77");
 * ```
 */
export const fromEnvironment: () => Effect.Effect<
  Option.Option<SealingKeys>,
  KeySourceError,
  Digest.Digest
> = Effect.fnUntraced(function* () {
  const variable = yield* Effect.orDie(Config.option(Config.Redacted(storeKeyVariable)));
  if (Option.isNone(variable)) return Option.none();
  const keys = yield* parse(variable.value, fromVariable);
  return Option.some({ keys: sealingKeys(keys) });
});

const make = Effect.fnUntraced(function* ({ keyFile }: SealingKeyOptions) {
  const found = yield* fromEnvironment();
  if (Option.isSome(found)) return found.value;
  const text = yield* readOrMake(keyFile);
  return { keys: sealingKeys(yield* parse(text, fromFile(keyFile))) };
});

const readOrMake: (
  keyFile: string,
) => Effect.Effect<
  Redacted.Redacted,
  KeySourceError,
  FileSystem.FileSystem | Path.Path | SecureRandom.SecureRandom
> = Effect.fnUntraced(function* (keyFile: string) {
  const text = yield* readKeyFile(keyFile);
  if (Option.isSome(text)) return text.value;
  yield* makeKeyFile(keyFile, yield* makeText);
  const made = yield* readKeyFile(keyFile);
  return Option.isSome(made) ? made.value : yield* vanished(keyFile);
});

const howToMake =
  `node -e 'console.log(crypto.getRandomValues(Buffer.alloc(32)).toString("base64url"))'`;

const fromVariable: Source = {
  location: storeKeyVariable,
  hint: `Set it to the output of ${howToMake}, or unset it to use a key file`,
};

function vanished(location: string): KeySourceError {
  return new KeySourceError({
    problem: "unreadable",
    location,
    description: "it was removed while it was being read",
    hint: "Find out what removes it, and try again",
  });
}
