/** Finding and reading the highest version of a record. */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import { StoreError, Unreadable } from "@bellhop/core/session/store_error";
import { type BoundedFile, readBounded } from "./_bounded_file.ts";
import { faultOf, isNotFound, type RefusedFile } from "./_file_fault.ts";
import { decode, type RecordFile } from "./_record_file.ts";
import { exists, highestVersion, markOf, pathOf, type VersionMark } from "./_version_files.ts";

/** The records of a directory, and which versions of them were seen last. */
export interface RecordFiles {
  readonly directory: string;
  readonly known: Map<string, KnownVersion>;
}

/** A version that was the highest when it was seen. */
export interface KnownVersion {
  readonly version: number;
  readonly mark: VersionMark;
}

/** What was found under a name. */
export interface Found extends KnownVersion {
  readonly file: RecordFile;
  readonly location: string;
}

/** What is larger would not be read again. */
export const recordLimitBytes = 4_194_304;

/** How often a version may be replaced between finding and reading it. */
const readAttempts = 100;

type Services = FileSystem.FileSystem | Path.Path;

/**
 * Reads the highest version, at first the one that was `seen`. One that is gone or empty by then
 * was replaced meanwhile, so it looks again; empty and still the highest, it is damaged.
 */
export const readRecord: (
  files: RecordFiles,
  name: string,
  seen?: number,
) => Effect.Effect<Found | undefined, StoreError, Services> = Effect.fnUntraced(
  function* (files: RecordFiles, name: string, seen?: number) {
    const unchanged = yield* readKnown(files, name);
    if (unchanged !== undefined) return unchanged;
    files.known.delete(name);
    const found = yield* readHighest(files.directory, name, seen);
    if (found !== undefined) files.known.set(name, { version: found.version, mark: found.mark });
    return found;
  },
);

/**
 * Reads the version that was seen last, if it is still the highest: the next name is free, and after
 * that its own is still the same file's. Nothing is listed.
 */
const readKnown = Effect.fnUntraced(function* ({ directory, known }: RecordFiles, name: string) {
  const last = known.get(name);
  if (last?.mark === undefined) return undefined;
  const series = { directory, name };
  const { version } = last;
  const isReplaced = yield* Effect.orElseSucceed(
    exists({ series, version: version + 1 }),
    () => true,
  );
  if (isReplaced) return undefined;
  const location = yield* pathOf({ series, version });
  const read = yield* Effect.orElseSucceed(
    readBounded(location, recordLimitBytes),
    () => undefined,
  );
  if (read === undefined || read.content.length === 0) return undefined;
  const found = foundIn(read, { version, location });
  return found.mark === last.mark ? found : undefined;
});

const readHighest = Effect.fnUntraced(
  function* (directory: string, name: string, seen: number | undefined) {
    const series = { directory, name };
    let emptyVersion = 0;
    for (let attempt = 0; attempt < readAttempts; attempt++) {
      const isSeen = attempt === 0 && seen !== undefined;
      const version = isSeen ? seen : yield* highestVersion(series).pipe(
        Effect.mapError((error) => unreadable(error, directory)),
      );
      if (version === 0) return undefined;
      const location = yield* pathOf({ series, version });
      const read = yield* readBounded(location, recordLimitBytes).pipe(
        Effect.catchIf(isNotFound, () => Effect.succeed(undefined)),
        Effect.mapError((error) => unreadable(error, location)),
      );
      if (read === undefined) continue;
      if (read.content.length > 0 || emptyVersion === version) {
        return foundIn(read, { version, location });
      }
      emptyVersion = version;
    }
    return yield* new StoreError({
      reason: new Unreadable({
        location: directory,
        description: `each of ${readAttempts} versions was replaced before it could be read`,
        hint: "Something writes this session without pause: find it and stop it",
      }),
    });
  },
);

function foundIn(
  { content, info }: BoundedFile,
  at: { readonly version: number; readonly location: string },
): Found {
  return { ...at, file: decode(content), mark: markOf(info) };
}

function unreadable(error: PlatformError | RefusedFile, location: string): StoreError {
  return new StoreError({ reason: new Unreadable(faultOf(error, location)) });
}
