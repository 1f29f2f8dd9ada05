/** Against a real Secret Service; `.ci/run` starts one. Skipped where none is said to be there. */
import { execFileSync } from "node:child_process";
import { assert, describe, layer } from "@effect/vitest";
import { Duration, Effect, FileSystem, Layer, Option, Redacted } from "effect";
import { open, seal, SealingKeys } from "@bellhop/core/protocol/seal";
import { SessionStore, type StoredBytes } from "@bellhop/core/session/session_store";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { cases } from "@bellhop/core/session/store_conformance";
import { start } from "./fixture/child.ts";
import { bench, plantedWords, platform, record } from "./fixture/storage_bench.ts";
import { retire, rotate } from "./key_rotation.ts";
import { Keyring, layer as layerKeyring } from "./keyring.ts";
import { layer as layerStorage } from "./session_storage.ts";
import { StorageChoice } from "./storage_choice.ts";

const isThere = process.env["BELLHOP_TEST_SECRET_SERVICE"] === "1";
const services = Layer.merge(platform, layerKeyring());

/** Asks the bus; the answer is text. */
function ask(destination: string, path: string, ...call: ReadonlyArray<string>): string {
  const to = ["--session", "--print-reply", `--dest=${destination}`, path, ...call];
  return execFileSync("sh", ["-c", `dbus-send "$@"`, "sh", ...to], { encoding: "utf8" });
}

/** Runs while the service is stopped. */
function whileStopped<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
  const answer = ask(
    "org.freedesktop.DBus",
    "/",
    "org.freedesktop.DBus.GetConnectionUnixProcessID",
    "string:org.freedesktop.secrets",
  );
  const pid = Number(/uint32 (\d+)/.exec(answer)?.[1]);
  return Effect.acquireUseRelease(
    Effect.sync(() => process.kill(pid, "SIGSTOP")),
    () => effect,
    () => Effect.sync(() => process.kill(pid, "SIGCONT")),
  );
}

/** Stores what the keys of the keyring have sealed, so that each case needs them. */
const sealedStore = Layer.effect(
  SessionStore,
  Effect.gen(function* () {
    const store = yield* SessionStore;
    const context = yield* Effect.context<Effect.Services<ReturnType<typeof seal>>>();
    const aad = (key: string) => new TextEncoder().encode(JSON.stringify(key));
    return SessionStore.of({
      ...store,
      get: (key) =>
        Effect.flatMap(
          store.get(key),
          Option.match({
            onNone: () => Effect.succeedNone,
            onSome: (stored: StoredBytes) =>
              open(stored.bytes, aad(key)).pipe(
                Effect.map((bytes) => Option.some({ ...stored, bytes })),
                Effect.orDie,
                Effect.provide(context),
              ),
          }),
        ),
      put: (key, bytes, options) =>
        seal(bytes, aad(key)).pipe(
          Effect.provide(context),
          Effect.flatMap((sealed) => store.put(key, sealed, options)),
        ),
    });
  }),
);

const inKeyring = Layer.unwrap(
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped()),
    (home) => layerStorage({ home, store: "keyring" }),
  ),
);
const conformance = Layer.provide(sealedStore, inKeyring).pipe(Layer.provide(services));

describe.skipIf(!isThere)("a real Secret Service", () => {
  layer(conformance, { excludeTestServices: true })("holds the key of a file store", (it) => {
    for (const { name, effect } of cases()) it.effect(name, () => effect, 60_000);
  });

  layer(services, { excludeTestServices: true })("keyring", (it) => {
    it.effect("layer() keeps, replaces and removes a text", () =>
      Effect.gen(function* () {
        const keyring = yield* Keyring;
        assert.isTrue(Option.isNone(yield* keyring.get("test-1")));
        for (const text of ["first", "second"]) {
          yield* keyring.set("test-1", Redacted.make(text));
          assert.strictEqual(
            Redacted.value(Option.getOrThrow(yield* keyring.get("test-1"))),
            text,
          );
        }
        yield* keyring.remove("test-1");
        yield* keyring.remove("test-1");
        assert.isTrue(Option.isNone(yield* keyring.get("test-1")));
      }));

    it.effect(
      "gives several processes that start at once one key",
      () =>
        Effect.gen(function* () {
          const { home, names } = yield* bench;
          const children = yield* Effect.all(
            Array.from({ length: 8 }, () => start("choose.ts", [home])),
          );
          for (const child of children) assert.strictEqual(yield* child.line, "ready");
          yield* Effect.all(children.map(({ go }) => go), { concurrency: "unbounded" });
          const answers = yield* Effect.all(children.map(({ line }) => line));
          assert.strictEqual(new Set(answers).size, 1, answers.join());
          assert.match(answers[0] ?? "", /^keyring [0-9a-f]{16}$/);
          assert.deepStrictEqual(yield* names, ["store.choice.1"]);
        }),
      60_000,
    );

    it.effect("holds keys that rotate, and a session opens through it all", () =>
      Effect.gen(function* () {
        const { home, fs } = yield* bench;
        const vault = () => Effect.provide(SessionVault, layerStorage({ home }));
        yield* (yield* vault()).put("work", record, { ifVersion: null });
        const { keyId } = yield* rotate({ home });
        assert.isTrue(Option.isSome(yield* (yield* vault()).get("work")));
        yield* retire({ home });
        assert.isTrue(Option.isSome(yield* (yield* vault()).get("work")));
        const { keys } = yield* Effect.provide(SealingKeys, layerStorage({ home }));
        assert.deepStrictEqual(keys.map(({ id }) => id), [keyId]);
        for (const name of yield* fs.readDirectory(home, { recursive: true })) {
          const info = yield* fs.stat(`${home}/${name}`);
          if (info.type !== "File") continue;
          const text = new TextDecoder("latin1").decode(yield* fs.readFile(`${home}/${name}`));
          for (const word of plantedWords) assert.notInclude(text, word);
        }
      }));

    it.effect(
      "is a typed error within its limit when it hangs, and the key is there again after",
      () =>
        Effect.gen(function* () {
          const { home, names } = yield* bench;
          const choice = () => Effect.provide(StorageChoice, layerStorage({ home }));
          const first = yield* choice();
          const [took, error] = yield* whileStopped(
            Effect.timed(Effect.flip(choice())),
          );
          assert.deepInclude(error, { problem: "timeout", location: first.keyLocation });
          assert.isBelow(Duration.toMillis(took), 11_000);
          assert.deepStrictEqual(yield* choice(), first);
          assert.deepStrictEqual(yield* names, ["store.choice.1"]);
        }),
      30_000,
    );

    // Nobody unlocks it again, so this is the last.
    it.effect("is unavailable when it is locked, and no second key is made", () =>
      Effect.gen(function* () {
        const [{ home, names }, fresh] = [yield* bench, yield* bench];
        const choice = (at: string) => Effect.provide(StorageChoice, layerStorage({ home: at }));
        const first = yield* choice(home);
        ask(
          "org.freedesktop.secrets",
          "/org/freedesktop/secrets",
          "org.freedesktop.Secret.Service.Lock",
          "array:objpath:/org/freedesktop/secrets/collection/login",
        );
        const error = yield* Effect.flip(choice(home));
        assert.deepInclude(error, {
          problem: "unavailable",
          location: first.keyLocation,
          description: "the keyring is locked, and nobody unlocked it",
        });
        assert.deepStrictEqual(yield* names, ["store.choice.1"]);
        assert.deepInclude(yield* choice(fresh.home), {
          kind: "file",
          reason: "on first use the keyring is locked, and nobody unlocked it",
        });
      }));
  });
});
