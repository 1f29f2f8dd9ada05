/**
 * Sessions in files: a session store for the processes of one machine.
 *
 * A directory with mode 0700, files with mode 0600, and in them only what the session vault has
 * sealed. Each write is a new file, published by `link` under a name that holds its version, so
 * that of several processes that write at once one wins and the others are told; a crash leaves the
 * old version or the new one. Needs a file system with hard links. The names of the files show the
 * session keys. A record may have four mebibytes.
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
import { readBounded } from "./_bounded_file.ts";
import { faultOf, isNotFound, RefusedFile } from "./_file_fault.ts";
import { makeFileLease } from "./_file_lease.ts";
import { keyOf, nameOf } from "./_key_name.ts";
import { temporaryPrefix } from "./_new_file.ts";
import { currentProcess } from "./_process_identity.ts";
import { decode, encodeRecord, encodeTombstone, type RecordFile } from "./_record_file.ts";
import { highestVersion, highestVersions, namesIn, pathOf, publish } from "./_version_files.ts";

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

  const lease = Effect.fnUntraced(function* (key: string, options: LeaseOptions) {
    const series = { directory, name: `${yield* provided(nameOf(key))}.lease` };
    const { ttlMillis } = options;
    const backend = yield* provided(makeFileLease({ series, self, ttlMillis }));
    return yield* acquire(backend, { ...options, key });
  });

  return SessionStore.of({
    get: (key) => provided(get(directory, key)),
    put: (key, bytes, { ifVersion }) => {
      const content = encodeRecord(key, bytes);
      return provided(replace(directory, { key, ifVersion, content }));
    },
    remove: (key, { ifVersion }) => {
      const content = encodeTombstone(key);
      return Effect.asVoid(provided(replace(directory, { key, ifVersion, content })));
    },
    list: () => provided(list(directory)),
    lease,
  });
});

const get = Effect.fn("FileStore.get")(function* (directory: string, key: string) {
  const found = yield* read(directory, yield* nameOf(key));
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
  function* (directory: string, { key, ifVersion, content }: Replacement) {
    const name = yield* nameOf(key);
    const found = yield* read(directory, name);
    const current = found === undefined || found.file._tag === "Tombstone" ? null : found.version;
    const conflict = new StoreError({ reason: new Conflict({ key, ifVersion }) });
    if (current !== ifVersion) return yield* conflict;
    const version = (found?.version ?? 0) + 1;
    if (content.length > recordLimitBytes) return yield* tooLarge(directory, content.length);
    const isMine = yield* publish({ series: { directory, name }, version }, { content }).pipe(
      Effect.mapError((error) => unwritable(error, directory)),
    );
    if (!isMine) return yield* conflict;
    yield* Effect.ignore(removeLeftovers(directory));
    return version;
  },
);

/** What is larger would not be read again. */
const recordLimitBytes = 4_194_304;

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

const list = Effect.fn("FileStore.list")(function* (directory: string) {
  const names = yield* highestVersions(directory).pipe(
    Effect.mapError((error) => unreadable(error, directory)),
  );
  const keys: Array<string> = [];
  for (const [name, version] of names) {
    if (!/^session[-~][^.]*$/.test(name)) continue;
    const found = yield* read(directory, name, version);
    if (found === undefined || found.file._tag === "Tombstone") continue;
    // A key too long for a name stands in the file only: once that is damaged, nobody can tell it.
    const key = keyOf(name) ?? (found.file._tag === "Record" ? found.file.key : undefined);
    if (key !== undefined) keys.push(key);
  }
  return keys.toSorted();
});

interface Found {
  readonly file: RecordFile;
  readonly version: number;
  readonly location: string;
}

/** How often a version may be replaced between finding and reading it. */
const readAttempts = 100;

/**
 * Reads the highest version, at first the one that was `seen`. One that is gone or empty by then
 * was replaced meanwhile, so it looks again; empty and still the highest, it is damaged.
 */
const read = Effect.fnUntraced(function* (directory: string, name: string, seen?: number) {
  const series = { directory, name };
  let emptyVersion = 0;
  for (let attempt = 0; attempt < readAttempts; attempt++) {
    const isSeen = attempt === 0 && seen !== undefined;
    const version = isSeen ? seen : yield* highestVersion(series).pipe(
      Effect.mapError((error) => unreadable(error, directory)),
    );
    if (version === 0) return undefined;
    const location = yield* pathOf({ series, version });
    const content = yield* readBounded(location, recordLimitBytes).pipe(
      Effect.map((bounded) => bounded.content),
      Effect.catchIf(isNotFound, () => Effect.succeed(undefined)),
      Effect.mapError((error) => unreadable(error, location)),
    );
    if (content === undefined) continue;
    if (content.length > 0 || emptyVersion === version) {
      const found: Found = { file: decode(content), version, location };
      return found;
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
});

const leftoverAgeMillis = 3_600_000;

/** Removes what crashed writers left, once it is surely nobody's any more. */
const removeLeftovers = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const now = yield* Clock.currentTimeMillis;
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
