import { assert, describe, layer } from "@effect/vitest";
import { Effect, FileSystem, type Layer, Option } from "effect";
import { SealingKeys } from "@bellhop/core/protocol/seal";
import { SessionStore } from "@bellhop/core/session/session_store";
import { SessionVault } from "@bellhop/core/session/session_vault";
import {
  bench,
  deafKeyring,
  platform,
  record,
  visibleKeyring,
  withVariable,
} from "./fixture/storage_bench.ts";
import { reseal, retire, rotate } from "./key_rotation.ts";
import type { Keyring } from "./keyring.ts";
import { layer as layerStorage } from "./session_storage.ts";
import { StorageChoice } from "./storage_choice.ts";

/** What a program that starts now has in hand. */
function open(home: string, keyring: Layer.Layer<Keyring>) {
  return Effect.gen(function* () {
    const { keys } = yield* SealingKeys;
    return {
      vault: yield* SessionVault,
      store: yield* SessionStore,
      kind: (yield* StorageChoice).kind,
      ids: keys.map(({ id }) => id),
      reseal: yield* Effect.map(
        Effect.context<SessionStore | SealingKeys>(),
        (services) => Effect.provide(reseal(), services),
      ),
    };
  }).pipe(Effect.provide(layerStorage({ home })), Effect.provide(keyring));
}

function keyIdIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(9, 17)).toString("hex");
}

const sealedWith = (store: SessionStore, key: string) =>
  Effect.map(store.get(key), (stored) => keyIdIn(Option.getOrThrow(stored).bytes));

const places = {
  file: () => deafKeyring(),
  keyring: () => visibleKeyring().layer,
};

