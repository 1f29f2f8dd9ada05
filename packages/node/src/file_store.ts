/**
 * Sessions in files: a session store for the processes of one machine.
 *
 * A directory with mode 0700, files with mode 0600, and in them only what the session vault has
 * sealed. Each write is a new file, published by `link` under a name that holds its version, so
 * that of several processes that write at once one wins and the others are told; a crash leaves the
 * old version or the new one. Needs a file system with hard links. The names of the files show the
 * session keys. A record may have four mebibytes. Of a key that was removed some small files stay, so
 * that its versions are never used again: for users that come and go in their thousands a database is
 * the better store.
 *
 * ```ts
 * import { NodeServices } from "@effect/platform-node";
 * import { Effect, FileSystem, Layer, Option } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { SessionStore } from "@bellhop/core/session/session_store";
 * import { layer } from "@bellhop/node/file_store";
 * import { deepEqual } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const store = yield* SessionStore;
 *   yield* store.put("work", new Uint8Array([1, 2, 3]), { ifVersion: null });
 *   return Option.getOrThrow(yield* store.get("work")).bytes;
 * });
 * const inTemporaryDirectory = Effect.gen(function* () {
 *   const fs = yield* FileSystem.FileSystem;
 *   const directory = yield* fs.makeTempDirectoryScoped();
 *   return yield* Effect.provide(program, layer({ directory }));
 * }).pipe(
 *   Effect.scoped,
 *   Effect.provide(
 *     Layer.mergeAll(NodeServices.layer, SecureRandom.layerWebCrypto, Digest.layerWebCrypto),
 *   ),
 * );
 * deepEqual(await Effect.runPromise(inTemporaryDirectory), new Uint8Array([1, 2, 3]));
 * ```
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import type * as Digest from "effect/crypto/Digest";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import { acquire } from "@bellhop/core/session/lease";
import {
  type LeaseOptions,
  SessionStore,
  type StoredBytes,
} from "@bellhop/core/session/session_store";
import {
  Conflict,
  NewerFormat,
  StoreError,
  Unreadable,
  Unwritable,
} from "@bellhop/core/session/store_error";
import { faultOf, RefusedFile } from "./_file_fault.ts";
import { makeFileLease } from "./_file_lease.ts";
import { keyOf, nameOf } from "./_key_name.ts";
import { temporaryPrefix } from "./_new_file.ts";
import { currentProcess } from "./_process_identity.ts";
import { encodeRecord, encodeTombstone } from "./_record_file.ts";
import { readRecord, type RecordFiles, recordLimitBytes } from "./_record_version.ts";
import { highestVersions, namesIn, publish } from "./_version_files.ts";

/** Where the sessions lie. */
export interface FileStoreOptions {
  /**
   * Made with mode 0700 on the first write if it does not exist; left as it is if it does. It
   * should hold nothing else.
   */
  readonly directory: string;
}

/** What a file store needs from the platform. */
export type FileStoreServices =
  | FileSystem.FileSystem
  | Path.Path
  | SecureRandom.SecureRandom
  | Digest.Digest;

/**
 * Provides the store. Nothing is read or written before it is used. The module's example shows it.
 */
export function layer(
  options: FileStoreOptions,
): Layer.Layer<SessionStore, never, FileStoreServices> {
  return Layer.effect(SessionStore, make(options));
}

const make = Effect.fnUntraced(function* ({ directory }: FileStoreOptions) {
  const services = yield* Effect.context<FileStoreServices>();
  const self = yield* currentProcess;
  const provided = <A, E, R extends FileStoreServices>(effect: Effect.Effect<A, E, R>) =>
    Effect.provide(effect, services);

  const files: RecordFiles = { directory, known: new Map() };
  const leftovers: Leftovers = { directory, sweptAtMillis: -Infinity };
  const turns = new Map<string, number>();

  const lease = Effect.fnUntraced(function* (key: string, options: LeaseOptions) {
    const series = { directory, name: `${yield* provided(nameOf(key))}.lease` };
    const { ttlMillis } = options;
    const backend = yield* provided(makeFileLease({ series, self, ttlMillis, seen: turns }));
    return yield* acquire(backend, { ...options, key });
  });

  return SessionStore.of({
    get: (key) => provided(get(files, key)),
    put: (key, bytes, { ifVersion }) => {
      const content = encodeRecord(key, bytes);
      return provided(
        Effect.tap(
          replace(files, { key, ifVersion, content }),
          () => Effect.ignore(sweep(leftovers)),
        ),
      );
    },
    remove: (key, { ifVersion }) => {
      const content = encodeTombstone(key);
      return Effect.asVoid(provided(replace(files, { key, ifVersion, content })));
    },
    list: () => provided(list(files)),
    lease,
  });
});

