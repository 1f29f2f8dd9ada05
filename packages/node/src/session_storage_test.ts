import { assert, layer } from "@effect/vitest";
import { Effect, type Layer, Option } from "effect";
import { SessionVault } from "@bellhop/core/session/session_vault";
import {
  bench,
  deafKeyring,
  platform,
  record,
  visibleKeyring,
  withVariable,
} from "./fixture/storage_bench.ts";
import type { Keyring } from "./keyring.ts";
import { layer as layerStorage } from "./session_storage.ts";
import { StorageChoice } from "./storage_choice.ts";

const vaultIn = (home: string, keyring: Layer.Layer<Keyring>) =>
  Effect.provide(SessionVault, layerStorage({ home })).pipe(Effect.provide(keyring));

layer(platform)("session storage", (it) => {
  it.effect("layer() gives a vault whose sessions the next one opens, with the keyring's key", () =>
    Effect.gen(function* () {
      const { home, names } = yield* bench;
      const { layer: keyring } = visibleKeyring();
      yield* (yield* vaultIn(home, keyring)).put("work", record, { ifVersion: null });
      const next = yield* vaultIn(home, keyring);
      assert.strictEqual(
        Option.getOrThrow(yield* next.get("work")).record.clientId,
        "planted-client",
      );
      assert.deepStrictEqual(yield* names, ["sessions", "store.choice.1"]);
    }));

  it.effect("layer() opens no session of another key, names both keys, and leaves it", () =>
    Effect.gen(function* () {
      const { home, fs } = yield* bench;
      const keyring = deafKeyring();
      const vault = yield* vaultIn(home, keyring);
      yield* vault.put("work", record, { ifVersion: null });
      const before = yield* fs.readFile(`${home}/sessions/session-work.1`);
      const other = yield* Effect.provide(vaultIn(home, keyring), withVariable("00".repeat(32)));
      const { reason } = yield* Effect.flip(other.get("work"));
      assert.deepInclude(reason, { _tag: "UnknownKey", knownKeyIds: ["66687aadf862bd77"] });
      assert.deepStrictEqual(yield* fs.readFile(`${home}/sessions/session-work.1`), before);
      assert.isTrue(Option.isSome(yield* vault.get("work")));
    }));

  it.effect("layer() inside another's gives the inner home's vault", () =>
    Effect.gen(function* () {
      const [outer, inner] = [yield* bench, yield* bench];
      const program = Effect.gen(function* () {
        yield* (yield* SessionVault).put("outer", record, { ifVersion: null });
        const vault = yield* vaultIn(inner.home, deafKeyring());
        assert.deepStrictEqual(yield* vault.list(), []);
        yield* vault.put("inner", record, { ifVersion: null });
        assert.deepStrictEqual(yield* (yield* SessionVault).list(), ["outer"]);
      });
      yield* Effect.provide(program, layerStorage({ home: outer.home })).pipe(
        Effect.provide(deafKeyring()),
      );
    }));

  it.effect("layer() provides what was chosen", () =>
    Effect.gen(function* () {
      const { home } = yield* bench;
      const choice = yield* Effect.provide(StorageChoice, layerStorage({ home, store: "file" }))
        .pipe(Effect.provide(deafKeyring()));
      assert.strictEqual(choice.kind, "file");
    }));
});
