import { NodeServices } from "@effect/platform-node";
import { assert, describe, layer } from "@effect/vitest";
import {
  Clock,
  Effect,
  Exit,
  Fiber,
  FileSystem,
  Latch,
  Layer,
  Option,
  Path,
  Redacted,
  Scope,
} from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { TestClock } from "effect/testing";
import { layer as layerKeys, makeKey } from "@bellhop/core/protocol/seal";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { SessionStore } from "@bellhop/core/session/session_store";
import { layer as layerVault, SessionVault } from "@bellhop/core/session/session_vault";
import { cases } from "@bellhop/core/session/store_conformance";
import type { StoreError } from "@bellhop/core/session/store_error";
import { layer as layerFile } from "./file_store.ts";

const crypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
);
const platform = Layer.merge(NodeServices.layer, crypto);

/** Time on the test clock in small steps, with a moment for the files between them. */
function passTime(millis: number): Effect.Effect<void> {
  const stepMillis = 50;
  const step = Effect.andThen(
    TestClock.adjust(Math.min(stepMillis, millis)),
    TestClock.withLive(Effect.sleep(8)),
  );
  return millis > stepMillis ? Effect.andThen(step, passTime(millis - stepMillis)) : step;
}

/** A store in a directory of its own, made by the store. */
const bench = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const home = yield* fs.makeTempDirectoryScoped({ prefix: "bellhop-" });
  const directory = path.join(home, "data", "sessions");
  const store = yield* Effect.provide(SessionStore, layerFile({ directory }));
  const file = (name: string) => path.join(directory, name);
  const names = Effect.map(fs.readDirectory(directory), (found) => found.toSorted());
  return { fs, home, directory, store, file, names };
});

function vaultOver(store: SessionStore, keyNumber = 1) {
  return Effect.gen(function* () {
    const key = yield* makeKey(Redacted.make(new Uint8Array(32).fill(keyNumber)));
    return yield* Effect.provide(
      SessionVault,
      Layer.provide(layerVault, [Layer.succeed(SessionStore, store), layerKeys([key])]),
    );
  });
}

const record: SessionRecord = {
  issuer: "https://as.example.com",
  clientId: "planted-client",
  authenticationMethod: "none",
  endpoints: {},
  status: "active",
  refreshToken: Redacted.make("planted-refresh-token"),
  accessTokens: [],
};

function reasonOf<A, R>(effect: Effect.Effect<A, StoreError, R>) {
  return Effect.map(Effect.flip(effect), (error) => error.reason);
}

function modeOf(path: string) {
  return Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.stat(path)),
    ({ mode }) => (mode & 0o777).toString(8),
  );
}

const conformance = Layer.unwrap(
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped()),
    (directory) => layerFile({ directory }),
  ),
).pipe(Layer.provide(platform));

layer(conformance)("layer()", (it) => {
  for (const { name, effect } of cases({ passTime })) it.effect(name, () => effect, 20_000);
});

