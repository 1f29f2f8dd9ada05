/**
 * Versions in file names: `<name>.<version>`, the highest counts.
 *
 * A version is published by `link`, so that of two writers one finds its name taken. The few
 * versions before the present one stay as empty files: a writer that was stopped for a while and
 * comes back late still finds its name taken, and whoever lists the directory while a version is
 * published sees one of them.
 *
 * Names go lowest first. So as long as the very file of one version is there, no later name was ever
 * free again: what follows it can be found by asking for the next name, without listing a directory
 * that may hold thousands. A {@linkcode VersionMark} tells the very file from another of its name.
 */
import * as ByteSize from "effect/ByteSize";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
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

/** Tells one file from every other that has or had its name. Absent: the system gives no number. */
export type VersionMark = string | undefined;

/** The mark of a file; it changes when the file is emptied. */
export function markOf({ ino, dev, mtime, size }: FileSystem.File.Info): VersionMark {
  if (Option.isNone(ino) || Option.isNone(mtime)) return undefined;
  return `${dev}:${ino.value}:${mtime.value.getTime()}:${size}`;
}

/** Tells whether a version is there. */
export const exists: (file: VersionFile) => Effect.Effect<boolean, PlatformError, FileServices> =
  Effect.fnUntraced(function* (file: VersionFile) {
    const fs = yield* FileSystem.FileSystem;
    return yield* fs.exists(yield* pathOf(file));
  });

/** What to publish, and what is known of the version before. */
export interface Publication extends Omit<NewFile, "path"> {
  /** Of the version before. Where its file is still the one, nothing needs to be listed. */
  readonly markBefore?: VersionMark;
}

/**
 * Publishes a version and gives its mark; none where another writer has published it, however long
 * ago. Refuses one that nobody could read again.
 */
export const publish: (
  file: VersionFile,
  publication: Publication,
) => Effect.Effect<
  Option.Option<VersionMark>,
  PlatformError | RefusedFile,
  NewFileServices
> = Effect.fnUntraced(
  function* (file: VersionFile, { markBefore, ...content }: Publication) {
    if (file.version > highestPossible) return yield* usedUp(file.series);
    const made = yield* makeNewFile({ ...content, path: yield* pathOf(file) });
    if (made === undefined) return Option.none();
    const { series, version } = file;
    const mark = markOf(yield* made.stat);
    if (yield* isStill({ series, version: version - 1 }, markBefore)) {
      yield* Effect.ignore(Effect.flatMap(oldBefore(file), (old) => clear(file, old)));
      return Option.some(mark);
    }
    // A name is free again only when the versions have gone on by as many as are kept.
    const versions = yield* versionsOf(series);
    if (versions.some((other) => other >= version + keptVersions)) {
      // Others empty what they follow, so this was a version, only its writer was stopped since.
      if (ByteSize.toBigInt((yield* made.stat).size) === 0n) return Option.some(undefined);
      yield* Effect.ignore(remove(file));
      return Option.none();
    }
    const old = versions.filter((other) => other <= version - keptVersions);
    yield* Effect.ignore(clear(file, old));
    return Option.some(mark);
  },
  Effect.scoped,
  Effect.uninterruptible,
);

const isStill = Effect.fnUntraced(function* (file: VersionFile, mark: VersionMark) {
  if (mark === undefined) return false;
  const fs = yield* FileSystem.FileSystem;
  const info = yield* Effect.option(fs.stat(yield* pathOf(file)));
  return Option.exists(info, (found) => markOf(found) === mark);
});

/** All versions of a series. */
const versionsOf = Effect.fnUntraced(function* ({ directory, name }: Series) {
  const found = (yield* namesIn(directory)).map((file) => split(file));
  return found.flatMap(([other, version]) => other === name && version > 0 ? [version] : []);
});

/** Versions before those that keep their names, found by asking for one after the other. */
const oldBefore = Effect.fnUntraced(function* ({ series, version }: VersionFile) {
  const old: Array<number> = [];
  for (let at = version - keptVersions; at > 0; at--) {
    if (!(yield* exists({ series, version: at }))) break;
    old.push(at);
  }
  return old;
});

/** Writing would take more years than there are, so somebody has put the last version there. */
const usedUp = Effect.fnUntraced(function* (series: Series) {
  return yield* new RefusedFile({
    location: yield* pathOf({ series, version: highestPossible }),
    description: "there is no version after this one",
    hint: "Find out who put it there, and move it away",
  });
});

/**
 * Empties the versions that still keep their name taken, removes the older ones, the lowest first:
 * one that stays for now keeps those above it.
 */
const clear = Effect.fnUntraced(
  function* ({ series, version }: VersionFile, old: ReadonlyArray<number>) {
    const fs = yield* FileSystem.FileSystem;
    for (let at = version - 1; at > 0 && at > version - keptVersions; at--) {
      yield* Effect.ignore(fs.truncate(yield* pathOf({ series, version: at }), 0));
    }
    for (const at of old.toSorted((one, other) => one - other)) {
      yield* remove({ series, version: at });
    }
  },
);

const remove = Effect.fnUntraced(function* (file: VersionFile) {
  const fs = yield* FileSystem.FileSystem;
  yield* fs.remove(yield* pathOf(file), { force: true });
});

/** Name and version; version 0 for a file that is none of ours. */
function split(file: string): readonly [name: string, version: number] {
  const [, name = file, digits = "0"] = versionedName.exec(file) ?? [];
  return [name, Number(digits)];
}
