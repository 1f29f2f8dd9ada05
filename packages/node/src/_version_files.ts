/**
 * Versions in file names: `<name>.<version>`, the highest counts.
 *
 * A version is published by `link`, so that of two writers one finds its name taken. The few
 * versions before the present one stay as empty files: a writer that was stopped for a while and
 * comes back late still finds its name taken, and whoever lists the directory while a version is
 * published sees one of them.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import { isNotFound, RefusedFile } from "./_file_fault.ts";
import { makeNewFile, type NewFile, type NewFileServices } from "./_new_file.ts";

/** How many names stay taken, the present one included. */
const keptVersions = 3;

/** How long a version may be in a name. All versions of that length are exact numbers. */
const versionDigits = 15;
const highestPossible = 10 ** versionDigits - 1;
const versionedName = new RegExp(`^(.+)\\.([1-9]\\d{0,${versionDigits - 1}})$`);

/** A series of versions. */
export interface Series {
  readonly directory: string;
  readonly name: string;
}

/** One version of a series. */
export interface VersionFile {
  readonly series: Series;
  readonly version: number;
}

type FileServices = FileSystem.FileSystem | Path.Path;

/** Path of a version. */
export const pathOf: (file: VersionFile) => Effect.Effect<string, never, Path.Path> = Effect
  .fnUntraced(function* ({ series, version }: VersionFile) {
    const path = yield* Path.Path;
    return path.join(series.directory, `${series.name}.${version}`);
  });

/** Names and their highest versions in a directory; none where it does not exist. */
export const highestVersions: (
  directory: string,
) => Effect.Effect<ReadonlyMap<string, number>, PlatformError, FileServices> = Effect.fnUntraced(
  function* (directory: string) {
    const highest = new Map<string, number>();
    for (const file of yield* namesIn(directory)) {
      const [name, version] = split(file);
      if (version > 0) highest.set(name, Math.max(highest.get(name) ?? 0, version));
    }
    return highest;
  },
);

/** The highest version of a series; 0 where there is none. */
export const highestVersion: (
  series: Series,
) => Effect.Effect<number, PlatformError, FileServices> = Effect.fnUntraced(
  function* ({ directory, name }: Series) {
    return (yield* highestVersions(directory)).get(name) ?? 0;
  },
);

/** What is in the directory; nothing where it does not exist. */
export const namesIn: (
  directory: string,
) => Effect.Effect<ReadonlyArray<string>, PlatformError, FileServices> = Effect.fnUntraced(
  function* (directory: string) {
    const fs = yield* FileSystem.FileSystem;
    return yield* fs.readDirectory(directory).pipe(
      Effect.catchIf(isNotFound, () => Effect.succeed<ReadonlyArray<string>>([])),
    );
  },
);

/**
 * Publishes a version; `false` where another writer has published it, however long ago. Refuses one
 * that nobody could read again.
 */
export const publish: (
  file: VersionFile,
  content: Omit<NewFile, "path">,
) => Effect.Effect<boolean, PlatformError | RefusedFile, NewFileServices> = Effect.fnUntraced(
  function* (file: VersionFile, content: Omit<NewFile, "path">) {
    if (file.version > highestPossible) return yield* usedUp(file.series);
    const isNew = yield* makeNewFile({ ...content, path: yield* pathOf(file) });
    if (!isNew) return false;
    // A name is free again only when the versions have gone on by as many as are kept.
    const highest = yield* highestVersion(file.series);
    if (highest >= file.version + keptVersions) {
      yield* remove(file);
      return false;
    }
    yield* Effect.ignore(clearBefore(file));
    return true;
  },
  Effect.uninterruptible,
);

/** Writing would take more years than there are, so somebody has put the last version there. */
const usedUp = Effect.fnUntraced(function* (series: Series) {
  return yield* new RefusedFile({
    location: yield* pathOf({ series, version: highestPossible }),
    description: "there is no version after this one",
    hint: "Find out who put it there, and move it away",
  });
});

/** Empties the versions that still keep their name taken, removes the older ones. */
const clearBefore = Effect.fnUntraced(function* ({ series, version }: VersionFile) {
  const fs = yield* FileSystem.FileSystem;
  for (const file of yield* namesIn(series.directory)) {
    const [name, at] = split(file);
    if (name !== series.name || at === 0 || at >= version) continue;
    const old = { series, version: at };
    if (at <= version - keptVersions) yield* remove(old);
    else yield* Effect.ignore(fs.truncate(yield* pathOf(old), 0));
  }
});

const remove = Effect.fnUntraced(function* (file: VersionFile) {
  const fs = yield* FileSystem.FileSystem;
  yield* Effect.ignore(fs.remove(yield* pathOf(file), { force: true }));
});

/** Name and version; version 0 for a file that is none of ours. */
function split(file: string): readonly [name: string, version: number] {
  const [, name = file, digits = "0"] = versionedName.exec(file) ?? [];
  return [name, Number(digits)];
}
