import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Redacted } from "effect";
import { KeyFormat, Signature } from "effect/crypto";
import { type ClientKey, decode, type DecodeOptions } from "./client_key.ts";
import { ed25519Jwk, p256Jwk, rsaJwk } from "./testdata/client_keys.ts";
import { layer } from "./testdata/jose_crypto.ts";

const es256 = { ...p256Jwk, alg: "ES256", kid: "one" };

/** What no error may hold: the private members, and what was planted. */
const leak = new RegExp(
  [ed25519Jwk.d, p256Jwk.d, "planted"].map((secret) => secret.slice(0, 12)).join("|"),
);

function refused(options: unknown) {
  return Effect.flip(decode(options as DecodeOptions));
}

describe("client_key", () => {
  const forms: Readonly<Record<string, ClientKey>> = {
    "an object": es256,
    "a redacted object": Redacted.make(es256),
    "a redacted text": Redacted.make(JSON.stringify(es256)),
  };
  for (const [form, key] of Object.entries(forms)) {
    it.effect(`decode() reads ${form}, and takes algorithm and name from it`, () =>
      Effect.gen(function* () {
        const signing = yield* decode({ key });
        assert.strictEqual(signing.algorithm, "ES256");
        assert.strictEqual(signing.keyId, "one");
        assert.notMatch(JSON.stringify(signing) + String(signing.key), leak);
      }));
  }

  it.effect("decode() takes algorithm and name from the caller where the key has none", () =>
    Effect.gen(function* () {
      const key = yield* Effect.promise(() => rsaJwk(2048));
      const { algorithm, keyId } = yield* decode({ key, algorithm: "PS256", keyId: "two" });
      assert.deepStrictEqual([algorithm, keyId], ["PS256", "two"]);
    }));

  it.effect("decode() knows the algorithm of a curve, and both names of Ed25519", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* decode({ key: p256Jwk })).algorithm, "ES256");
      assert.notProperty(yield* decode({ key: p256Jwk }), "keyId");
      const key = { ...ed25519Jwk, alg: "EdDSA" };
      assert.strictEqual((yield* decode({ key, algorithm: "Ed25519" })).algorithm, "Ed25519");
    }));

  it.effect("decode() takes a key of effect/crypto, with its algorithm named", () =>
    Effect.gen(function* () {
      const key = yield* KeyFormat.decodePrivate(KeyFormat.jwk, Signature.ecdsaP256, p256Jwk);
      const signing = yield* decode({ key, algorithm: "ES256" });
      assert.strictEqual(signing.key, key);
      assert.strictEqual((yield* refused({ key })).problem, "missingAlgorithm");
      const other = yield* refused({ key, algorithm: "ES384" });
      assert.strictEqual(other.problem, "algorithmMismatch");
    }));

  it.effect("decode() refuses a key of effect/crypto with fewer than 2048 bits", () =>
    Effect.gen(function* () {
      const jwk = yield* Effect.promise(() => rsaJwk(1024));
      const key = yield* KeyFormat.decodePrivate(KeyFormat.jwk, Signature.rsaPkcs1v15Sha256, jwk);
      assert.strictEqual((yield* refused({ key, algorithm: "RS256" })).problem, "weakKey");
    }).pipe(Effect.provide(layer)));

  const { d: _, ...publicHalf } = es256;
  const bad: ReadonlyArray<readonly [string, unknown, string]> = [
    ["only the public half", { key: publicHalf }, "publicKey"],
    ["an empty private half", { key: { ...es256, d: "" } }, "publicKey"],
    ["the algorithm of another curve", { key: { ...es256, alg: "ES384" } }, "algorithmMismatch"],
    ["another algorithm of the caller", { key: es256, algorithm: "EdDSA" }, "algorithmMismatch"],
    ["RSA for a curve", { key: p256Jwk, algorithm: "RS256" }, "algorithmMismatch"],
    ["a curve for RSA", { key: { kty: "RSA", d: "a" }, algorithm: "ES256" }, "algorithmMismatch"],
    ["another curve", { key: { ...es256, crv: "P-384" } }, "algorithmMismatch"],
    ["none", { key: { ...es256, alg: "none" } }, "unknownAlgorithm"],
    ["HMAC", { key: es256, algorithm: "HS256" }, "unknownAlgorithm"],
    [
      "an algorithm that is not registered",
      { key: { ...es256, alg: "ES256\n" } },
      "unknownAlgorithm",
    ],
    ["an algorithm that is no text", { key: { ...es256, alg: ["ES256"] } }, "unknownAlgorithm"],
    ["RSA without an algorithm", { key: { kty: "RSA", n: "a", d: "a" } }, "missingAlgorithm"],
    ["a secret", { key: { kty: "oct", k: "planted-secret" } }, "invalidKey"],
    ["no type", { key: { ...es256, kty: undefined } }, "invalidKey"],
    ["a key for encryption", { key: { ...es256, use: "enc" } }, "invalidKey"],
    ["a key that only verifies", { key: { ...es256, key_ops: ["verify"] } }, "invalidKey"],
    ["a private half that is no base64url", { key: { ...es256, d: "planted!" } }, "invalidKey"],
    ["a private half of the wrong size", { key: { ...es256, d: "AAAA" } }, "invalidKey"],
    ["a point that is missing", { key: { ...es256, x: undefined } }, "invalidKey"],
    ["a point of numbers", { key: { ...es256, x: 5 } }, "invalidKey"],
    ["a set of keys", { key: { keys: [es256] } }, "invalidKey"],
    ["a list", { key: Redacted.make("[]") }, "invalidKey"],
    ["nothing", { key: Redacted.make("") }, "invalidKey"],
    ["half a text", { key: Redacted.make(JSON.stringify(es256).slice(0, -9)) }, "invalidKey"],
    ["a text nested too deep", { key: Redacted.make("[".repeat(99)) }, "invalidKey"],
    ["PEM", { key: Redacted.make("-----BEGIN PRIVATE KEY-----\nplanted") }, "invalidKey"],
  ];
  for (const [name, options, problem] of bad) {
    it.effect(`decode() refuses ${name}: ${problem}, and shows nothing of it`, () =>
      Effect.gen(function* () {
        const error = yield* refused(options);
        assert.strictEqual(error.problem, problem);
        assert.isNotEmpty(error.hint);
        const shown = [String(error), error.stack, error.hint, JSON.stringify(error)];
        for (const text of [...shown, Cause.pretty(Cause.fail(error))]) {
          assert.notMatch(text ?? "", leak);
        }
        assert.notProperty(error, "cause");
      }));
  }

  it.effect("decode() refuses RSA with fewer than 2048 bits", () =>
    Effect.gen(function* () {
      const key = yield* Effect.promise(() => rsaJwk(1024));
      const error = yield* refused({ key, algorithm: "RS256" });
      assert.strictEqual(error.problem, "weakKey");
      assert.include(error.message, "2048");
    }));

  it.effect("decode() says that a key is not meant for signing", () =>
    Effect.gen(function* () {
      const error = yield* refused({ key: { ...es256, use: "enc" } });
      assert.include(error.message, "not meant for signing");
    }));

  it.effect("decode() says how PEM is read", () =>
    Effect.gen(function* () {
      const error = yield* refused({ key: Redacted.make("-----BEGIN PRIVATE KEY-----\nAAAA") });
      assert.include(error.hint, "KeyFormat.decodePrivate");
    }));
});
