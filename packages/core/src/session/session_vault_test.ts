import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer, Option, Redacted, Schema } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import * as Seal from "../protocol/seal.ts";
import { layerMemory } from "./memory_store.ts";
import { recordFormat, SessionRecord } from "./session_record.ts";
import { SessionStore } from "./session_store.ts";
import { layer, SessionVault } from "./session_vault.ts";
import type { StoreError } from "./store_error.ts";

const crypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
);

const record: SessionRecord = {
  issuer: "https://as.example.com",
  clientId: "tv",
  authenticationMethod: "client_secret_basic",
  endpoints: { tokenEndpoint: "https://as.example.com/token" },
  status: "active",
  refreshToken: Redacted.make("planted-refresh-token"),
  accessTokens: [{
    requestedScope: ["read"],
    resource: ["https://api.example.com"],
    tokens: {
      accessToken: Redacted.make("planted-access-token"),
      tokenType: "Bearer",
      obtainedAtMillis: 1_000,
      expiresInSeconds: 60,
      scope: ["read"],
    },
  }],
  renewal: { attemptId: "1", startedAtMillis: 2_000, refreshTokenHash: "aGFzaA" },
};

function bytesOf(number: number) {
  return Effect.orDie(Seal.makeKey(Redacted.make(new Uint8Array(32).fill(number))));
}

function vaultWith(...numbers: readonly [number, ...ReadonlyArray<number>]) {
  return Effect.gen(function* () {
    const [first, ...rest] = numbers;
    const keys = [yield* bytesOf(first), ...yield* Effect.all(rest.map(bytesOf))] as const;
    return yield* Effect.provide(SessionVault, Layer.provide(layer, Seal.layer(keys)));
  });
}

const services = Layer.merge(layerMemory, crypto);

function stored(key: string) {
  return Effect.flatMap(SessionStore, (store) => Effect.map(store.get(key), Option.getOrThrow));
}

function reasonOf<A, R>(effect: Effect.Effect<A, StoreError, R>) {
  return Effect.map(Effect.flip(effect), (error) => error.reason);
}

