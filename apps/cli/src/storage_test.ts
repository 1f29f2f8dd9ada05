import { assert, describe, it } from "@effect/vitest";
import { Effect, FileSystem, Layer } from "effect";
import { NodeServices } from "@effect/platform-node";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { Settings } from "./settings.ts";
import { layer, layerExisting, Storage, storageWords } from "./storage.ts";
import { settingsIn } from "./testdata/stored_session.ts";

interface Seen {
  readonly words: string;
  readonly files: ReadonlyArray<string>;
  readonly sessions: ReadonlyArray<string>;
}

/** Opens the stores one after the other in one home, and gives what is seen after each. */
function seen(layers: ReadonlyArray<typeof layer>, settings: Partial<Settings> = {}) {
  return Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    const home = yield* fs.makeTempDirectoryScoped();
    const look = Effect.gen(function* () {
      const sessions = yield* (yield* SessionVault).list();
      const words = storageWords(yield* Storage).replaceAll(home, "HOME");
      return { words, sessions, files: (yield* fs.readDirectory(home)).toSorted() } satisfies Seen;
    });
    const opened: Array<Seen> = [];
    for (const each of layers) {
      const provided = Layer.provide(each, Layer.succeed(Settings, settingsIn(home, settings)));
      opened.push(yield* Effect.provide(look, provided));
    }
    return opened;
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer));
}

describe("layerExisting", () => {
  it.effect("makes nothing where nothing was ever stored", () =>
    Effect.gen(function* () {
      const [empty] = yield* seen([layerExisting]);
      const words = "HOME, where nothing is stored yet";
      assert.deepStrictEqual(empty, { words, sessions: [], files: [] });
    }));

  it.effect("opens what is there", () =>
    Effect.gen(function* () {
      const put = Layer.effectDiscard(Effect.gen(function* () {
        const vault = yield* SessionVault;
        yield* vault.put("work", {
          issuer: "https://as.example.com",
          clientId: "tv",
          authenticationMethod: "none",
          endpoints: {},
          status: "active",
          accessTokens: [],
        }, { ifVersion: null });
      })).pipe(Layer.provideMerge(layer));
      const [, after] = yield* seen([Layer.orDie(put), layerExisting], { store: "file" });
      assert.deepStrictEqual(after?.sessions, ["work"]);
      assert.strictEqual(
        after?.words,
        "sealed files in HOME, their key in HOME/store.key (it was asked for)",
      );
    }));
});

describe("layer", () => {
  it.effect("keeps nothing in a home with the store memory", () =>
    Effect.gen(function* () {
      const [memory] = yield* seen([layer], { store: "memory" });
      assert.deepStrictEqual(memory?.files, []);
      assert.strictEqual(memory?.words, "memory, gone when this command ends");
    }));
});
