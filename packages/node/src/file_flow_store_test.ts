import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeServices } from "@effect/platform-node";
import { assert, describe, it } from "@effect/vitest";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import { cases } from "@bellhop/core/flow/flow_store_conformance";
import { Context, Effect, Layer, Option } from "effect";
import { TestClock } from "effect/testing";
import { Digest, SecureRandom } from "effect/crypto";
import { type FileFlowStoreOptions, layer } from "./file_flow_store.ts";

const platform = Layer.mergeAll(
  NodeServices.layer,
  SecureRandom.layerWebCrypto,
  Digest.layerWebCrypto,
);

const folder = Effect.acquireRelease(
  Effect.sync(() => join(mkdtempSync(join(tmpdir(), "bellhop-")), "flows")),
  (path) => Effect.sync(() => rmSync(join(path, ".."), { recursive: true, force: true })),
);

/** Two stores on one directory, as two processes have them. */
const inFolder = <A, E>(
  program: (
    stores: { readonly one: FlowStore; readonly other: FlowStore; readonly directory: string },
  ) => Effect.Effect<A, E>,
  options: Omit<FileFlowStoreOptions, "directory"> = {},
) =>
  Effect.gen(function* () {
    const directory = yield* folder;
    const store = Effect.flatMap(
      Layer.build(Layer.fresh(layer({ directory, ...options }))),
      (context) => Effect.succeed(Context.get(context, FlowStore)),
    );
    return yield* program({ one: yield* store, other: yield* store, directory });
  }).pipe(Effect.scoped, Effect.provide(platform));

describe("FileFlowStore", () => {
  describe("is a flow store", () => {
    for (const { name, effect } of cases({ passTime: (millis) => TestClock.adjust(millis) })) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const directory = yield* folder;
          yield* Effect.provide(effect, layer({ directory }));
        }).pipe(Effect.scoped, Effect.provide(platform)));
    }
  });

  it.effect("take() gives to one process what another has put, and to one only", () =>
    inFolder(({ one, other }) =>
      Effect.gen(function* () {
        for (let round = 0; round < 20; round++) {
          yield* one.put("a", Uint8Array.of(round), { ttlMillis: 60_000 });
          const taken = yield* Effect.all([other.take("a"), one.take("a"), other.take("a")], {
            concurrency: "unbounded",
          });
          assert.lengthOf(taken.filter(Option.isSome), 1);
        }
      })
    ));

  it.effect("keeps what it holds to the user, and the key out of the name", () =>
    inFolder(({ one, directory }) =>
      Effect.gen(function* () {
        yield* one.put("planted-state", Uint8Array.of(1), { ttlMillis: 60_000 });
        const [name = "", ...others] = readdirSync(directory);
        assert.deepStrictEqual(others, []);
        assert.notInclude(name, "planted");
        assert.strictEqual(statSync(directory).mode & 0o777, 0o700);
        assert.strictEqual(statSync(join(directory, name)).mode & 0o777, 0o600);
      })
    ));

  it.effect("put() removes what has expired and what a crash left, and nothing that is not its own", () =>
    inFolder(({ one, directory }) =>
      Effect.gen(function* () {
        yield* one.put("a", Uint8Array.of(1), { ttlMillis: 1_000 });
        const left = join(directory, "taken-0123456789abcdef0123456789abcdef");
        writeFileSync(left, "sealed");
        utimesSync(left, 0, 0);
        for (const name of ["id_rsa", "session-work.1", "flow-notes.txt"]) {
          writeFileSync(join(directory, name), "not ours");
          utimesSync(join(directory, name), 0, 0);
        }
        yield* TestClock.adjust("2 minutes");
        yield* one.put("b", Uint8Array.of(2), { ttlMillis: 1_000 });
        const names = readdirSync(directory).toSorted();
        assert.lengthOf(names, 4);
        assert.includeMembers(names, ["flow-notes.txt", "id_rsa", "session-work.1"]);
      })
    ));

  it.effect("put() fails with Full rather than fill the disk, until flows expire", () =>
    inFolder(({ one }) =>
      Effect.gen(function* () {
        yield* one.put("a", Uint8Array.of(1), { ttlMillis: 1_000 });
        yield* one.put("b", Uint8Array.of(1), { ttlMillis: 1_000 });
        const error = yield* Effect.flip(one.put("c", Uint8Array.of(1), { ttlMillis: 1_000 }));
        assert.strictEqual(error.reason._tag, "Full");
        yield* TestClock.adjust("2 minutes");
        yield* one.put("c", Uint8Array.of(1), { ttlMillis: 1_000 });
      }), { maxFlows: 2 }));

  it.effect("fails with Unavailable where it may not write, and says what to do", () =>
    Effect.gen(function* () {
      const directory = yield* folder;
      writeFileSync(directory, "");
      chmodSync(directory, 0o600);
      const put = Effect.flatMap(
        FlowStore,
        (store) => store.put("a", Uint8Array.of(1), { ttlMillis: 1_000 }),
      );
      const error = yield* Effect.flip(Effect.provide(put, layer({ directory })));
      assert.deepInclude(error.reason, { _tag: "Unavailable", location: directory });
      assert.isNotEmpty(error.hint);
    }).pipe(Effect.scoped, Effect.provide(platform)));
});
