import { NodeServices } from "@effect/platform-node";
import { assert, layer } from "@effect/vitest";
import { Effect, FileSystem, Layer, Option } from "effect";
import { Digest, SecureRandom } from "effect/crypto";
import { SessionStore } from "@bellhop/core/session/session_store";
import type { StoreError } from "@bellhop/core/session/store_error";
import { layer as layerFile } from "./file_store.ts";
import { start } from "./fixture/child.ts";

const platform = Layer.mergeAll(
  NodeServices.layer,
  SecureRandom.layerWebCrypto,
  Digest.layerWebCrypto,
);

const bench = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "bellhop-" });
  const store = yield* Effect.provide(SessionStore, layerFile({ directory }));
  return { directory, store };
});

function reasonOf<A, R>(effect: Effect.Effect<A, StoreError, R>) {
  return Effect.map(Effect.flip(effect), (error) => error.reason);
}

// Other processes keep the real time.
layer(platform, { excludeTestServices: true })("file store across processes", (it) => {
  it.effect("put() lets one of several processes win", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* bench;
      const first = yield* store.put("work", Uint8Array.of(0), { ifVersion: null });
      const children = yield* Effect.all(
        Array.from({ length: 4 }, () => start("put.ts", [directory, `${first}`])),
      );
      for (const child of children) assert.strictEqual(yield* child.line, "ready");
      yield* Effect.all(children.map(({ go }) => go), { concurrency: "unbounded" });
      const answers = yield* Effect.all(children.map(({ line }) => line));
      assert.deepStrictEqual(
        answers.toSorted(),
        ["Conflict", "Conflict", "Conflict", "version 2"],
      );
      const winner = children[answers.indexOf("version 2")];
      assert.strictEqual(
        new TextDecoder().decode(Option.getOrThrow(yield* store.get("work")).bytes),
        `${winner?.process.pid}`,
      );
    }), 20_000);

  it.effect(
    "lease() goes to one of several processes, and on at once when that one dies",
    () =>
      Effect.gen(function* () {
        const { directory, store } = yield* bench;
        const args = [directory, "600000"];
        const children = yield* Effect.all(Array.from({ length: 3 }, () => start("hold.ts", args)));
        for (const child of children) assert.strictEqual(yield* child.line, "ready");
        yield* Effect.all(children.map(({ go }) => go), { concurrency: "unbounded" });
        const answers = yield* Effect.all(children.map(({ line }) => line));
        assert.deepStrictEqual(
          answers.toSorted(),
          ["LeaseTimeout", "LeaseTimeout", "held"],
        );
        const options = { ttlMillis: 600_000, waitMillis: 0 };
        const reason = yield* reasonOf(Effect.scoped(store.lease("work", options)));
        assert.strictEqual(reason._tag, "LeaseTimeout");
        const holder = children[answers.indexOf("held")]?.process;
        const ended = new Promise((resolve) => holder?.once("exit", resolve));
        holder?.kill("SIGKILL");
        yield* Effect.promise(() => ended);
        const lease = yield* store.lease("work", options);
        assert.isAbove(yield* lease.remainingMillis, 590_000);
      }),
    20_000,
  );

  it.effect(
    "lease() of a process that is stopped passes on when its time is over",
    () =>
      Effect.gen(function* () {
        const { directory, store } = yield* bench;
        const child = yield* start("hold.ts", [directory, "800"]);
        assert.strictEqual(yield* child.line, "ready");
        yield* child.go;
        assert.strictEqual(yield* child.line, "held");
        child.process.kill("SIGSTOP");
        const options = { ttlMillis: 800, waitMillis: 0 };
        const reason = yield* reasonOf(Effect.scoped(store.lease("work", options)));
        assert.strictEqual(reason._tag, "LeaseTimeout");
        const lease = yield* store.lease("work", { ttlMillis: 800, waitMillis: 10_000 });
        child.process.kill("SIGCONT");
        yield* Effect.sleep(1_000);
        assert.isAbove(yield* lease.remainingMillis, 0);
      }),
    20_000,
  );
});
