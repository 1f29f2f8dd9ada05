/**
 * Reading a file that somebody else may have put there: only a regular one, and only up to a limit.
 */
import * as ByteSize from "effect/ByteSize";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import { RefusedFile } from "./_file_fault.ts";

/** What was read, and the file that it was read from. */
export interface BoundedFile {
  readonly content: Uint8Array;
  readonly info: FileSystem.File.Info;
}

/**
 * Reads a whole file. It is looked at before it is opened, because opening a pipe waits for its
 * other end, and once more when it is open, because the name may mean another file by then.
 */
export const readBounded: (
  path: string,
  limitBytes: number,
) => Effect.Effect<BoundedFile, PlatformError | RefusedFile, FileSystem.FileSystem> = Effect
  .fnUntraced(function* (path: string, limitBytes: number) {
    const fs = yield* FileSystem.FileSystem;
    yield* check(yield* fs.stat(path), path, limitBytes);
    const open = yield* fs.open(path);
    const info = yield* open.stat;
    yield* check(info, path, limitBytes);
    const content = new Uint8Array(Number(ByteSize.toBigInt(info.size)) + 1);
    let length = 0;
    while (length < content.length) {
      const count = yield* open.read(content.subarray(length));
      if (count === 0) return { content: content.subarray(0, length), info };
      length += count;
    }
    return yield* grew(path);
  }, Effect.scoped);

function check(
  { type, size }: FileSystem.File.Info,
  location: string,
  limitBytes: number,
): Effect.Effect<void, RefusedFile> {
  const hint = "Find out who put it there, and move it away";
  if (type !== "File") {
    return new RefusedFile({ location, description: `it is no file but a ${words[type]}`, hint });
  }
  if (ByteSize.toBigInt(size) <= BigInt(limitBytes)) return Effect.void;
  const description = `it has ${size} bytes, and ${limitBytes} are the limit`;
  return new RefusedFile({ location, description, hint });
}

const words: Readonly<Record<Exclude<FileSystem.File.Type, "File">, string>> = {
  Directory: "directory",
  SymbolicLink: "symbolic link",
  BlockDevice: "device",
  CharacterDevice: "device",
  FIFO: "pipe",
  Socket: "socket",
  Unknown: "thing of an unknown kind",
};

function grew(location: string): Effect.Effect<never, RefusedFile> {
  return new RefusedFile({
    location,
    description: "it grew while it was read",
    hint: "Find out what writes it, and stop it",
  });
}
