/**
 * Which process this is, so that another can tell when it has died.
 *
 * A process id means something only within one boot and one namespace of process ids: containers
 * that share a directory do not see each other's processes, and must not take them for dead.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { hostname } from "node:os";

/** A process and the space in which its id means something. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Absent: nothing can be said of processes from here. */
  readonly space?: string;
}

/** Identity of this process. */
export const currentProcess: Effect.Effect<ProcessIdentity, never, FileSystem.FileSystem> = Effect
  .gen(function* () {
    const { pid, platform } = process;
    if (platform === "darwin" || platform === "win32") {
      return { pid, space: `${platform}:${hostname()}` };
    }
    const fs = yield* FileSystem.FileSystem;
    return yield* Effect.all([
      fs.readFileString("/proc/sys/kernel/random/boot_id"),
      fs.readLink("/proc/self/ns/pid"),
    ]).pipe(
      Effect.map(([boot, namespace]): ProcessIdentity => ({
        pid,
        space: `${boot.trim()}:${namespace}`,
      })),
      Effect.orElseSucceed((): ProcessIdentity => ({ pid })),
    );
  });

/**
 * Tells whether `other` has surely died, as seen from `self`. A process id that was used again has
 * not.
 */
export function isDead(other: ProcessIdentity, self: ProcessIdentity): boolean {
  if (self.space === undefined || other.space !== self.space) return false;
  try {
    process.kill(other.pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