describe("SessionVault", () => {
  it.effect("get() gives the record that put() was given", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const version = yield* vault.put("work", record, { ifVersion: null });
      const { record: opened, version: openedVersion } = Option.getOrThrow(
        yield* vault.get("work"),
      );
      assert.strictEqual(openedVersion, version);
      assert.strictEqual(
        opened.refreshToken && Redacted.value(opened.refreshToken),
        "planted-refresh-token",
      );
      const [token] = opened.accessTokens;
      assert.strictEqual(
        token && Redacted.value(token.tokens.accessToken),
        "planted-access-token",
      );
      assert.strictEqual(JSON.stringify(opened), JSON.stringify(record));
    }).pipe(Effect.provide(services)));

  it.effect("get() gives none where nothing is", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      assert.isTrue(Option.isNone(yield* vault.get("work")));
      assert.isFalse(yield* vault.discard("work"));
    }).pipe(Effect.provide(services)));

  it.effect("put() gives the store no secret in clear", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      yield* vault.put("work", record, { ifVersion: null });
      const text = new TextDecoder("latin1").decode((yield* stored("work")).bytes);
      for (const word of ["planted", "as.example.com", "client_secret", "refresh"]) {
        assert.notInclude(text, word);
      }
    }).pipe(Effect.provide(services)));

  it.effect("put() with an old version fails with Conflict", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      yield* vault.put("work", record, { ifVersion: null });
      const reason = yield* reasonOf(vault.put("work", record, { ifVersion: null }));
      assert.strictEqual(reason._tag, "Conflict");
    }).pipe(Effect.provide(services)));

  it.effect("get() fails with UnknownKey when another key sealed it, and leaves it", () =>
    Effect.gen(function* () {
      const [mine, other] = [yield* vaultWith(1), yield* vaultWith(2)];
      yield* mine.put("work", record, { ifVersion: null });
      const before = yield* stored("work");
      const reason = yield* reasonOf(other.get("work"));
      assert.deepInclude(reason, {
        _tag: "UnknownKey",
        keyId: (yield* bytesOf(1)).id,
        knownKeyIds: [(yield* bytesOf(2)).id],
      });
      assert.deepStrictEqual(yield* stored("work"), before);
    }).pipe(Effect.provide(services)));

  it.effect("get() opens with a rotated key, put() seals with the first", () =>
    Effect.gen(function* () {
      const [old, both, fresh] = [yield* vaultWith(1), yield* vaultWith(2, 1), yield* vaultWith(2)];
      const first = yield* old.put("work", record, { ifVersion: null });
      const opened = Option.getOrThrow(yield* both.get("work"));
      yield* both.put("work", opened.record, { ifVersion: first });
      assert.isTrue(Option.isSome(yield* fresh.get("work")));
      assert.strictEqual((yield* reasonOf(old.get("work")))._tag, "UnknownKey");
    }).pipe(Effect.provide(services)));

  it.effect("get() fails with Corrupt for a record copied from another key", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const store = yield* SessionStore;
      yield* vault.put("work", record, { ifVersion: null });
      yield* store.put("play", (yield* stored("work")).bytes, { ifVersion: null });
      assert.deepInclude(yield* reasonOf(vault.get("play")), { _tag: "Corrupt", key: "play" });
    }).pipe(Effect.provide(services)));

  it.effect("get() never opens a record with any one byte changed", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const store = yield* SessionStore;
      yield* vault.put("work", record, { ifVersion: null });
      const { bytes } = yield* stored("work");
      for (let at = 0; at < bytes.length; at++) {
        const changed = bytes.slice();
        changed[at] = changed[at]! ^ 0x40;
        yield* store.put(`${at}`, changed, { ifVersion: null });
        const reason = yield* reasonOf(vault.get(`${at}`));
        const expected = at === 3 || at === 8 ? "NewerFormat" : "Corrupt";
        assert.strictEqual(reason._tag, at >= 9 && at < 17 ? "UnknownKey" : expected, `byte ${at}`);
      }
    }).pipe(Effect.provide(services)));

  it.effect("get() fails with Corrupt for a record cut short at any length", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const store = yield* SessionStore;
      yield* vault.put("work", record, { ifVersion: null });
      const { bytes } = yield* stored("work");
      for (const length of [0, 1, 3, 4, 5, 10, 20, 40, 44, 45, bytes.length - 1]) {
        yield* store.put(`${length}`, bytes.slice(0, length), { ifVersion: null });
        assert.strictEqual((yield* reasonOf(vault.get(`${length}`)))._tag, "Corrupt");
      }
    }).pipe(Effect.provide(services)));

  it.effect("get() fails with NewerFormat for a record of a later Bellhop, and leaves it", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const store = yield* SessionStore;
      const later = Uint8Array.of(0x42, 0x48, 0x52, 3, 9, 9, 9);
      yield* store.put("work", later, { ifVersion: null });
      const reason = yield* reasonOf(vault.get("work"));
      assert.deepInclude(reason, { _tag: "NewerFormat", key: "work", format: 3 });
      assert.deepStrictEqual((yield* stored("work")).bytes, later);
    }).pipe(Effect.provide(services)));

  it.effect("get() opens a record of format 1, and put() writes it in the present one", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const store = yield* SessionStore;
      const aad = new TextEncoder().encode(JSON.stringify(["bellhop session record", 1, "work"]));
      const older = JSON.stringify(Schema.encodeSync(SessionRecord)(record));
      const envelope = yield* Seal.seal(new TextEncoder().encode(older), aad).pipe(
        Effect.provide(Seal.layer([yield* bytesOf(1)])),
      );
      const bytes = Uint8Array.of(0x42, 0x48, 0x52, 1, ...envelope);
      yield* store.put("work", bytes, { ifVersion: null });
      const found = Option.getOrThrow(yield* vault.get("work"));
      assert.deepStrictEqual(found.record.scope, ["read"]);
      const { scope: _, ...rest } = Schema.encodeSync(SessionRecord)(found.record);
      assert.deepStrictEqual(rest, JSON.parse(older));
      assert.deepStrictEqual((yield* stored("work")).bytes, bytes);
      yield* vault.put("work", found.record, { ifVersion: found.version });
      assert.strictEqual((yield* stored("work")).bytes[3], recordFormat);
      assert.deepStrictEqual(Option.getOrThrow(yield* vault.get("work")).record, found.record);
    }).pipe(Effect.provide(services)));

  it.effect("get() fails with Corrupt, and no word of it, for what is no record", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const store = yield* SessionStore;
      const aad = new TextEncoder().encode(JSON.stringify(["bellhop session record", 1, "work"]));
      const keys = Seal.layer([yield* bytesOf(1)]);
      let ifVersion: number | null = null;
      for (const text of [`{"refresh_token":"planted-secret"}`, `planted-secret`, "[]", ""]) {
        const envelope = yield* Seal.seal(new TextEncoder().encode(text), aad).pipe(
          Effect.provide(keys),
        );
        const bytes = Uint8Array.of(0x42, 0x48, 0x52, 1, ...envelope);
        ifVersion = yield* store.put("work", bytes, { ifVersion });
        const error = yield* Effect.flip(vault.get("work"));
        assert.strictEqual(error.reason._tag, "Corrupt");
        assert.notInclude(`${error}${error.stack}${JSON.stringify(error)}`, "planted");
        assert.isUndefined(error.cause);
      }
    }).pipe(Effect.provide(services)));

  it.effect("discard() removes a record that does not open", () =>
    Effect.gen(function* () {
      const vault = yield* vaultWith(1);
      const store = yield* SessionStore;
      yield* store.put("work", Uint8Array.of(1), { ifVersion: null });
      assert.isTrue(yield* vault.discard("work"));
      assert.isTrue(Option.isNone(yield* vault.get("work")));
    }).pipe(Effect.provide(services)));
});
