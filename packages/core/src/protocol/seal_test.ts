import { assert, describe, layer } from "@effect/vitest";
import { Effect, Layer, Redacted, Schema } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { Hex } from "effect/encoding";
import { generateKey, layer as layerKeys, makeKey, open, seal } from "./seal.ts";
import type { SealingKey } from "./seal.ts";

const crypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
);

function text(value: string) {
  return new TextEncoder().encode(value);
}

const aad = text("session work");

function sealWith(key: SealingKey, plaintext: Uint8Array = text("planted secret")) {
  return Effect.provide(seal(plaintext, aad), layerKeys([key]));
}

function reasonWith(key: SealingKey, sealed: Uint8Array, additionalData: Uint8Array = aad) {
  return open(sealed, additionalData).pipe(
    Effect.flip,
    Effect.map((error) => error.reason),
    Effect.provide(layerKeys([key])),
  );
}

layer(crypto)("seal", (it) => {
  describe("makeKey()", () => {
    it.effect("names the key by the first 8 bytes of its SHA-256 digest", () =>
      Effect.gen(function* () {
        const key = yield* makeKey(Redacted.make(Uint8Array.from({ length: 32 }, (_, at) => at)));
        assert.strictEqual(key.id, "630dcd2966c43366");
      }));

    it.effect("fails with SealingKeyError for another length", () =>
      Effect.gen(function* () {
        for (const lengthBytes of [0, 16, 31, 33]) {
          const error = yield* Effect.flip(makeKey(Redacted.make(new Uint8Array(lengthBytes))));
          assert.deepInclude(error, { _tag: "SealingKeyError", lengthBytes });
        }
      }));

    it.effect("keeps a copy of the bytes", () =>
      Effect.gen(function* () {
        const bytes = new Uint8Array(32).fill(7);
        const key = yield* makeKey(Redacted.make(bytes));
        const sealed = yield* sealWith(key);
        bytes.fill(0);
        const opened = yield* Effect.provide(open(sealed, aad), layerKeys([key]));
        assert.deepStrictEqual(opened, text("planted secret"));
      }));

    it.effect("makes a key that does not show its bytes", () =>
      Effect.gen(function* () {
        const key = yield* makeKey(Redacted.make(text("planted".padEnd(32))));
        assert.notInclude(JSON.stringify(key) + String(key.key), "planted");
      }));
  });

  describe("generateKey()", () => {
    it.effect("makes another key each time", () =>
      Effect.gen(function* () {
        const ids = yield* Effect.all(Array.from({ length: 20 }, () => generateKey()));
        assert.strictEqual(new Set(ids.map(({ id }) => id)).size, 20);
      }));
  });

  describe("seal()", () => {
    it.effect("writes magic, version, key id and nonce before the ciphertext", () =>
      Effect.gen(function* () {
        const key = yield* generateKey();
        const sealed = yield* sealWith(key);
        assert.strictEqual(new TextDecoder().decode(sealed.subarray(0, 4)), "BHSE");
        assert.strictEqual(sealed[4], 1);
        assert.strictEqual(Hex.encode(sealed.subarray(5, 13)), key.id);
        assert.strictEqual(sealed.length, 41 + text("planted secret").length);
      }));

    it.effect("uses a new nonce each time", () =>
      Effect.gen(function* () {
        const key = yield* generateKey();
        const nonces = new Set<string>();
        for (let count = 0; count < 50; count++) {
          nonces.add((yield* sealWith(key)).slice(13, 25).join());
        }
        assert.strictEqual(nonces.size, 50);
      }));

    it.effect("seals with the first key", () =>
      Effect.gen(function* () {
        const [first, second] = [yield* generateKey(), yield* generateKey()];
        const sealed = yield* Effect.provide(seal(text("a"), aad), layerKeys([first, second]));
        assert.strictEqual((yield* reasonWith(second, sealed))._tag, "UnknownKey");
      }));
  });

  describe("open()", () => {
    it.effect.prop(
      "gives back what seal() was given",
      [Schema.Uint8Array, Schema.Uint8Array],
      ([plaintext, data]) =>
        Effect.gen(function* () {
          const keys = layerKeys([yield* generateKey()]);
          const opened = yield* Effect.flatMap(
            seal(plaintext, data),
            (sealed) => open(sealed, data),
          )
            .pipe(Effect.provide(keys));
          assert.deepStrictEqual(opened, plaintext);
        }),
    );

    it.effect("opens with whichever of its keys sealed it", () =>
      Effect.gen(function* () {
        const [old, fresh] = [yield* generateKey(), yield* generateKey()];
        const sealed = yield* sealWith(old);
        const opened = yield* Effect.provide(open(sealed, aad), layerKeys([fresh, old]));
        assert.deepStrictEqual(opened, text("planted secret"));
      }));

    it.effect("fails with UnknownKey, naming ids only, for another key", () =>
      Effect.gen(function* () {
        const [mine, other] = [yield* generateKey(), yield* generateKey()];
        const reason = yield* reasonWith(other, yield* sealWith(mine));
        assert.deepInclude(reason, {
          _tag: "UnknownKey",
          keyId: mine.id,
          knownKeyIds: [other.id],
        });
        assert.include(reason.message, mine.id);
      }));

    it.effect("fails for every bit that is flipped", () =>
      Effect.gen(function* () {
        const key = yield* generateKey();
        const sealed = yield* sealWith(key, text("abc"));
        for (let bit = 0; bit < sealed.length * 8; bit++) {
          const changed = sealed.slice();
          changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
          const { _tag } = yield* reasonWith(key, changed);
          const at = bit >> 3;
          if (at === 4) assert.strictEqual(_tag, changed[4] === 0 ? "Corrupt" : "NewerFormat");
          else assert.strictEqual(_tag, at >= 5 && at < 13 ? "UnknownKey" : "Corrupt");
        }
      }));

    it.effect("fails with Corrupt at every length that is too short", () =>
      Effect.gen(function* () {
        const key = yield* generateKey();
        const sealed = yield* sealWith(key, text("abc"));
        for (let length = 0; length < sealed.length; length++) {
          const reason = yield* reasonWith(key, sealed.slice(0, length));
          assert.strictEqual(reason._tag, "Corrupt");
        }
      }));

    it.effect("fails with Corrupt for other additional data", () =>
      Effect.gen(function* () {
        const key = yield* generateKey();
        const sealed = yield* sealWith(key);
        for (const data of ["", "session play", "session work ", "session wor"]) {
          assert.strictEqual((yield* reasonWith(key, sealed, text(data)))._tag, "Corrupt");
        }
      }));

    it.effect("fails with NewerFormat for a later version, whoever sealed it", () =>
      Effect.gen(function* () {
        const later = Uint8Array.of(0x42, 0x48, 0x53, 0x45, 2);
        const reason = yield* reasonWith(yield* generateKey(), later);
        assert.deepInclude(reason, { _tag: "NewerFormat", version: 2 });
      }));

    it.effect("fails without a cause", () =>
      Effect.gen(function* () {
        const key = yield* generateKey();
        const reason = yield* reasonWith(key, yield* sealWith(key), text(""));
        assert.deepStrictEqual(Object.keys(reason).filter((name) => name === "cause"), []);
        assert.isUndefined(reason.cause);
      }));
  });
});