const get = Effect.fn("FileStore.get")(function* (files: RecordFiles, key: string) {
  const found = yield* readRecord(files, yield* nameOf(key));
  if (found === undefined || found.file._tag === "Tombstone") return Option.none<StoredBytes>();
  const { file, version, location } = found;
  if (file._tag === "Newer") {
    const { format } = file;
    return yield* new StoreError({ reason: new NewerFormat({ key, format, location }) });
  }
  return Option.some<StoredBytes>({ bytes: file.bytes, version, location });
});

interface Replacement {
  readonly key: string;
  readonly ifVersion: number | null;
  readonly content: Uint8Array;
}

const replace = Effect.fn("FileStore.replace")(
  function* (files: RecordFiles, { key, ifVersion, content }: Replacement) {
    const { directory, known } = files;
    const name = yield* nameOf(key);
    const found = yield* readRecord(files, name);
    const current = found === undefined || found.file._tag === "Tombstone" ? null : found.version;
    const conflict = new StoreError({ reason: new Conflict({ key, ifVersion }) });
    if (current !== ifVersion) return yield* conflict;
    const version = (found?.version ?? 0) + 1;
    if (content.length > recordLimitBytes) return yield* tooLarge(directory, content.length);
    const markBefore = found?.mark;
    const mark = yield* publish({ series: { directory, name }, version }, { content, markBefore })
      .pipe(Effect.mapError((error) => unwritable(error, directory)));
    if (Option.isNone(mark)) return yield* conflict;
    known.set(name, { version, mark: mark.value });
    return version;
  },
);

function tooLarge(directory: string, bytes: number): StoreError {
  return unwritable(
    new RefusedFile({
      location: directory,
      description: `the session takes ${bytes} bytes, and ${recordLimitBytes} are the limit`,
      hint: "Keep fewer access tokens in one session, or ask the server for smaller ones",
    }),
    directory,
  );
}

const list = Effect.fn("FileStore.list")(function* (files: RecordFiles) {
  const { directory } = files;
  const names = yield* highestVersions(directory).pipe(
    Effect.mapError((error) => unreadable(error, directory)),
  );
  const keys: Array<string> = [];
  for (const [name, version] of names) {
    if (!/^session[-~][^.]*$/.test(name)) continue;
    const found = yield* readRecord(files, name, version);
    if (found === undefined || found.file._tag === "Tombstone") continue;
    // A key too long for a name stands in the file only: once that is damaged, nobody can tell it.
    const key = keyOf(name) ?? (found.file._tag === "Record" ? found.file.key : undefined);
    if (key !== undefined) keys.push(key);
  }
  return keys.toSorted();
});

const leftoverAgeMillis = 3_600_000;

interface Leftovers {
  readonly directory: string;
  sweptAtMillis: number;
}

/** Removes what crashed writers left, once it is surely nobody's any more. Looks once an hour. */
const sweep = Effect.fnUntraced(function* (leftovers: Leftovers) {
  const { directory } = leftovers;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const now = yield* Clock.currentTimeMillis;
  if (now - leftovers.sweptAtMillis < leftoverAgeMillis) return;
  leftovers.sweptAtMillis = now;
  for (const name of yield* namesIn(directory)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const file = path.join(directory, name);
    const { mtime } = yield* fs.stat(file);
    const isOld = Option.exists(mtime, (at) => now - at.getTime() > leftoverAgeMillis);
    if (isOld) yield* fs.remove(file, { force: true });
  }
});

function unreadable(error: PlatformError | RefusedFile, location: string): StoreError {
  return new StoreError({ reason: new Unreadable(faultOf(error, location)) });
}

function unwritable(error: PlatformError | RefusedFile, location: string): StoreError {
  return new StoreError({ reason: new Unwritable(faultOf(error, location)) });
}
