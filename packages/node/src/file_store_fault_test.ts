import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, watch } from "node:fs";
import { fileURLToPath } from "node:url";
import { NodeServices } from "@effect/platform-node";
import { assert, describe, layer } from "@effect/vitest";
import { Effect, FileSystem, Layer, Option, PlatformError } from "effect";
import { Digest, SecureRandom } from "effect/crypto";
import { SessionStore } from "@bellhop/core/session/session_store";
import type { StoreError } from "@bellhop/core/session/store_error";
import { layer as layerFile } from "./file_store.ts";
import { start } from "./fixture/child.ts";
import { plantedWords } from "./fixture/storage_bench.ts";

const platform = Layer.mergeAll(
  NodeServices.layer,
  SecureRandom.layerWebCrypto,
  Digest.layerWebCrypto,
);

const bench = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "bellhop-" });
  const store = yield* Effect.provide(SessionStore, layerFile({ directory }));
  return { fs, directory, store };
});

function reasonOf<A, R>(effect: Effect.Effect<A, StoreError, R>) {
  return Effect.map(Effect.flip(effect), (error) => error.reason);
}

/** Mounts are seen by these processes only; without root they need user namespaces. */
const namespace = [["-m"], ["-r", "-m"]].find((flags) =>
  spawnSync("sh", ["-c", `unshare "$@" mount -t tmpfs none /mnt`, "sh", ...flags]).status === 0
);

const fixture = (name: string) => fileURLToPath(new URL(`fixture/${name}`, import.meta.url));

