import { assert, describe, layer } from "@effect/vitest";
import { ConfigProvider, Effect, type Layer } from "effect";
import { SealingKeys } from "@bellhop/core/protocol/seal";
import {
  bench,
  deafKeyring,
  platform,
  visibleKeyring,
  withVariable,
} from "./fixture/storage_bench.ts";
import type { Keyring } from "./keyring.ts";
import { layer as layerChoice, StorageChoice, type StorageOptions } from "./storage_choice.ts";

function choose(
  options: StorageOptions,
  keyring: Layer.Layer<Keyring>,
  environment = ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} })),
) {
  return Effect.gen(function* () {
    const { keys } = yield* SealingKeys;
    return { ...yield* StorageChoice, ids: keys.map(({ id }) => id) };
  }).pipe(
    Effect.provide(layerChoice(options)),
    Effect.provide([keyring, environment]),
  );
}

const variable = "00".repeat(32);
const variableId = "66687aadf862bd77";

layer(platform)("storage choice", (it) => {
  describe("a new home", () => {
    it.effect("chooses the keyring where one answers, and says so", () =>
      Effect.gen(function* () {
        const { home, fs, names } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        const first = yield* choose({ home }, keyring);
        assert.strictEqual(first.kind, "keyring");
        assert.strictEqual(first.reason, "a keyring answered on first use");
        const [[account, text] = ["", ""], ...others] = [...entries];
        assert.lengthOf(others, 0);
        assert.strictEqual(first.keyLocation, `keyring: bellhop/${account}`);
        assert.match(text, /^[\w-]{43}$/);
        assert.deepStrictEqual(yield* names, ["store.choice.1"]);
        assert.notInclude(yield* fs.readFileString(`${home}/store.choice.1`), text);
        assert.deepStrictEqual(yield* choose({ home }, keyring), first);
        assert.deepStrictEqual(yield* choose({ home, store: "keyring" }, keyring), first);
      }));

    it.effect("chooses a key file where none answers, and says why", () =>
      Effect.gen(function* () {
        for (const problem of ["unavailable", "timeout"] as const) {
          const { home, names, keyFile } = yield* bench;
          const first = yield* choose({ home }, deafKeyring(problem));
          assert.deepInclude(first, {
            kind: "file",
            reason: "on first use no keyring answers here",
            keyLocation: keyFile,
          });
          assert.deepStrictEqual(yield* names, ["store.choice.1", "store.key"]);
        }
      }));

    it.effect("fails where the keyring is asked for and does not answer, and makes nothing", () =>
      Effect.gen(function* () {
        const { home, fs } = yield* bench;
        const error = yield* Effect.flip(choose({ home, store: "keyring" }, deafKeyring()));
        assert.strictEqual(error.problem, "unavailable");
        assert.isFalse(yield* fs.exists(home));
      }));

    it.effect("asks no keyring where the file is asked for", () =>
      Effect.gen(function* () {
        const { home, keyFile } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        const first = yield* choose({ home, store: "file" }, keyring);
        assert.deepInclude(first, {
          kind: "file",
          reason: "it was asked for",
          keyLocation: keyFile,
        });
        assert.strictEqual(entries.size, 0);
      }));

    it.effect("gives all who start at once the same key, and leaves no other", () =>
      Effect.gen(function* () {
        const { home, names } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        const all = yield* Effect.all(
          Array.from({ length: 20 }, () => choose({ home }, keyring)),
          { concurrency: "unbounded" },
        );
        assert.strictEqual(new Set(all.map(({ ids }) => ids.join())).size, 1);
        assert.strictEqual(entries.size, 1);
        assert.deepStrictEqual(yield* names, ["store.choice.1"]);
      }));

    it.effect("keeps no entry that the home could not name", () =>
      Effect.gen(function* () {
        const { home, fs } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        yield* fs.writeFileString(home, "in the way");
        const error = yield* Effect.flip(choose({ home }, keyring));
        assert.include(["unreadable", "unwritable"], error.problem);
        assert.strictEqual(entries.size, 0);
      }));
  });

  describe("a home that has a key file", () => {
    it.effect("keeps it when a keyring begins to answer", () =>
      Effect.gen(function* () {
        const { home, fs } = yield* bench;
        const first = yield* choose({ home }, deafKeyring());
        const { entries, layer: keyring } = visibleKeyring();
        assert.deepStrictEqual(yield* choose({ home }, keyring), first);
        // As an older Bellhop left it, which wrote no choice down.
        yield* fs.remove(`${home}/store.choice.1`);
        const found = yield* choose({ home }, keyring);
        assert.deepStrictEqual(found.ids, first.ids);
        assert.strictEqual(found.reason, "its key file was there already");
        assert.strictEqual(entries.size, 0);
      }));

    it.effect("fails with elsewhere where the keyring is asked for", () =>
      Effect.gen(function* () {
        const { home, fs } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        yield* choose({ home, store: "file" }, keyring);
        const ask = Effect.flip(choose({ home, store: "keyring" }, keyring));
        assert.deepInclude(yield* ask, { problem: "elsewhere", location: home });
        yield* fs.remove(`${home}/store.choice.1`);
        assert.strictEqual((yield* ask).problem, "elsewhere");
        assert.strictEqual(entries.size, 0);
      }));

    it.effect("fails with missing when it is gone, and makes no other", () =>
      Effect.gen(function* () {
        const { home, fs, keyFile, names } = yield* bench;
        yield* choose({ home }, deafKeyring());
        yield* fs.remove(keyFile);
        const { entries, layer: keyring } = visibleKeyring();
        const error = yield* Effect.flip(choose({ home }, keyring));
        assert.deepInclude(error, { problem: "missing", location: keyFile });
        assert.strictEqual(entries.size, 0);
        assert.deepStrictEqual(yield* names, ["store.choice.1"]);
      }));
  });

  describe("a home that chose the keyring", () => {
    it.effect("fails, and makes no file, where the keyring does not answer now", () =>
      Effect.gen(function* () {
        const { home, names } = yield* bench;
        const { layer: keyring } = visibleKeyring();
        const first = yield* choose({ home }, keyring);
        for (const problem of ["unavailable", "timeout"] as const) {
          const error = yield* Effect.flip(choose({ home }, deafKeyring(problem)));
          assert.deepInclude(error, { problem, location: first.keyLocation });
          assert.isNotEmpty(error.hint);
        }
        const error = yield* Effect.flip(choose({ home, store: "file" }, keyring));
        assert.strictEqual(error.problem, "elsewhere");
        assert.deepStrictEqual(yield* names, ["store.choice.1"]);
      }));

    it.effect("fails with missing when its entry is gone, and makes no other", () =>
      Effect.gen(function* () {
        const { home, names } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        const first = yield* choose({ home }, keyring);
        entries.clear();
        const error = yield* Effect.flip(choose({ home }, keyring));
        assert.deepInclude(error, { problem: "missing", location: first.keyLocation });
        assert.strictEqual(entries.size, 0);
        assert.deepStrictEqual(yield* names, ["store.choice.1"]);
      }));

    it.effect("opens with the key of a file that lies there too, and seals with the keyring's", () =>
      Effect.gen(function* () {
        const [{ home, keyFile }, other] = [yield* bench, yield* bench];
        const { layer: keyring } = visibleKeyring();
        const first = yield* choose({ home }, keyring);
        const file = yield* choose({ home: other.home }, deafKeyring());
        yield* other.fs.copyFile(other.keyFile, keyFile);
        const both = yield* choose({ home }, keyring);
        assert.deepStrictEqual(both.ids, [...first.ids, ...file.ids]);
        yield* other.fs.chmod(keyFile, 0o644);
        assert.deepStrictEqual((yield* choose({ home }, keyring)).ids, first.ids);
      }));

    it.effect("fails with malformed, and shows nothing, where its entry or choice is damaged", () =>
      Effect.gen(function* () {
        const { home, fs } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        const first = yield* choose({ home }, keyring);
        for (const account of entries.keys()) entries.set(account, "planted");
        const entry = yield* Effect.flip(choose({ home }, keyring));
        assert.deepInclude(entry, { problem: "malformed", location: first.keyLocation });
        const file = `${home}/store.choice.1`;
        for (const text of ["planted", "", `{"bellhop_store_choice":1}`, `{"planted":2}`]) {
          yield* fs.writeFileString(file, text);
          const error = yield* Effect.flip(choose({ home }, keyring));
          assert.deepInclude(error, { problem: "malformed", location: file });
          assert.notInclude(`${error}${error.stack}${error.hint}`, "planted");
        }
        yield* fs.writeFileString(file, `{"bellhop_store_choice":2,"store":"planted"}`);
        const newer = yield* Effect.flip(choose({ home }, keyring));
        assert.include(newer.hint, "Update Bellhop");
        assert.lengthOf([...entries], 1);
      }));
  });

  describe("BELLHOP_STORE_KEY", () => {
    it.effect("goes before everything, and nothing is made or asked", () =>
      Effect.gen(function* () {
        const { home, fs } = yield* bench;
        const { entries, layer: keyring } = visibleKeyring();
        for (const store of ["auto", "keyring", "file"] as const) {
          const found = yield* choose({ home, store }, keyring, withVariable(variable));
          assert.deepInclude(found, { kind: "environment", keyLocation: "BELLHOP_STORE_KEY" });
          assert.deepStrictEqual(found.ids, [variableId]);
        }
        assert.isFalse(yield* fs.exists(home));
        assert.strictEqual(entries.size, 0);
      }));
  });
});
