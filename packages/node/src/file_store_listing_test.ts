import { NodeServices } from "@effect/platform-node";
import { assert, layer } from "@effect/vitest";
import { Effect, FileSystem, Layer, Option } from "effect";
import { Digest, SecureRandom } from "effect/crypto";
import { TestClock } from "effect/testing";
import { SessionStore } from "@bellhop/core/session/session_store";
import { layer as layerFile } from "./file_store.ts";

const platform = Layer.mergeAll(
  NodeServices.layer,
  SecureRandom.layerWebCrypto,
  Digest.layerWebCrypto,
);

/** Two stores over one directory, as of two processes, and how often the first lists it. */
const bench = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "bellhop-" });
  let count = 0;
  const counting = Layer.succeed(FileSystem.FileSystem, {
    ...fs,
    readDirectory: (path, options) => {
      count++;
      return fs.readDirectory(path, options);
    },
  });
  const files = layerFile({ directory });
  const store = yield* Effect.provide(
    SessionStore,
    Layer.provide(Layer.fresh(files), counting),
  );
  const other = yield* Effect.provide(SessionStore, Layer.fresh(files));
  /** Number of listings of an effect. */
  const listings = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const before = count;
      return Effect.map(effect, () => count - before);
    });
  return { fs, directory, store, other, listings };
});

function byteOf(store: SessionStore) {
  return Effect.map(store.get("work"), (stored) => Option.getOrThrow(stored).bytes[0]);
}

layer(platform)("file store, of thousands", (it) => {
  it.effect("get() and put() of a session that nobody else changed list nothing", () =>
    Effect.gen(function* () {
      const { store, listings } = yield* bench;
      yield* store.put("work", Uint8Array.of(0), { ifVersion: null });
      for (let version = 1; version < 9; version++) {
        assert.strictEqual(yield* listings(store.get("work")), 0);
        const put = store.put("work", Uint8Array.of(version), { ifVersion: version });
        assert.strictEqual(yield* listings(put), 0);
        assert.strictEqual(yield* byteOf(store), version);
      }
    }));

  it.effect("get() sees what another process wrote, however many versions", () =>
    Effect.gen(function* () {
      const { store, other, listings } = yield* bench;
      let version = yield* store.put("work", Uint8Array.of(0), { ifVersion: null });
      for (const writes of [1, 2, 3, 4, 5, 9]) {
        for (let count = 1; count <= writes; count++) {
          version = yield* other.put("work", Uint8Array.of(writes * 10 + count), {
            ifVersion: version,
          });
        }
        assert.strictEqual(yield* byteOf(store), writes * 11);
        assert.strictEqual(yield* listings(store.get("work")), 0);
        const conflict = yield* Effect.flip(
          store.put("work", Uint8Array.of(99), { ifVersion: version - 1 }),
        );
        assert.strictEqual(conflict.reason._tag, "Conflict");
      }
    }));

  it.effect("get() sees what another removed, and a directory that was emptied or restored", () =>
    Effect.gen(function* () {
      const { fs, directory, store, other } = yield* bench;
      yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
      const backup = yield* fs.readFile(`${directory}/session-work.1`);
      yield* other.remove("work", { ifVersion: 1 });
      assert.isTrue(Option.isNone(yield* store.get("work")));
      const version = yield* store.put("work", Uint8Array.of(2), { ifVersion: null });
      yield* fs.remove(directory, { recursive: true });
      assert.isTrue(Option.isNone(yield* store.get("work")));
      assert.isAbove(version, 2);
      yield* fs.makeDirectory(directory);
      yield* fs.writeFile(`${directory}/session-work.1`, backup);
      assert.strictEqual(yield* byteOf(store), 1);
      assert.strictEqual(yield* store.put("work", Uint8Array.of(3), { ifVersion: 1 }), 2);
    }));

  it.effect("put() clears the versions that a crash left, though nothing is listed", () =>
    Effect.gen(function* () {
      const { fs, directory, store } = yield* bench;
      yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
      for (let version = 1; version < 6; version++) {
        yield* store.put("work", Uint8Array.of(1), { ifVersion: version });
      }
      for (const version of [2, 3]) {
        yield* fs.writeFileString(`${directory}/session-work.${version}`, "x");
      }
      yield* store.put("work", Uint8Array.of(1), { ifVersion: 6 });
      assert.deepStrictEqual(
        (yield* fs.readDirectory(directory)).toSorted(),
        ["session-work.5", "session-work.6", "session-work.7"],
      );
    }));

  it.effect("put() looks once an hour for what a crash left", () =>
    Effect.gen(function* () {
      const { store, listings } = yield* bench;
      let version = yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
      const put = Effect.suspend(() =>
        Effect.tap(
          store.put("work", Uint8Array.of(1), { ifVersion: version }),
          (next) => Effect.sync(() => version = next),
        )
      );
      yield* TestClock.adjust(3_599_999);
      assert.strictEqual(yield* listings(put), 0);
      yield* TestClock.adjust(1);
      assert.strictEqual(yield* listings(put), 1);
      assert.strictEqual(yield* listings(put), 0);
    }));

  it.effect("lease() lists nothing once it has seen a turn, and sees those of others", () =>
    Effect.gen(function* () {
      const { store, other, listings } = yield* bench;
      const turn = (one: SessionStore) =>
        Effect.scoped(one.lease("work", { ttlMillis: 30_000, waitMillis: 0 }));
      assert.isAbove(yield* listings(turn(store)), 0);
      for (let round = 0; round < 5; round++) {
        assert.strictEqual(yield* listings(turn(store)), 0);
      }
      yield* turn(other);
      assert.strictEqual(yield* listings(turn(store)), 0);
      // By then the turn that was seen is gone, so that it has to look again, once.
      for (let round = 0; round < 5; round++) yield* turn(other);
      assert.isAbove(yield* listings(turn(store)), 0);
      const held = Effect.gen(function* () {
        yield* other.lease("work", { ttlMillis: 30_000 });
        return (yield* Effect.flip(turn(store))).reason._tag;
      });
      assert.strictEqual(yield* Effect.scoped(held), "LeaseTimeout");
    }));
});
