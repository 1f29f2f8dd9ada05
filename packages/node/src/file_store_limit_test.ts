import { NodeServices } from "@effect/platform-node";
import { assert, describe, layer } from "@effect/vitest";
import { Effect, Fiber, FileSystem, Latch, Layer, Option, Path } from "effect";
import { Digest, SecureRandom } from "effect/crypto";
import { execFileSync } from "node:child_process";
import { SessionStore } from "@bellhop/core/session/session_store";
import type { StoreError } from "@bellhop/core/session/store_error";
import { layer as layerFile } from "./file_store.ts";

const platform = Layer.mergeAll(
  NodeServices.layer,
  SecureRandom.layerWebCrypto,
  Digest.layerWebCrypto,
);

/** A store in a directory of its own, made by the store. */
const bench = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const directory = path.join(
    yield* fs.makeTempDirectoryScoped({ prefix: "bellhop-" }),
    "sessions",
  );
  const reopened = Effect.provide(SessionStore, layerFile({ directory }));
  const store = yield* reopened;
  const file = (name: string) => path.join(directory, name);
  const names = Effect.map(fs.readDirectory(directory), (found) => found.toSorted());
  return { fs, directory, store, reopened, file, names };
});

function reasonOf<A, R>(effect: Effect.Effect<A, StoreError, R>) {
  return Effect.map(Effect.flip(effect), (error) => error.reason);
}

function makePipe(path: string) {
  return Effect.sync(() => {
    execFileSync("mkfifo", [path]);
  });
}

layer(platform)("file store, at its limits", (it) => {
  describe("put()", () => {
    it.effect("is refused, and loses nothing, where no version can follow", () =>
      Effect.gen(function* () {
        const { store: first, fs, file, names, reopened } = yield* bench;
        yield* first.put("work", Uint8Array.of(1), { ifVersion: null });
        const last = "session-work.999999999999999";
        yield* fs.copyFile(file("session-work.1"), file(last));
        const store = yield* reopened;
        const reason = yield* reasonOf(
          store.put("work", Uint8Array.of(2), { ifVersion: 999_999_999_999_999 }),
        );
        assert.deepInclude(reason, { _tag: "Unwritable", location: file(last) });
        assert.deepStrictEqual(yield* names, ["session-work.1", last]);
        yield* fs.rename(file(last), file("session-work.999999999999998"));
        const version = yield* store.put("work", Uint8Array.of(3), {
          ifVersion: 999_999_999_999_998,
        });
        const stored = Option.getOrThrow(yield* store.get("work"));
        assert.deepInclude(stored, { version, bytes: Uint8Array.of(3) });
      }));

    it.effect("succeeds for a writer that was stopped after its version was there", () =>
      Effect.gen(function* () {
        const { store, fs, directory } = yield* bench;
        let version = yield* store.put("work", Uint8Array.of(0), { ifVersion: null });
        const stopped = yield* Latch.make();
        const goOn = yield* Latch.make();
        const slow = yield* Effect.provide(
          SessionStore,
          layerFile({ directory }).pipe(Layer.provide(Layer.succeed(FileSystem.FileSystem, {
            ...fs,
            link: (from, to) =>
              Effect.tap(fs.link(from, to), () => Effect.andThen(stopped.open, goOn.await)),
          }))),
        );
        for (const writes of [1, 2, 3, 4, 9]) {
          yield* stopped.close;
          yield* goOn.close;
          const write = yield* Effect.forkChild(
            slow.put("work", Uint8Array.of(99), { ifVersion: version }),
          );
          yield* stopped.await;
          const mine = version + 1;
          version = mine;
          for (let count = 0; count < writes; count++) {
            version = yield* store.put("work", Uint8Array.of(count), { ifVersion: version });
          }
          yield* goOn.open;
          assert.strictEqual(yield* Fiber.join(write), mine);
          assert.strictEqual(Option.getOrThrow(yield* slow.get("work")).version, version);
        }
      }));

    it.effect("takes what get() gives back, and refuses what is larger", () =>
      Effect.gen(function* () {
        const { store } = yield* bench;
        const most = new Uint8Array(4_194_304 - 40).fill(7);
        const version = yield* store.put("work", most, { ifVersion: null });
        assert.lengthOf(Option.getOrThrow(yield* store.get("work")).bytes, most.length);
        const reason = yield* reasonOf(
          store.put("work", new Uint8Array(4_194_304), { ifVersion: version }),
        );
        assert.strictEqual(reason._tag, "Unwritable");
        assert.strictEqual(Option.getOrThrow(yield* store.get("work")).version, version);
      }));
  });

  describe("what is no file of a session", () => {
    it.effect("is Unreadable in a record's place: a pipe, a directory, a file too large", () =>
      Effect.gen(function* () {
        const { store, fs, file, directory } = yield* bench;
        yield* fs.makeDirectory(directory, { recursive: true });
        const path = file("session-work.1");
        for (
          const [make, description] of [
            [makePipe(path), "pipe"],
            [fs.makeDirectory(path), "directory"],
            [fs.writeFile(path, new Uint8Array(4_194_305)), "4194304 are the limit"],
          ] as const
        ) {
          yield* make;
          for (const effect of [store.get("work"), store.list()]) {
            const reason = yield* reasonOf<unknown, never>(effect);
            assert.deepInclude(reason, { _tag: "Unreadable", location: path });
            assert.include(reason.message, description);
            assert.isNotEmpty(reason.hint);
          }
          yield* fs.remove(path, { recursive: true });
        }
      }));

    it.effect("fails typed in a lease's place", () =>
      Effect.gen(function* () {
        const { store, fs, file, directory } = yield* bench;
        yield* fs.makeDirectory(directory, { recursive: true });
        const path = file("session-work.lease.1");
        for (const make of [makePipe(path), fs.writeFile(path, new Uint8Array(1_025))]) {
          yield* make;
          const reason = yield* reasonOf(Effect.scoped(store.lease("work", { ttlMillis: 1_000 })));
          assert.deepInclude(reason, { _tag: "Unwritable", location: path });
          yield* fs.remove(path);
        }
      }));
  });
});
