import { NodeServices } from "@effect/platform-node";
import { assert, describe, layer } from "@effect/vitest";
import { ConfigProvider, Effect, FileSystem, Layer, Option, Path } from "effect";
import { Digest, SecureRandom } from "effect/crypto";
import { SealingKeys } from "@bellhop/core/protocol/seal";
import { execFileSync } from "node:child_process";
import { start } from "./fixture/child.ts";
import { layer as layerKey } from "./sealing_key.ts";

const platform = Layer.mergeAll(
  NodeServices.layer,
  SecureRandom.layerWebCrypto,
  Digest.layerWebCrypto,
);

const bench = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const home = yield* fs.makeTempDirectoryScoped({ prefix: "bellhop-" });
  return { fs, home, keyFile: path.join(home, "data", "store.key") };
});

/** Ids of the keys, with this environment. */
function keyIds(keyFile: string, environment: Record<string, string> = {}) {
  return Effect.map(SealingKeys, ({ keys }) => keys.map(({ id }) => id)).pipe(
    Effect.provide(layerKey({ keyFile })),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: environment }))),
  );
}

const bytes = Uint8Array.from({ length: 32 }, (_, at) => at * 8 + 7);

layer(platform)("sealing key", (it) => {
  describe("BELLHOP_STORE_KEY", () => {
    it.effect("is taken as base64url, base64 or hexadecimal digits, and no file is made", () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        const found = new Set<string>();
        for (
          const text of [
            Buffer.from(bytes).toString("base64url"),
            Buffer.from(bytes).toString("base64"),
            Buffer.from(bytes).toString("hex"),
            Buffer.from(bytes).toString("hex").toUpperCase(),
            ` ${Buffer.from(bytes).toString("base64")}\n`,
          ]
        ) {
          const ids = yield* keyIds(keyFile, { BELLHOP_STORE_KEY: text });
          assert.lengthOf(ids, 1);
          found.add(ids.join());
        }
        assert.strictEqual(found.size, 1);
        assert.deepStrictEqual(yield* fs.readDirectory(home), []);
      }));

    it.effect("may hold several keys, the first of which seals", () =>
      Effect.gen(function* () {
        const { keyFile } = yield* bench;
        const [one, two] = [bytes, bytes.toReversed()].map((key) =>
          Buffer.from(key).toString("base64url")
        );
        const first = yield* keyIds(keyFile, { BELLHOP_STORE_KEY: `${one}` });
        const second = yield* keyIds(keyFile, { BELLHOP_STORE_KEY: `${two}` });
        assert.deepStrictEqual(
          yield* keyIds(keyFile, { BELLHOP_STORE_KEY: `${two},${one}` }),
          [...second, ...first],
        );
      }));

    it.effect("is refused, and not shown, when it is anything else", () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        for (
          const text of [
            "planted",
            "planted-planted-planted-planted-planted-planted",
            Buffer.from(bytes.subarray(1)).toString("base64"),
            Buffer.from(bytes).toString("hex").slice(2),
            `${Buffer.from(bytes).toString("base64")},planted`,
            ",",
          ]
        ) {
          const error = yield* Effect.flip(keyIds(keyFile, { BELLHOP_STORE_KEY: text }));
          assert.deepInclude(error, { problem: "malformed", location: "BELLHOP_STORE_KEY" });
          const shown = `${error.message}${error.hint}${JSON.stringify(error)}${error.stack}`;
          assert.notInclude(shown, "planted");
          assert.notInclude(shown, text.length > 8 ? text.slice(0, 8) : "planted");
        }
        assert.deepStrictEqual(yield* fs.readDirectory(home), []);
      }));
  });

  describe("the key file", () => {
    it.effect("is made on first use with mode 0600 and used from then on", () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        const first = yield* keyIds(keyFile);
        assert.strictEqual(((yield* fs.stat(keyFile)).mode & 0o777).toString(8), "600");
        assert.strictEqual(((yield* fs.stat(`${home}/data`)).mode & 0o777).toString(8), "700");
        assert.deepStrictEqual(yield* fs.readDirectory(`${home}/data`), ["store.key"]);
        assert.match(yield* fs.readFileString(keyFile), /^[\w-]{43}\n$/);
        assert.deepStrictEqual(yield* keyIds(keyFile), first);
        assert.deepStrictEqual(yield* keyIds(keyFile, { BELLHOP_STORE_KEY: "" }), first);
      }));

    it.effect("is refused with a hint when others may access it", () =>
      Effect.gen(function* () {
        const { fs, keyFile } = yield* bench;
        yield* keyIds(keyFile);
        for (const mode of [0o640, 0o604, 0o666, 0o610]) {
          yield* fs.chmod(keyFile, mode);
          const error = yield* Effect.flip(keyIds(keyFile));
          assert.deepInclude(error, { problem: "permissions", location: keyFile });
          assert.include(error.hint, `chmod 600 '${keyFile}'`);
        }
        yield* fs.chmod(keyFile, 0o400);
        assert.lengthOf(yield* keyIds(keyFile), 1);
      }));

    it.effect("is refused when it is another user's", () =>
      Effect.gen(function* () {
        const { fs, keyFile } = yield* bench;
        yield* keyIds(keyFile);
        // As if the owner were another: only root could give the file away.
        const foreign = Layer.succeed(FileSystem.FileSystem, {
          ...fs,
          open: (path, options) =>
            Effect.map(fs.open(path, options), (file) => {
              const stat = Effect.map(file.stat, (info) => ({
                ...info,
                uid: Option.map(info.uid, (uid) => uid + 1),
              }));
              return Object.create(file, { stat: { value: stat } }) as FileSystem.File;
            }),
        });
        const error = yield* Effect.flip(Effect.provide(keyIds(keyFile), foreign));
        assert.deepInclude(error, { problem: "permissions", location: keyFile });
        assert.include(error.message, "another user");
      }));

    it.effect("is refused, and not made, where others may replace it", () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        yield* fs.makeDirectory(`${home}/data`);
        for (const mode of [0o777, 0o770, 0o702]) {
          yield* fs.chmod(`${home}/data`, mode);
          const error = yield* Effect.flip(keyIds(keyFile));
          assert.deepInclude(error, { problem: "permissions", location: keyFile });
          assert.include(error.hint, `chmod go-w '${home}/data'`);
          assert.deepStrictEqual(yield* fs.readDirectory(`${home}/data`), []);
        }
        yield* fs.chmod(`${home}/data`, 0o1777);
        const ids = yield* keyIds(keyFile);
        const link = `${home}/link.key`;
        yield* fs.symlink(keyFile, link);
        assert.deepStrictEqual(yield* keyIds(link), ids);
        yield* fs.chmod(`${home}/data`, 0o777);
        assert.strictEqual((yield* Effect.flip(keyIds(link))).problem, "permissions");
      }));

    it.effect("has no second name any more where a crash left one", () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        const ids = yield* keyIds(keyFile);
        const at = (name: string) => `${home}/data/${name}`;
        const [copy, other] = [`tmp-${"0".repeat(32)}`, `tmp-${"1".repeat(32)}`];
        for (const name of [copy, "backup.key", "tmp-mine"]) yield* fs.link(keyFile, at(name));
        yield* fs.writeFileString(at(other), "another program's");
        assert.deepStrictEqual(yield* keyIds(keyFile), ids);
        assert.deepStrictEqual(
          (yield* fs.readDirectory(`${home}/data`)).toSorted(),
          ["backup.key", "store.key", other, "tmp-mine"].toSorted(),
        );
      }));

    it.effect("is refused when it is a pipe, or larger than any key file", () =>
      Effect.gen(function* () {
        const { fs, home } = yield* bench;
        const [pipe, large] = [`${home}/pipe`, `${home}/large`];
        yield* Effect.sync(() => execFileSync("mkfifo", ["-m", "600", pipe]));
        yield* fs.writeFile(large, new Uint8Array(65_537), { mode: 0o600 });
        for (const path of [pipe, large]) {
          const error = yield* Effect.flip(keyIds(path));
          assert.deepInclude(error, { problem: "unreadable", location: path });
          assert.isNotEmpty(error.hint);
        }
      }));

    it.effect("is refused, left as it was and not shown when it holds no key", () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        yield* fs.makeDirectory(`${home}/data`, { mode: 0o700 });
        for (const text of ["", "planted", "\0\0\0", "planted".repeat(1000)]) {
          yield* fs.writeFileString(keyFile, text);
          yield* fs.chmod(keyFile, 0o600);
          const error = yield* Effect.flip(keyIds(keyFile));
          assert.deepInclude(error, { problem: "malformed", location: keyFile });
          assert.notInclude(`${error.message}${error.hint}${error.stack}`, "planted");
          assert.strictEqual(yield* fs.readFileString(keyFile), text);
        }
      }));

    it.effect("is a typed error where it cannot be read or made", () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        const directory = yield* Effect.flip(keyIds(home));
        assert.deepInclude(directory, { problem: "unreadable", location: home });
        yield* fs.writeFileString(`${home}/data`, "x");
        const error = yield* Effect.flip(keyIds(keyFile));
        assert.deepInclude(error, { location: keyFile });
        assert.isNotEmpty(error.hint);
      }));
  });
});

// Other processes keep the real time.
layer(platform, { excludeTestServices: true })("sealing key across processes", (it) => {
  it.effect(
    "the key file is one for all processes that start at once",
    () =>
      Effect.gen(function* () {
        const { fs, home, keyFile } = yield* bench;
        const children = yield* Effect.all(
          Array.from({ length: 4 }, () => start("key.ts", [keyFile])),
        );
        for (const child of children) assert.strictEqual(yield* child.line, "ready");
        yield* Effect.all(children.map(({ go }) => go), { concurrency: "unbounded" });
        const ids = yield* Effect.all(children.map(({ line }) => line));
        assert.strictEqual(new Set(ids).size, 1);
        assert.deepStrictEqual(ids.slice(0, 1), yield* keyIds(keyFile));
        assert.deepStrictEqual(yield* fs.readDirectory(`${home}/data`), ["store.key"]);
      }),
    20_000,
  );
});
