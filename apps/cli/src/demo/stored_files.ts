/**
 * What a login left on the disk: names, sizes and modes, and whether a secret lies there in clear.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Redacted from "effect/Redacted";

/** A file. */
export interface StoredFile {
  /** Below the directory. */
  readonly name: string;
  readonly sizeBytes: number;
  /** As `ls -l` writes it in octal digits. */
  readonly mode: string;
  /** Whether one of the secrets is in it as it is. */
  readonly isInClear: boolean;
}

/** Looks at every file below a directory. */
export const storedFiles: (
  directory: string,
  secrets: ReadonlyArray<Redacted.Redacted>,
) => Effect.Effect<ReadonlyArray<StoredFile>, never, FileSystem.FileSystem | Path.Path> = Effect
  .fnUntraced(function* (directory: string, secrets: ReadonlyArray<Redacted.Redacted>) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const names = yield* fs.readDirectory(directory, { recursive: true });
    const files: Array<StoredFile> = [];
    for (const name of names.toSorted()) {
      const file = path.join(directory, name);
      const { type, size, mode } = yield* fs.stat(file);
      if (type !== "File") continue;
      const content = Buffer.from(yield* fs.readFile(file));
      files.push({
        name,
        sizeBytes: Number(size),
        mode: (mode & 0o777).toString(8).padStart(4, "0"),
        isInClear: secrets.some((secret) => content.includes(Redacted.value(secret))),
      });
    }
    return files;
  }, Effect.orDie);
