/** The file that holds the sealing keys: who may read it, and how it is made and replaced. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Redacted from "effect/Redacted";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import { readBounded } from "./_bounded_file.ts";
import { faultOf, isNotFound, type RefusedFile } from "./_file_fault.ts";
import type { Source } from "./_key_text.ts";
import { makeNewFile, replaceFile, temporaryName } from "./_new_file.ts";
import { KeySourceError } from "./key_source_error.ts";

/** What a key file needs from the platform. */
export type KeyFileServices = FileSystem.FileSystem | Path.Path | SecureRandom.SecureRandom;

/** What is said of a key file that holds no key, or none any more. */
export function fromFile(location: string): Source {
  return {
    location,
    hint: "Restore it from a backup. Without it the sessions stay closed: " +
      "to start anew, move it away and log in again",
  };
}

/** Gives the text of the file; none where there is no file. */
export const readKeyFile: (
  keyFile: string,
) => Effect.Effect<
  Option.Option<Redacted.Redacted>,
  KeySourceError,
  FileSystem.FileSystem | Path.Path
> = Effect.fnUntraced(function* (keyFile: string) {
  yield* checkDirectory(keyFile);
  const read = yield* readBounded(keyFile, keyFileLimitBytes).pipe(
    Effect.asSome,
    Effect.catchIf(isNotFound, () => Effect.succeedNone),
    Effect.mapError((error) => fault("unreadable", error, keyFile)),
  );
  if (Option.isNone(read)) return Option.none();
  const { content, info } = read.value;
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
  return Option.some(Redacted.make(new TextDecoder().decode(content)));
});

/** Makes the file unless it is there; of several processes at once one makes it. */
export const makeKeyFile: (
  keyFile: string,
  text: Redacted.Redacted,
) => Effect.Effect<boolean, KeySourceError, KeyFileServices> = Effect.fnUntraced(
  function* (keyFile: string, text: Redacted.Redacted) {
    const made = yield* Effect.mapError(
      Effect.scoped(makeNewFile({ path: keyFile, content: contentOf(text) })),
      (error) => fault("unwritable", error, keyFile),
    );
    return made !== undefined;
  },
);

/** Puts another file in its place, whole or not at all. A link stays one. */
export const replaceKeyFile: (
  keyFile: string,
  text: Redacted.Redacted,
) => Effect.Effect<void, KeySourceError, KeyFileServices> = Effect.fnUntraced(
  function* (keyFile: string, text: Redacted.Redacted) {
    const fs = yield* FileSystem.FileSystem;
    yield* Effect.mapError(
      Effect.flatMap(
        fs.realPath(keyFile),
        (path) => replaceFile({ path, content: contentOf(text) }),
      ),
      (error) => fault("unwritable", error, keyFile),
    );
  },
);

function contentOf(text: Redacted.Redacted): Uint8Array {
  return new TextEncoder().encode(`${Redacted.value(text)}\n`);
}

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

function fault(
  problem: "unreadable" | "unwritable",
  error: PlatformError | RefusedFile,
  path: string,
): KeySourceError {
  return new KeySourceError({ problem, ...faultOf(error, path) });
}
