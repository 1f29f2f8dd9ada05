/**
 * Waiting flows in files: a flow store for the processes of one machine, so that a login may begin in
 * one and end in another.
 *
 * A directory with mode 0700, files with mode 0600, and in them only sealed checkpoints. A file's
 * name is a digest of its flow's key, its time of modification is the time at which it expires. Who
 * renames it first has taken it, so that of several processes exactly one does. What has expired is
 * removed when something is put, a minute apart at the most.
 *
 * ```ts
 * import { NodeServices } from "@effect/platform-node";
 * import { Effect, FileSystem, Layer, Option } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { FlowStore } from "@bellhop/core/flow/flow_store";
 * import { layer } from "@bellhop/node/file_flow_store";
 * import { deepEqual } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const store = yield* FlowStore;
 *   yield* store.put("a", Uint8Array.of(1), { ttlMillis: 60_000 });
 *   return [Option.isSome(yield* store.take("a")), Option.isSome(yield* store.take("a"))];
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
 * deepEqual(await Effect.runPromise(inTemporaryDirectory), [true, false]);
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
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Hex from "effect/encoding/Hex";
import { FlowStore, type PutOptions } from "@bellhop/core/flow/flow_store";
import { FlowStoreError, Full, Unavailable } from "@bellhop/core/flow/flow_store_error";
import { readBounded } from "./_bounded_file.ts";
import { faultOf, isNotFound, type RefusedFile } from "./_file_fault.ts";
import { replaceFile, temporaryName } from "./_new_file.ts";

/** Where the flows wait, and how many. */
export interface FileFlowStoreOptions {
  /**
   * Made with mode 0700 on the first write if it does not exist; left as it is if it does. It should
   * hold nothing else.
   */
  readonly directory: string;
  /**
   * How many flows may wait at most, give or take those that begin within a minute. Whoever can begin
   * logins could fill the disk otherwise.
   *
   * @default 100_000
   */
  readonly maxFlows?: number | undefined;
}

/** What a file flow store needs from the platform. */
export type FileFlowStoreServices =
  | FileSystem.FileSystem
  | Path.Path
  | SecureRandom.SecureRandom
  | Digest.Digest;

/** Provides the store. Nothing is read or written before it is used. */
export function layer(
  options: FileFlowStoreOptions,
): Layer.Layer<FlowStore, never, FileFlowStoreServices> {
  return Layer.effect(FlowStore, make(options));
}

const prefix = "flow-";
const takenPrefix = "taken-";
/** Whatever else lies in the directory is somebody's, and left alone. */
const ownName = /^(flow-[0-9a-f]{64}|taken-[0-9a-f]{32})$/;
const flowLimitBytes = 1_048_576;
const sweepMillis = 60_000;

const make = Effect.fnUntraced(
  function* ({ directory, maxFlows = 100_000 }: FileFlowStoreOptions) {
    const services = yield* Effect.context<FileFlowStoreServices>();
    const run = <A>(
      effect: Effect.Effect<A, PlatformError | RefusedFile | FlowStoreError, FileFlowStoreServices>,
    ): Effect.Effect<A, FlowStoreError> =>
      effect.pipe(
        Effect.provide(services),
        Effect.mapError((error) =>
          error._tag === "FlowStoreError" ? error : unavailable(error, directory)
        ),
      );
    const census: Census = { sweptAtMillis: -Infinity, waiting: 0 };
    return FlowStore.of({
      put: (key, sealed, options) =>
        run(
          Effect.andThen(
            admit(directory, census, maxFlows),
            put(directory, { key, sealed, options }),
          ),
        ),
      take: (key) => run(take(directory, key)),
    });
  },
);

/** When this process has looked around last, and what it found. */
interface Census {
  sweptAtMillis: number;
  waiting: number;
}

const admit = Effect.fnUntraced(function* (directory: string, census: Census, maxFlows: number) {
  const nowMillis = yield* Clock.currentTimeMillis;
  const sinceMillis = nowMillis - census.sweptAtMillis;
  if (sinceMillis >= sweepMillis || sinceMillis < 0) {
    census.sweptAtMillis = nowMillis;
    census.waiting = yield* sweep(directory, nowMillis);
  }
  if (census.waiting >= maxFlows) {
    return yield* new FlowStoreError({ reason: new Full({ maxFlows }) });
  }
  census.waiting += 1;
});

interface Laid {
  readonly key: string;
  readonly sealed: Uint8Array;
  readonly options: PutOptions;
}

const put = Effect.fnUntraced(function* (directory: string, { key, sealed, options }: Laid) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 });
  const content = sealed.slice();
  const modifiedAtMillis = (yield* Clock.currentTimeMillis) + options.ttlMillis;
  yield* replaceFile({ path: path.join(directory, yield* nameOf(key)), content, modifiedAtMillis });
});

const take = Effect.fnUntraced(function* (directory: string, key: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const random = yield* SecureRandom.SecureRandom;
  const name = yield* nameOf(key);
  const mine = path.join(directory, `${takenPrefix}${Hex.encode(yield* random.randomBytes(16))}`);
  const isMine = yield* fs.rename(path.join(directory, name), mine).pipe(
    Effect.as(true),
    Effect.catchIf(isNotFound, () => Effect.succeed(false)),
  );
  if (!isMine) return Option.none<Uint8Array>();
  const { content, info } = yield* Effect.ensuring(
    readBounded(mine, flowLimitBytes),
    Effect.ignore(fs.remove(mine, { force: true })),
  );
  const expiresAtMillis = Option.getOrUndefined(info.mtime)?.getTime() ?? 0;
  return (yield* Clock.currentTimeMillis) < expiresAtMillis
    ? Option.some(content)
    : Option.none<Uint8Array>();
}, Effect.uninterruptible);

/** Removes what has expired, and what a crash left; gives how many flows wait. */
const sweep = Effect.fnUntraced(function* (directory: string, nowMillis: number) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const names = yield* Effect.catchIf(
    fs.readDirectory(directory),
    isNotFound,
    () => Effect.succeed<Array<string>>([]),
  );
  let waiting = 0;
  for (const name of names) {
    if (!ownName.test(name) && !temporaryName.test(name)) continue;
    const file = path.join(directory, name);
    const info = yield* Effect.option(fs.stat(file));
    const changedAt = Option.flatMap(info, ({ mtime }) => mtime);
    // What is being written or taken bears the present time, or one to come.
    const isOld = Option.exists(changedAt, (at) => at.getTime() + sweepMillis <= nowMillis);
    if (isOld) yield* Effect.ignore(fs.remove(file, { force: true }));
    else if (name.startsWith(prefix)) waiting += 1;
  }
  return waiting;
});

const nameOf = Effect.fnUntraced(function* (key: string) {
  const digest = yield* Digest.Digest;
  // Code units, since half a pair has no UTF-8.
  const units = new TextEncoder().encode(JSON.stringify(key));
  return prefix + (yield* digest.digestHex(Digest.sha256, units));
});

function unavailable(error: PlatformError | RefusedFile, location: string): FlowStoreError {
  return new FlowStoreError({ reason: new Unavailable(faultOf(error, location)) });
}
