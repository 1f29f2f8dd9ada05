/**
 * A file that appears whole or not at all, and never in place of another.
 *
 * It is written under a name of its own and then linked to the real one. `link` fails where
 * something is, unlike `rename`, which puts a late writer's file in place of a newer one.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import type * as Scope from "effect/Scope";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Hex from "effect/encoding/Hex";

/** What making a file takes. */
export type NewFileServices = FileSystem.FileSystem | Path.Path | SecureRandom.SecureRandom;

/** A file to make. */
export interface NewFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** Time of modification; the present, unless told. */
  readonly modifiedAtMillis?: number | undefined;
  /** Whether it may be gone after a power failure. */
  readonly isVolatile?: boolean | undefined;
}

/** Names under which files are written; one that stays was left by a crash. */
export const temporaryPrefix = "tmp-";
/** Such a name in full. */
export const temporaryName: RegExp = new RegExp(`^${temporaryPrefix}[0-9a-f]{32}$`);

/**
 * Makes the file with mode 0600, and its directory with 0700 if it is missing. Gives it open, so that
 * it can be looked at whatever its name means by then, or nothing if there was one.
 */
export const makeNewFile: (
  file: NewFile,
) => Effect.Effect<FileSystem.File | undefined, PlatformError, NewFileServices | Scope.Scope> =
  Effect
    .fnUntraced(
      function* (file: NewFile) {
        const fs = yield* FileSystem.FileSystem;
        const path = yield* Path.Path;
        const directory = path.dirname(file.path);
        yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 });
        const temporary = path.join(directory, yield* newTemporaryName);
        const made = yield* write(temporary, file).pipe(
          Effect.tap(() => fs.link(temporary, file.path)),
          Effect.catchIf(
            (error) => error.reason._tag === "AlreadyExists" && error.reason.method === "link",
            () => Effect.succeed(undefined),
          ),
          Effect.ensuring(Effect.ignore(fs.remove(temporary, { force: true }))),
        );
        if (made !== undefined && file.isVolatile !== true) yield* flushDirectory(directory);
        return made;
      },
      Effect.uninterruptible,
    );

/** Puts a file with mode 0600 in the place of another, so that the name always means a whole one. */
export const replaceFile: (
  file: Omit<NewFile, "isVolatile">,
) => Effect.Effect<void, PlatformError, NewFileServices> = Effect.fnUntraced(
  function* (file: Omit<NewFile, "isVolatile">) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const directory = path.dirname(file.path);
    const temporary = path.join(directory, yield* newTemporaryName);
    const written = Effect.scoped(Effect.asVoid(write(temporary, file)));
    yield* Effect.andThen(written, fs.rename(temporary, file.path)).pipe(
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true }))),
    );
    yield* flushDirectory(directory);
  },
  Effect.uninterruptible,
);

const newTemporaryName = Effect.gen(function* () {
  const random = yield* SecureRandom.SecureRandom;
  return `${temporaryPrefix}${Hex.encode(yield* random.randomBytes(16))}`;
});

const write = Effect.fnUntraced(function* (temporary: string, file: NewFile) {
  const fs = yield* FileSystem.FileSystem;
  const open = yield* fs.open(temporary, { flag: "wx", mode: 0o600 });
  yield* open.writeAll(file.content);
  if (file.modifiedAtMillis !== undefined) {
    const seconds = file.modifiedAtMillis / 1000;
    yield* fs.utimes(temporary, seconds, seconds);
  }
  if (file.isVolatile !== true) yield* open.sync;
  return open;
});

/** Makes the new name last. Not every system can, and the file itself is safe by then. */
const flushDirectory = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem;
  yield* Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(directory), (open) => open.sync)));
});
