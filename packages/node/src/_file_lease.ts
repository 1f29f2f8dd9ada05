/**
 * A lease across processes: a series of files `<name>.lease.<turn>`, each turn taken by `link`.
 *
 * The file's time of modification is the time at which the lease ends, by the Clock: keeping it
 * alive is one `utimes`, giving it back sets it to zero. A turn that ended, or whose process died,
 * is followed by the next turn; of several who try, one gets the name.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Schema from "effect/Schema";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import { isInForce, type LeaseBackend } from "@bellhop/core/session/lease";
import { StoreError, Unwritable } from "@bellhop/core/session/store_error";
import { readBounded } from "./_bounded_file.ts";
import { faultOf, isNotFound, type RefusedFile } from "./_file_fault.ts";
import { isDead, type ProcessIdentity } from "./_process_identity.ts";
import {
  exists,
  highestVersion,
  markOf,
  pathOf,
  publish,
  type Series,
  type VersionFile,
  type VersionMark,
} from "./_version_files.ts";

/** What a lease is made of. */
export interface FileLease {
  readonly series: Series;
  readonly self: ProcessIdentity;
  readonly ttlMillis: number;
  /** Turns that this process has seen, by the series' names. */
  readonly seen: Map<string, number>;
}

type Services = FileSystem.FileSystem | Path.Path | SecureRandom.SecureRandom;

const Holder = Schema.fromJsonString(Schema.Struct({
  pid: Schema.Int,
  space: Schema.optionalKey(Schema.String),
  ttl_millis: Schema.Finite,
}));
const decodeHolder = Schema.decodeUnknownOption(Holder);

/** A holder takes about a hundred. */
const leaseLimitBytes = 1_024;

/** The three steps of the lease. */
export const makeFileLease: (
  lease: FileLease,
) => Effect.Effect<LeaseBackend<VersionFile>, never, Services> = Effect.fnUntraced(
  function* (lease: FileLease) {
    const services = yield* Effect.context<Services>();
    const run = <A>(
      effect: Effect.Effect<A, PlatformError | RefusedFile, Services>,
    ): Effect.Effect<A, StoreError> =>
      effect.pipe(Effect.provide(services), Effect.mapError((error) => unwritable(error, lease)));
    return {
      tryAcquire: (expiresAtMillis) => run(tryAcquire(lease, expiresAtMillis)),
      tryExtend: (hold, expiresAtMillis) => run(tryExtend(hold, expiresAtMillis)),
      release: (hold) => Effect.ignore(run(setEnd(hold, 0))),
    };
  },
);

const tryAcquire = Effect.fnUntraced(function* (lease: FileLease, expiresAtMillis: number) {
  const { series, self, seen, ttlMillis } = lease;
  const highest = yield* highestTurn(lease);
  const before = highest === 0 ? FREE : yield* look(lease, { series, version: highest });
  if (before.isTaken) return Option.none();
  const turn = { series, version: highest + 1 };
  const content = new TextEncoder().encode(JSON.stringify({ ...self, ttl_millis: ttlMillis }));
  const published = yield* publish(turn, {
    content,
    modifiedAtMillis: expiresAtMillis,
    isVolatile: true,
    markBefore: before.mark,
  });
  if (Option.isSome(published)) seen.set(series.name, turn.version);
  return Option.as(published, turn);
});

/**
 * The last turn; 0 where there was none. Turns go lowest first, so where one that was seen is still
 * there, the others are found by asking for one name after the other. Should they be gone by the time
 * that they are looked at, that turn counts as taken, and the next look lists the directory.
 */
const highestTurn = Effect.fnUntraced(function* ({ seen, series }: FileLease) {
  let turn = seen.get(series.name) ?? 0;
  if (turn > 0 && (yield* exists({ series, version: turn }))) {
    while (yield* exists({ series, version: turn + 1 })) turn++;
  } else {
    turn = yield* highestVersion(series);
  }
  if (seen.size >= maxSeen) seen.clear();
  seen.set(series.name, turn);
  return turn;
});

/** How many series a process remembers. What it forgets costs it one listing. */
const maxSeen = 10_000;

/** A turn, as it was found. */
interface Look {
  readonly isTaken: boolean;
  readonly mark?: VersionMark;
}

const FREE: Look = { isTaken: false };
const TAKEN: Look = { isTaken: true };

/**
 * The clock is read before the file, never after: a holder that has extended its lease in between
 * is then seen to have it.
 */
const look = Effect.fnUntraced(function* (lease: FileLease, turn: VersionFile) {
  const path = yield* pathOf(turn);
  const nowMillis = yield* Clock.currentTimeMillis;
  const { content, info } = yield* readBounded(path, leaseLimitBytes);
  const holder = decodeHolder(new TextDecoder().decode(content));
  const { ttl_millis: ttlMillis, ...identity } = Option.getOrElse(holder, () => ({
    pid: lease.self.pid,
    ttl_millis: lease.ttlMillis,
  }));
  const expiresAtMillis = Option.getOrUndefined(info.mtime)?.getTime() ?? 0;
  const isTaken = isInForce({ expiresAtMillis, ttlMillis, nowMillis }) &&
    !isDead(identity, lease.self);
  const found: Look = { isTaken, mark: markOf(info) };
  return found;
}, Effect.catchIf(isNotFound, () => Effect.succeed(TAKEN)));

/**
 * The keeper asks before the old end and checks again after; a turn that was followed is lost. The
 * next turn goes after this one, so while this one is there the next would be, too.
 */
const tryExtend = Effect.fnUntraced(function* (hold: VersionFile, expiresAtMillis: number) {
  yield* setEnd(hold, expiresAtMillis);
  return !(yield* exists({ series: hold.series, version: hold.version + 1 }));
}, Effect.catchIf(isNotFound, () => Effect.succeed(false)));

const setEnd = Effect.fnUntraced(function* (hold: VersionFile, endsAtMillis: number) {
  const fs = yield* FileSystem.FileSystem;
  const seconds = endsAtMillis / 1000;
  yield* fs.utimes(yield* pathOf(hold), seconds, seconds);
});

function unwritable(error: PlatformError | RefusedFile, { series }: FileLease): StoreError {
  return new StoreError({ reason: new Unwritable(faultOf(error, series.directory)) });
}