layer(platform)("key rotation", (it) => {
  for (const kind of ["file", "keyring"] as const) {
    describe(`in the ${kind}`, () => {
      it.effect("rotate() adds a first key: the old opens, the next write seals with the new", () =>
        Effect.gen(function* () {
          const { home } = yield* bench;
          const keyring = places[kind]();
          const before = yield* open(home, keyring);
          const version = yield* before.vault.put("work", record, { ifVersion: null });
          const { keyId } = yield* Effect.provide(rotate({ home }), keyring);
          const after = yield* open(home, keyring);
          assert.strictEqual(after.kind, kind);
          assert.deepStrictEqual(after.ids, [keyId, ...before.ids]);
          assert.strictEqual(yield* sealedWith(after.store, "work"), before.ids[0]);
          assert.isTrue(Option.isSome(yield* after.vault.get("work")));
          yield* after.vault.put("work", record, { ifVersion: version });
          assert.strictEqual(yield* sealedWith(after.store, "work"), keyId);
          const { reason } = yield* Effect.flip(before.vault.get("work"));
          assert.deepInclude(reason, { _tag: "UnknownKey", keyId, knownKeyIds: before.ids });
          assert.isTrue(Option.isSome(yield* after.vault.get("work")));
        }));

      it.effect("reseal() seals with the first key what another sealed, and only that", () =>
        Effect.gen(function* () {
          const { home } = yield* bench;
          const keyring = places[kind]();
          const before = yield* open(home, keyring);
          for (const key of ["a", "b"]) yield* before.vault.put(key, record, { ifVersion: null });
          const { keyId } = yield* Effect.provide(rotate({ home }), keyring);
          const after = yield* open(home, keyring);
          yield* after.vault.put("c", record, { ifVersion: null });
          assert.deepStrictEqual(yield* after.reseal, { resealed: ["a", "b"], failed: [] });
          for (const key of ["a", "b", "c"]) {
            assert.strictEqual(yield* sealedWith(after.store, key), keyId);
          }
          assert.strictEqual(Option.getOrThrow(yield* after.vault.get("c")).version, 1);
          assert.deepStrictEqual(yield* after.reseal, { resealed: [], failed: [] });
        }));

      it.effect("retire() reseals and leaves one key; the old one opens nothing", () =>
        Effect.gen(function* () {
          const { home } = yield* bench;
          const keyring = places[kind]();
          const before = yield* open(home, keyring);
          yield* before.vault.put("work", record, { ifVersion: null });
          const { keyId } = yield* Effect.provide(rotate({ home }), keyring);
          const outcome = yield* Effect.provide(retire({ home }), keyring);
          assert.deepStrictEqual(outcome, { resealed: ["work"], failed: [] });
          const after = yield* open(home, keyring);
          assert.deepStrictEqual(after.ids, [keyId]);
          assert.isTrue(Option.isSome(yield* after.vault.get("work")));
          // A program from before: its key is gone, what it wrote is not lost but does not open.
          yield* before.vault.put("late", record, { ifVersion: null });
          const { reason } = yield* Effect.flip(after.vault.get("late"));
          assert.deepInclude(reason, { _tag: "UnknownKey", keyId: before.ids.join() });
          assert.isTrue(Option.isSome(yield* before.vault.get("late")));
          const error = yield* Effect.flip(Effect.provide(retire({ home }), keyring));
          assert.include(`${error}`, `"late" (UnknownKey)`);
        }));

      it.effect("retire() drops nothing where a session does not open", () =>
        Effect.gen(function* () {
          const { home } = yield* bench;
          const keyring = places[kind]();
          const before = yield* open(home, keyring);
          yield* before.vault.put("work", record, { ifVersion: null });
          yield* before.store.put("bad", Uint8Array.of(1), { ifVersion: null });
          yield* Effect.provide(rotate({ home }), keyring);
          const error = yield* Effect.flip(Effect.provide(retire({ home }), keyring));
          assert.strictEqual(error._tag === "KeySourceError" && error.problem, "inUse");
          assert.include(error.message, `"bad" (Corrupt)`);
          assert.lengthOf((yield* open(home, keyring)).ids, 2);
        }));
    });
  }

  it.effect("rotate() moves the keys to the keyring and back", () =>
    Effect.gen(function* () {
      const { home, names } = yield* bench;
      const { entries, layer: keyring } = visibleKeyring();
      const before = yield* open(home, deafKeyring());
      yield* before.vault.put("work", record, { ifVersion: null });
      const first = yield* Effect.provide(rotate({ home, store: "keyring" }), keyring);
      const moved = yield* open(home, keyring);
      assert.deepInclude(moved, { kind: "keyring", ids: [first.keyId, ...before.ids] });
      assert.isTrue(Option.isSome(yield* moved.vault.get("work")));
      yield* Effect.provide(retire({ home }), keyring);
      assert.notInclude(yield* names, "store.key");
      const second = yield* Effect.provide(rotate({ home, store: "file" }), keyring);
      assert.strictEqual(entries.size, 0);
      const back = yield* open(home, deafKeyring());
      assert.deepInclude(back, { kind: "file", ids: [second.keyId, first.keyId] });
      assert.isTrue(Option.isSome(yield* back.vault.get("work")));
    }));

  it.effect("rotate() of a file is whole at every step, with mode 0600, or changes nothing", () =>
    Effect.gen(function* () {
      const { home, fs, keyFile, names } = yield* bench;
      const keyring = deafKeyring();
      const before = yield* open(home, keyring);
      const text = yield* fs.readFileString(keyFile);
      for (const method of ["open", "rename"] as const) {
        const broken = FileSystem.FileSystem.of({
          ...fs,
          [method]: (one: string, two: never) =>
            one.includes("/tmp-") && (method === "rename" || two !== undefined)
              ? fs.readFile(`${home}/none`)
              : fs[method](one, two),
        });
        const error = yield* Effect.flip(
          rotate({ home }).pipe(
            Effect.provide(keyring),
            Effect.provideService(FileSystem.FileSystem, broken),
          ),
        );
        assert.strictEqual(error.problem, "unwritable");
        assert.strictEqual(yield* fs.readFileString(keyFile), text);
        assert.isEmpty((yield* names).filter((name) => name.startsWith("tmp-")));
      }
      yield* Effect.provide(rotate({ home }), keyring);
      assert.strictEqual(((yield* fs.stat(keyFile)).mode & 0o777).toString(8), "600");
      assert.match(yield* fs.readFileString(keyFile), /^[\w-]{43}\n[\w-]{43}\n$/);
      assert.strictEqual((yield* open(home, keyring)).ids.at(-1), before.ids[0]);
    }));

  it.effect("retire() inside a program that has the storage open reseals all the same", () =>
    Effect.gen(function* () {
      const { home } = yield* bench;
      const keyring = deafKeyring();
      yield* (yield* open(home, keyring)).vault.put("work", record, { ifVersion: null });
      yield* Effect.provide(rotate({ home }), keyring);
      const inside = Effect.gen(function* () {
        yield* SessionVault;
        return yield* retire({ home });
      });
      const outcome = yield* Effect.provide(inside, layerStorage({ home })).pipe(
        Effect.provide(keyring),
      );
      assert.deepStrictEqual(outcome.resealed, ["work"]);
      assert.isTrue(Option.isSome(yield* (yield* open(home, keyring)).vault.get("work")));
    }));

  it.effect("rotate() and retire() leave keys of the environment alone", () =>
    Effect.gen(function* () {
      const { home, fs } = yield* bench;
      for (const change of [Effect.asVoid(rotate({ home })), Effect.asVoid(retire({ home }))]) {
        const error = yield* Effect.flip(change).pipe(
          Effect.provide([deafKeyring(), withVariable("00".repeat(32))]),
        );
        assert.deepInclude(error, { problem: "elsewhere", location: "BELLHOP_STORE_KEY" });
      }
      assert.isFalse(yield* fs.exists(home));
    }));
});

// Waiting for one another takes time.
layer(platform, { excludeTestServices: true })("key rotation by several", (it) => {
  for (const kind of ["file", "keyring"] as const) {
    it.effect(
      `rotate() by several at once loses no key of the ${kind}`,
      () =>
        Effect.gen(function* () {
          const { home } = yield* bench;
          const keyring = places[kind]();
          const before = yield* open(home, keyring);
          const made = yield* Effect.all(
            Array.from({ length: 3 }, () => Effect.provide(rotate({ home }), keyring)),
            { concurrency: "unbounded" },
          );
          const { ids } = yield* open(home, keyring);
          assert.deepStrictEqual(
            ids.toSorted(),
            [...made.map(({ keyId }) => keyId), ...before.ids].toSorted(),
          );
          assert.strictEqual(ids.at(-1), before.ids[0]);
        }),
      30_000,
    );
  }
});
