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
 * Makes the file with mode 0600, and its directory with 0700 if it is missing; `false` if it
 * exists.
 */
export const makeNewFile: (
  file: NewFile,
) => Effect.Effect<boolean, PlatformError, NewFileServices> = Effect.fnUntraced(
  function* (file: NewFile) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const random = yield* SecureRandom.SecureRandom;
    const directory = path.dirname(file.path);
    yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 });
    const name = `${temporaryPrefix}${Hex.encode(yield* random.randomBytes(16))}`;
    const temporary = path.join(directory, name);
    const isNew = yield* Effect.andThen(
      write(temporary, file),
      linkUnlessThere(temporary, file.path),
    )
      .pipe(Effect.ensuring(Effect.ignore(fs.remove(temporary, { force: true }))));
    if (isNew && file.isVolatile !== true) yield* flushDirectory(directory);
    return isNew;
  },
  Effect.uninterruptible,
);

const write = Effect.fnUntraced(function* (temporary: string, file: NewFile) {
  const fs = yield* FileSystem.FileSystem;
  const open = yield* fs.open(temporary, { flag: "wx", mode: 0o600 });
  yield* open.writeAll(file.content);
  if (file.modifiedAtMillis !== undefined) {
    const seconds = file.modifiedAtMillis / 1000;
    yield* fs.utimes(temporary, seconds, seconds);
  }
  if (file.isVolatile !== true) yield* open.sync;
}, Effect.scoped);

const linkUnlessThere = Effect.fnUntraced(function* (temporary: string, path: string) {
  const fs = yield* FileSystem.FileSystem;
  return yield* fs.link(temporary, path).pipe(
    Effect.as(true),
    Effect.catchIf((error) => error.reason._tag === "AlreadyExists", () => Effect.succeed(false)),
  );
});

/** Makes the new name last. Not every system can, and the file itself is safe by then. */
const flushDirectory = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem;
  yield* Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(directory), (open) => open.sync)));
});
