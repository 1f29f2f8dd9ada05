/**
 * The file of a recording: empty, and for nobody but its owner to read.
 *
 * A recording holds no secret, but user codes and names that are nobody else's business.
 *
 * ```ts
 * import { Effect, FileSystem } from "effect";
 * import { open } from "@bellhop/inspector/recording/recording_file";
 * import { equal } from "node:assert/strict";
 *
 * const opening = Effect.flip(Effect.scoped(open("/nowhere/run.jsonl")));
 * const error = await Effect.runPromise(
 *   Effect.provide(opening, FileSystem.layerNoop({})),
 * );
 *
 * equal(error.operation, "open");
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import type * as Scope from "effect/Scope";
import { RecorderError } from "./recorder_error.ts";

const ownerOnly = 0o600;
const othersMay = 0o077;

/**
 * Makes the file with mode 0600, or empties the one that is there, after taking from others what they
 * may do with it; a symbolic link is followed. Pipes and devices, such as `/dev/stdout`, stay as they
 * are. Where files have no modes, nothing is changed.
 *
 * Fails where the file cannot be opened, and, before anything in it is lost, where it is somebody
 * else's and others may read it.
 */
export const open: (
  path: string,
) => Effect.Effect<FileSystem.File, RecorderError, FileSystem.FileSystem | Scope.Scope> = Effect
  .fnUntraced(function* (path: string) {
    const fs = yield* FileSystem.FileSystem;
    const failing = (operation: "open" | "protect") => (cause: PlatformError) =>
      new RecorderError({ path, operation, cause });
    const made = yield* fs.open(path, { flag: "wx", mode: ownerOnly }).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "AlreadyExists",
        () => Effect.succeed(undefined),
      ),
      Effect.mapError(failing("open")),
    );
    if (made !== undefined) return made;
    // Nothing is emptied before it is known to be kept from others. A link may lead to a file that is new.
    const found = yield* Effect.mapError(
      fs.open(path, { flag: "a", mode: ownerOnly }),
      failing("open"),
    );
    const { type, mode } = yield* Effect.mapError(found.stat, failing("open"));
    if (type !== "File") return found;
    if ((mode & othersMay) !== 0) {
      yield* Effect.mapError(fs.chmod(path, mode & 0o777 & ~othersMay), failing("protect"));
    }
    yield* Effect.mapError(found.truncate(), failing("open"));
    return found;
  });
