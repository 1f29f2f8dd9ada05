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
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Hex from "effect/encoding/Hex";
import { makeKey, type SealingKey, SealingKeys } from "@bellhop/core/protocol/seal";
import { readBounded } from "./_bounded_file.ts";
import { faultOf, isNotFound, type RefusedFile } from "./_file_fault.ts";
import { makeNewFile, temporaryName } from "./_new_file.ts";

/** Name of the environment variable that holds the key. */
export const storeKeyVariable = "BELLHOP_STORE_KEY";

/** Where the key file lies. */
export interface SealingKeyOptions {
  /**
   * Read unless `BELLHOP_STORE_KEY` is set and not empty; made with a new key if it does not exist.
   */
  readonly keyFile: string;
}

/** What is wrong with the place where the key should be. */
export type KeySourceProblem = "malformed" | "permissions" | "unreadable" | "unwritable";

/** No sealing key could be had. Never shows what was found. */
export class KeySourceError extends Data.Error<{
  readonly problem: KeySourceProblem;
  /** The environment variable or the path of the file. */
  readonly location: string;
  /** What is wrong with it. */
  readonly description: string;
  /** What to do about it. */
  readonly hint: string;
}> {
  override readonly name = "KeySourceError";
  readonly _tag = "KeySourceError";
  override readonly message: string =
    `Sealing key cannot be had from "${this.location}": ${this.description}`;
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

const make = Effect.fnUntraced(function* ({ keyFile }: SealingKeyOptions) {
  const variable = yield* Effect.orDie(Config.option(Config.Redacted(storeKeyVariable)));
  if (Option.isSome(variable)) return yield* parse(variable.value, fromVariable);
  yield* checkDirectory(keyFile);
  const text = yield* Effect.catchIf(
    readKeyFile(keyFile),
    (error) => error === "NotFound",
    () => Effect.andThen(makeKeyFile(keyFile), readKeyFile(keyFile)),
  ).pipe(Effect.catch((error) => Effect.fail(error === "NotFound" ? vanished(keyFile) : error)));
  return yield* parse(text, fromFile(keyFile));
});

/** Where a text came from, for messages. */
interface Source {
  readonly location: string;
  readonly hint: string;
}

const howToMake =
  `node -e 'console.log(crypto.getRandomValues(Buffer.alloc(32)).toString("base64url"))'`;

const fromVariable: Source = {
  location: storeKeyVariable,
  hint: `Set it to the output of ${howToMake}, or unset it to use a key file`,
};

function fromFile(location: string): Source {
  return {
    location,
    hint: "Restore it from a backup. Without it the sessions stay closed: " +
      "to start anew, move it away and log in again",
  };
}

/** Fails with `"NotFound"` where there is none. */
const readKeyFile = Effect.fnUntraced(function* (keyFile: string) {
  const { content, info } = yield* Effect.mapError(
    readBounded(keyFile, keyFileLimitBytes),
    (error) => isNotFound(error) ? "NotFound" : fault("unreadable", error, keyFile),
  );
  if (isPosix && (info.mode & 0o077) !== 0) {
    return yield* exposed({
      location: keyFile,
      description: `others may access it (mode ${octal(info.mode)})`,
      hint: `Run chmod 600 ${quoted(keyFile)}, and if others may have read it, use a new key`,
    });
  }
  const self = process.getuid?.();
  if (self !== undefined && Option.exists(info.uid, (owner) => owner !== self)) {
    return yield* exposed({
      location: keyFile,
      description: "it belongs to another user",
      hint: "Find out who put it there, and use a key file of your own",
    });
  }
  yield* Effect.ignore(removeLeftovers(keyFile, info));
  return Redacted.make(new TextDecoder().decode(content));
});

/** More keys than anybody rotates through. */
const keyFileLimitBytes = 65_536;

/** Who may write the directory may put another file in the place of this one. */
const checkDirectory = Effect.fnUntraced(function* (keyFile: string) {
  for (const directory of yield* directoriesOf(keyFile)) {
    const fs = yield* FileSystem.FileSystem;
    const info = yield* Effect.option(fs.stat(directory));
    const isOpen = Option.exists(
      info,
      ({ type, mode }) => type === "Directory" && (mode & 0o022) !== 0 && (mode & 0o1000) === 0,
    );
    if (!isPosix || !isOpen) continue;
    return yield* exposed({
      location: keyFile,
      description: `others may replace it, because they may write its directory "${directory}"`,
      hint: `Run chmod go-w ${quoted(directory)}, or put the key file into another directory`,
    });
  }
});

/** The file's directory, and that of what it links to. */
const directoriesOf = Effect.fnUntraced(function* (keyFile: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const target = yield* Effect.orElseSucceed(fs.realPath(keyFile), () => keyFile);
  return new Set([path.dirname(keyFile), path.dirname(target)]);
});

/**
 * Removes the name under which the key was written, where a crash left it: a second name of the
 * same file, and one of ours.
 */
const removeLeftovers = Effect.fnUntraced(function* (keyFile: string, key: FileSystem.File.Info) {
  if (Option.exists(key.nlink, (names) => names === 1n)) return;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const directory = path.dirname(yield* fs.realPath(keyFile));
  for (const name of yield* fs.readDirectory(directory)) {
    if (!temporaryName.test(name)) continue;
    const file = path.join(directory, name);
    const info = yield* Effect.option(fs.stat(file));
    if (Option.exists(info, (other) => isSame(other, key))) {
      yield* Effect.ignore(fs.remove(file, { force: true }));
    }
  }
});

function isSame(one: FileSystem.File.Info, other: FileSystem.File.Info): boolean {
  const ino = Option.getOrUndefined(one.ino);
  return ino !== undefined && ino === Option.getOrUndefined(other.ino) && one.dev === other.dev;
}

const isPosix = process.platform !== "win32";

function exposed(fields: Source & { readonly description: string }): KeySourceError {
  return new KeySourceError({ problem: "permissions", ...fields });
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Of several processes at once one makes the file. */
const makeKeyFile = Effect.fnUntraced(function* (keyFile: string) {
  const random = yield* SecureRandom.SecureRandom;
  const text = `${Base64Url.encode(yield* random.randomBytes(keyBytes))}\n`;
  yield* Effect.mapError(
    makeNewFile({ path: keyFile, content: new TextEncoder().encode(text) }),
    (error) => fault("unwritable", error, keyFile),
  );
});

const keyBytes = 32;

const parse = Effect.fnUntraced(function* (text: Redacted.Redacted, source: Source) {
  const texts = Redacted.value(text).split(/[,\n]/).map((part) => part.trim());
  const keys: Array<SealingKey> = [];
  for (const part of texts.filter((part) => part !== "")) {
    const key = yield* Effect.option(makeKey(Redacted.make(decode(part))));
    if (Option.isNone(key)) return yield* malformed(source);
    keys.push(key.value);
  }
  const [first, ...rest] = keys;
  if (first === undefined) return yield* malformed(source);
  return { keys: [first, ...rest] } satisfies SealingKeys;
});

/**
 * Gives no bytes for what is neither; the length tells. 64 hexadecimal digits are never base64 of
 * 32 bytes.
 */
function decode(text: string): Uint8Array {
  const bytes = /^[0-9a-fA-F]{64}$/.test(text)
    ? Hex.decode(text)
    : Base64Url.decode(text.replaceAll("+", "-").replaceAll("/", "_").replace(/=$/, ""));
  return Result.getOrElse(bytes, () => new Uint8Array(0));
}

function malformed({ location, hint }: Source): KeySourceError {
  return new KeySourceError({
    problem: "malformed",
    location,
    description: `it does not hold ${keyBytes} bytes as base64url, base64 or hexadecimal digits`,
    hint,
  });
}

function fault(
  problem: "unreadable" | "unwritable",
  error: PlatformError | RefusedFile,
  path: string,
): KeySourceError {
  return new KeySourceError({ problem, ...faultOf(error, path) });
}

function vanished(location: string): KeySourceError {
  return new KeySourceError({
    problem: "unreadable",
    location,
    description: "it was removed while it was being read",
    hint: "Find out what removes it, and try again",
  });
}
