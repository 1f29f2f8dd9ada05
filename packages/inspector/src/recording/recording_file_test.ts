import { assert, describe, it } from "@effect/vitest";
import { NodeServices } from "@effect/platform-node";
import { Effect, FileSystem, PlatformError } from "effect";
import { open } from "./recording_file.ts";

const decoder = new TextDecoder();
const written = "{}\n";

const write = (path: string) =>
  Effect.scoped(
    Effect.flatMap(open(path), (file) => file.writeAll(new TextEncoder().encode(written))),
  );

const room = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const directory = yield* fs.makeTempDirectoryScoped();
  const look = Effect.fnUntraced(function* (path: string) {
    const { mode } = yield* fs.stat(path);
    return [mode & 0o777, yield* fs.readFileString(path)];
  });
  return { fs, look, path: (name: string) => `${directory}/${name}` };
});

const refusal = PlatformError.systemError({
  _tag: "PermissionDenied",
  module: "FileSystem",
  method: "chmod",
});

describe("open()", () => {
  it.effect("makes a file that nobody but its owner can read", () =>
    Effect.gen(function* () {
      const { path, look } = yield* room;
      yield* write(path("new"));
      assert.deepStrictEqual(yield* look(path("new")), [0o600, written]);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)));

  it.effect("empties a file that is there, and keeps it from others", () =>
    Effect.gen(function* () {
      const { fs, path, look } = yield* room;
      yield* fs.writeFileString(path("old"), "what was there before");
      yield* fs.chmod(path("old"), 0o644);
      yield* write(path("old"));
      assert.deepStrictEqual(yield* look(path("old")), [0o600, written]);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)));

  it.effect("follows a link, to a file that is there and to one that is not", () =>
    Effect.gen(function* () {
      const { fs, path, look } = yield* room;
      yield* fs.writeFileString(path("old"), "what was there before");
      yield* fs.chmod(path("old"), 0o666);
      for (const name of ["old", "new"]) {
        yield* fs.symlink(path(name), path(`to ${name}`));
        yield* write(path(`to ${name}`));
        assert.deepStrictEqual(yield* look(path(name)), [0o600, written], name);
        assert.strictEqual(yield* fs.readLink(path(`to ${name}`)), path(name));
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)));

  it.effect("refuses a file that others can read and that is not its own, and loses nothing", () =>
    Effect.gen(function* () {
      const { fs, path, look } = yield* room;
      yield* fs.writeFileString(path("theirs"), "what was there before");
      yield* fs.chmod(path("theirs"), 0o666);
      const guarded = FileSystem.FileSystem.of({ ...fs, chmod: () => Effect.fail(refusal) });
      const error = yield* Effect.flip(
        Effect.provideService(write(path("theirs")), FileSystem.FileSystem, guarded),
      );
      assert.propertyVal(error, "operation", "protect");
      assert.match(error.message, /others can read that file/);
      assert.deepStrictEqual(yield* look(path("theirs")), [0o666, "what was there before"]);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)));

  it.effect("writes to a pipe or a device as it is", () =>
    Effect.gen(function* () {
      const { fs, path } = yield* room;
      yield* fs.writeFileString(path("device"), "");
      let text = "";
      const device = FileSystem.FileSystem.of({
        ...fs,
        chmod: () => Effect.die("changed"),
        open: (path, options) =>
          Effect.map(fs.open(path, options), (file) => ({
            ...file,
            stat: Effect.map(file.stat, (info) => ({ ...info, type: "CharacterDevice" as const })),
            truncate: () => Effect.die("truncated"),
            writeAll: (bytes: Uint8Array) =>
              Effect.sync(() => void (text += decoder.decode(bytes))),
          })),
      });
      yield* Effect.provideService(write(path("device")), FileSystem.FileSystem, device);
      assert.strictEqual(text, written);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)));
});