layer(platform)("file store", (it) => {
  describe("get() and list()", () => {
    it.effect("find nothing, and make nothing, where no directory is", () =>
      Effect.gen(function* () {
        const { store, fs, home } = yield* bench;
        assert.isTrue(Option.isNone(yield* store.get("work")));
        assert.deepStrictEqual(yield* store.list(), []);
        assert.deepStrictEqual(yield* fs.readDirectory(home), []);
      }));

    it.effect("ignore what is not theirs", () =>
      Effect.gen(function* () {
        const { store, fs, file } = yield* bench;
        yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
        for (
          const name of ["README.1", "session-work", "session-work.x", "tmp-1", ".session-a.1"]
        ) {
          yield* fs.writeFileString(file(name), "x");
        }
        yield* fs.makeDirectory(file("session-work.d"));
        assert.deepStrictEqual(yield* store.list(), ["work"]);
        assert.deepStrictEqual(
          Option.getOrThrow(yield* store.get("work")).bytes,
          Uint8Array.of(1),
        );
      }));
  });

  describe("put()", () => {
    it.effect("makes the directory with mode 0700 and files with 0600", () =>
      Effect.gen(function* () {
        const { store, directory, file, home, names } = yield* bench;
        const version = yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
        yield* store.put("work", Uint8Array.of(1), { ifVersion: version });
        yield* store.lease("work", { ttlMillis: 1_000 });
        assert.strictEqual(yield* modeOf(directory), "700");
        assert.strictEqual(yield* modeOf(`${home}/data`), "700");
        const found = yield* names;
        assert.deepStrictEqual(found, ["session-work.1", "session-work.2", "session-work.lease.1"]);
        for (const name of found) assert.strictEqual(yield* modeOf(file(name)), "600");
      }));

    it.effect("names files so that no two differ in case only, none leads out, none is too long", () =>
      Effect.gen(function* () {
        const { store, fs, home, names } = yield* bench;
        const keys = ["a", "A", "../x", "con", "", ".", "long/".repeat(200), "長".repeat(40)];
        for (const key of keys) yield* store.put(key, Uint8Array.of(1), { ifVersion: null });
        const found = yield* names;
        assert.strictEqual(new Set(found.map((name) => name.toLowerCase())).size, keys.length);
        assert.deepStrictEqual(yield* fs.readDirectory(`${home}/data`), ["sessions"]);
        for (const name of found) {
          assert.match(name, /^session[-~][a-z0-9%_-]*\.1$/);
          assert.isAtMost(name.length, 220);
        }
      }));

    it.effect("leaves no bytes of old versions, and only a few names", () =>
      Effect.gen(function* () {
        const { store, fs, file, names } = yield* bench;
        let ifVersion: number | null = null;
        for (let count = 0; count < 9; count++) {
          ifVersion = yield* store.put("work", Uint8Array.of(count), { ifVersion });
        }
        assert.deepStrictEqual(
          yield* names,
          ["session-work.7", "session-work.8", "session-work.9"],
        );
        for (const name of ["session-work.7", "session-work.8"]) {
          assert.lengthOf(yield* fs.readFile(file(name)), 0);
        }
      }));

    it.effect("writes no secret in clear, nor after remove() anything sealed", () =>
      Effect.gen(function* () {
        const { store, fs, file, names } = yield* bench;
        const vault = yield* vaultOver(store);
        const version = yield* vault.put("work", record, { ifVersion: null });
        const next = yield* vault.put("work", record, { ifVersion: version });
        for (const name of yield* names) {
          const text = new TextDecoder("latin1").decode(yield* fs.readFile(file(name)));
          for (const word of ["planted", "as.example.com"]) assert.notInclude(text, word);
        }
        yield* vault.remove("work", { ifVersion: next });
        let bytes = 0;
        for (const name of yield* names) bytes += (yield* fs.readFile(file(name))).length;
        assert.isBelow(bytes, 100);
      }));

    it.effect("conflicts for a writer so late that its name is free again", () =>
      Effect.gen(function* () {
        const { directory, store, names } = yield* bench;
        const fs = yield* FileSystem.FileSystem;
        let ifVersion: number | null = yield* store.put("work", Uint8Array.of(0), {
          ifVersion: null,
        });
        const stopped = yield* Latch.make();
        const goOn = yield* Latch.make();
        const late = yield* Effect.provide(
          SessionStore,
          layerFile({ directory }).pipe(Layer.provide(Layer.succeed(FileSystem.FileSystem, {
            ...fs,
            link: (from, to) =>
              Effect.andThen(stopped.open, Effect.andThen(goOn.await, fs.link(from, to))),
          }))),
        );
        for (const writes of [1, 2, 3, 4, 5, 9]) {
          yield* stopped.close;
          yield* goOn.close;
          const write = yield* Effect.forkChild(
            Effect.flip(late.put("work", Uint8Array.of(99), { ifVersion })),
          );
          yield* stopped.await;
          for (let count = 0; count < writes; count++) {
            ifVersion = yield* store.put("work", Uint8Array.of(count), { ifVersion });
          }
          yield* goOn.open;
          assert.strictEqual((yield* Fiber.join(write)).reason._tag, "Conflict");
          const stored = Option.getOrThrow(yield* store.get("work"));
          assert.strictEqual(stored.version, ifVersion);
          assert.isAtMost((yield* names).length, 3);
        }
      }));

    it.effect("fails with Unwritable on a full disk and loses nothing", () =>
      Effect.gen(function* () {
        const { directory, store, names } = yield* bench;
        const fs = yield* FileSystem.FileSystem;
        const version = yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
        const full = yield* Effect.provide(
          SessionStore,
          layerFile({ directory }).pipe(Layer.provide(Layer.succeed(FileSystem.FileSystem, {
            ...fs,
            open: (path, options) =>
              Effect.map(
                fs.open(path, options),
                (file) =>
                  Object.assign(Object.create(file) as FileSystem.File, {
                    writeAll: (bytes: Uint8Array) =>
                      Effect.andThen(file.writeAll(bytes.subarray(0, 1)), noSpace(fs, directory)),
                  }),
              ),
          }))),
        );
        const reason = yield* reasonOf(full.put("work", Uint8Array.of(2), { ifVersion: version }));
        assert.deepInclude(reason, {
          _tag: "Unwritable",
          location: directory,
          description: "no space is left (ENOSPC)",
        });
        assert.deepStrictEqual(yield* names, ["session-work.1"]);
        assert.strictEqual(Option.getOrThrow(yield* full.get("work")).bytes[0], 1);
      }));

    it.effect("fails with Unwritable where a file is in the directory's place", () =>
      Effect.gen(function* () {
        const { fs, home, store } = yield* bench;
        yield* fs.writeFileString(`${home}/data`, "x");
        const reason = yield* reasonOf(store.put("work", Uint8Array.of(1), { ifVersion: null }));
        assert.include(["Unwritable", "Unreadable"], reason._tag);
        assert.include(reason.message, home);
        assert.isNotEmpty(reason.hint);
      }));

    it.effect("removes what a crash left once it is old", () =>
      Effect.gen(function* () {
        const { store, fs, file, names } = yield* bench;
        const version = yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
        for (const [name, ageMillis] of [["tmp-old", 3_600_001], ["tmp-new", 3_500_000]] as const) {
          yield* fs.writeFileString(file(name), "half a rec");
          const seconds = ((yield* Clock.currentTimeMillis) + 7_200_000 - ageMillis) / 1000;
          yield* fs.utimes(file(name), seconds, seconds);
        }
        yield* TestClock.adjust(7_200_000);
        yield* store.put("work", Uint8Array.of(2), { ifVersion: version });
        assert.deepStrictEqual(
          yield* names,
          ["session-work.1", "session-work.2", "tmp-new"],
        );
      }));
  });

  describe("a damaged file", () => {
    it.effect("is Corrupt to the vault at any length, still listed, and left as it was", () =>
      Effect.gen(function* () {
        const { store, fs, file } = yield* bench;
        const vault = yield* vaultOver(store);
        yield* vault.put("work", record, { ifVersion: null });
        const path = file("session-work.1");
        const whole = yield* fs.readFile(path);
        for (const length of [0, 1, 20, 50, 100, whole.length - 1]) {
          yield* fs.writeFile(path, whole.subarray(0, length));
          const reason = yield* reasonOf(vault.get("work"));
          assert.deepInclude(reason, { _tag: "Corrupt", key: "work", location: path });
          assert.deepStrictEqual(yield* store.list(), ["work"]);
          assert.lengthOf(yield* fs.readFile(path), length);
        }
        assert.isTrue(yield* vault.discard("work"));
        assert.deepStrictEqual(yield* store.list(), []);
      }));

    it.effect("of another key, of a later Bellhop and damaged ones are told apart", () =>
      Effect.gen(function* () {
        const { store, fs, file } = yield* bench;
        const path = file("session-work.1");
        yield* (yield* vaultOver(store, 1)).put("work", record, { ifVersion: null });
        const other = yield* vaultOver(store, 2);
        const before = yield* fs.readFile(path);
        const reasons = [yield* reasonOf(other.get("work"))];
        assert.deepStrictEqual(yield* fs.readFile(path), before);
        yield* fs.writeFileString(path, `{"bellhop_session_file":2,"who":"knows"}\nx`);
        reasons.push(yield* reasonOf(other.get("work")));
        yield* fs.writeFileString(path, `{"bellhop_session_file":1,"key":"work"}\nx`);
        reasons.push(yield* reasonOf(other.get("work")));
        assert.deepStrictEqual(
          reasons.map(({ _tag }) => _tag),
          ["UnknownKey", "NewerFormat", "Corrupt"],
        );
        for (const { message } of reasons) assert.include(message, path);
        assert.strictEqual(new Set(reasons.map(({ hint }) => hint)).size, 3);
      }));
  });

  describe("lease()", () => {
    it.effect("does not take a process of another boot or container for dead", () =>
      Effect.gen(function* () {
        const { store, fs, file, directory } = yield* bench;
        yield* fs.makeDirectory(directory, { recursive: true });
        yield* fs.writeFileString(
          file("session-work.lease.1"),
          `{"pid":4194303,"space":"elsewhere","ttl_millis":1000}`,
        );
        const seconds = (yield* Clock.currentTimeMillis) / 1000 + 1;
        yield* fs.utimes(file("session-work.lease.1"), seconds, seconds);
        const take = (waitMillis: number) => store.lease("work", { ttlMillis: 1_000, waitMillis });
        assert.strictEqual(
          (yield* reasonOf(Effect.scoped(take(0))))._tag,
          "LeaseTimeout",
        );
        yield* TestClock.adjust(1_000);
        yield* take(0);
      }));

    it.effect("is lost at the next sign of life when another turn has followed", () =>
      Effect.gen(function* () {
        const { store, fs, file } = yield* bench;
        const lease = yield* store.lease("work", { ttlMillis: 900 });
        yield* fs.writeFileString(file("session-work.lease.2"), "{}");
        const lost = yield* Effect.forkChild(Effect.flip(lease.lost));
        yield* passTime(350);
        assert.strictEqual((yield* Fiber.join(lost)).reason._tag, "LeaseLost");
        assert.strictEqual(yield* lease.remainingMillis, 0);
      }));

    it.effect("leaves a few names however often it was taken", () =>
      Effect.gen(function* () {
        const { store, names } = yield* bench;
        for (let count = 0; count < 9; count++) {
          yield* Effect.scoped(store.lease("work", { ttlMillis: 1_000, waitMillis: 0 }));
        }
        assert.lengthOf(yield* names, 3);
      }));

    it.effect("is lost, typed, when its file is gone", () =>
      Effect.gen(function* () {
        const { store, fs, directory } = yield* bench;
        const scope = yield* Scope.make();
        const lease = yield* Scope.provide(store.lease("work", { ttlMillis: 900 }), scope);
        yield* fs.remove(directory, { recursive: true });
        const lost = yield* Effect.forkChild(Effect.flip(lease.lost));
        yield* passTime(1_000);
        assert.strictEqual((yield* Fiber.join(lost)).reason._tag, "LeaseLost");
        yield* Scope.close(scope, Exit.void);
      }));
  });
});

/** Fails as a full disk does. */
function noSpace(fs: FileSystem.FileSystem, directory: string) {
  return Effect.mapError(fs.readFile(`${directory}/none`), (error) => {
    Object.defineProperty(error, "cause", { value: { code: "ENOSPC" } });
    return error;
  });
}