layer(platform, { excludeTestServices: true })("file store, in trouble", (it) => {
  describe.skipIf(namespace === undefined)("a real file system of 64 KiB", () => {
    it.effect(
      "put() is Unwritable when it is full or read-only, and loses nothing",
      () =>
        Effect.gen(function* () {
          const { directory } = yield* bench;
          const script = `mount -t tmpfs -o size=64k none "$1" && exec "$2" "$3" "$1"`;
          const command = ["sh", directory, process.execPath, fixture("starve.ts")];
          const answer = yield* Effect.sync(() =>
            execFileSync(
              "sh",
              ["-c", `exec unshare "$@"`, "sh", ...namespace ?? [], "sh", "-c", script, ...command],
              { encoding: "utf8" },
            )
          );
          const { begun, full, after, readOnly } = JSON.parse(answer) as Record<string, unknown>;
          const [old, next] = [
            { version: 1, first: 1, names: ["session-work.1"] },
            { version: 2, first: 2, names: ["session-work.1", "session-work.2"] },
          ];
          const fault = { _tag: "Unwritable", location: `${directory}/sessions` };
          assert.deepStrictEqual(begun, { version: 1 });
          assert.deepStrictEqual(full, [
            {
              ...fault,
              description: "no space is left (ENOSPC)",
              hint: "Free some space and try again",
            },
            old,
          ]);
          assert.deepStrictEqual(after, [{ version: 2 }, next]);
          assert.deepStrictEqual(readOnly, [
            {
              ...fault,
              description: "the file system is read-only (EROFS)",
              hint: "Choose a directory that can be written",
            },
            next,
          ]);
        }),
      20_000,
    );
  });

  it.effect("put() and lease() are Unwritable where nothing can be written, and get() reads on", () =>
    Effect.gen(function* () {
      const { fs, directory, store } = yield* bench;
      yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
      const readOnly = yield* Effect.provide(
        SessionStore,
        layerFile({ directory }).pipe(Layer.provide(Layer.succeed(FileSystem.FileSystem, {
          ...fs,
          open: (path, options) =>
            options?.flag === "wx" ? failing("EROFS") : fs.open(path, options),
        }))),
      );
      const calls = [
        reasonOf(readOnly.put("work", Uint8Array.of(2), { ifVersion: 1 })),
        reasonOf(readOnly.remove("work", { ifVersion: 1 })),
        reasonOf(Effect.scoped(readOnly.lease("work", { ttlMillis: 800 }))),
      ];
      for (const reason of yield* Effect.all(calls)) {
        assert.deepInclude(reason, {
          _tag: "Unwritable",
          location: directory,
          description: "the file system is read-only (EROFS)",
        });
      }
      assert.strictEqual(Option.getOrThrow(yield* readOnly.get("work")).version, 1);
    }));

  it.effect(
    "put() is Unwritable, and loses nothing, where the process may not write so much",
    () =>
      Effect.gen(function* () {
        const { directory, store } = yield* bench;
        yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
        const answer = yield* Effect.sync(() =>
          execFileSync("sh", [
            "-c",
            `ulimit -f 4; exec "$@"`,
            "sh",
            process.execPath,
            fixture("put_large.ts"),
            directory,
          ], { encoding: "utf8" })
        );
        assert.deepInclude(JSON.parse(answer), {
          _tag: "Unwritable",
          location: directory,
          description: "it is larger than this process may write (EFBIG)",
        });
        assert.deepStrictEqual(
          Option.getOrThrow(yield* store.get("work")).bytes,
          Uint8Array.of(1),
        );
        assert.deepStrictEqual(readdirSync(directory), ["session-work.1"]);
      }),
    20_000,
  );

  it.effect(
    "lease() and put() of a stopped process end typed when it goes on after another took over",
    () =>
      Effect.gen(function* () {
        const { directory, store } = yield* bench;
        const version = yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
        const child = yield* start("late.ts", [directory, "800"]);
        assert.strictEqual(yield* child.line, "held");
        child.process.kill("SIGSTOP");
        const refused = yield* reasonOf(
          Effect.scoped(store.lease("work", { ttlMillis: 800, waitMillis: 0 })),
        );
        assert.strictEqual(refused._tag, "LeaseTimeout");
        const lease = yield* store.lease("work", { ttlMillis: 800, waitMillis: 10_000 });
        yield* store.put("work", Uint8Array.of(2), { ifVersion: version });
        child.process.kill("SIGCONT");
        assert.strictEqual(yield* child.line, "LeaseLost");
        assert.strictEqual(yield* child.line, "Conflict");
        assert.isAbove(yield* lease.remainingMillis, 0);
        assert.deepInclude(Option.getOrThrow(yield* store.get("work")), {
          version: 2,
          bytes: Uint8Array.of(2),
        });
      }),
    20_000,
  );

  it.effect(
    "no file holds a secret in clear at any moment of a burst and a rotation",
    () =>
      Effect.gen(function* () {
        const { fs, directory } = yield* bench;
        const seen = yield* watched(directory);
        const child = yield* start("burst.ts", [directory]);
        while (child.process.exitCode === null) {
          for (const name of namesUnder(directory)) seen.look(name);
          yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)));
        }
        assert.strictEqual(yield* child.line, "done");
        for (const name of namesUnder(directory)) seen.look(name);
        assert.isAbove(seen.looks.size, 100);
        assert.isTrue([...seen.looks].some((name) => name.includes("tmp-")));
        assert.deepStrictEqual(seen.findings, []);
        yield* fs.writeFileString(`${directory}/planted`, plantedWords.join());
        seen.look("planted");
        assert.deepStrictEqual(new Set(seen.findings), new Set(["planted"]));
      }),
    60_000,
  );
});

function failing(code: string) {
  const cause = Object.assign(new Error(code), { code });
  return Effect.fail(
    PlatformError.systemError({
      _tag: "Unknown",
      module: "FileSystem",
      method: "open",
      cause,
    }),
  );
}

function namesUnder(directory: string): ReadonlyArray<string> {
  return readdirSync(directory, { recursive: true, encoding: "utf8" });
}

/** Reads each file as soon as something is heard of it. */
const watched = Effect.fnUntraced(function* (directory: string) {
  const looks = new Set<string>();
  const findings: Array<string> = [];
  const look = (name: string) => {
    try {
      const text = readFileSync(`${directory}/${name}`, "latin1");
      looks.add(name);
      if (plantedWords.some((word) => text.includes(word))) findings.push(name);
    } catch {
      // It is a directory, or was there for a moment only.
    }
  };
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      watch(directory, { recursive: true, encoding: "utf8" }, (_, name) => {
        if (name !== null) look(name);
      })
    ),
    (watcher) => Effect.sync(() => watcher.close()),
  );
  return { looks, findings, look };
});
