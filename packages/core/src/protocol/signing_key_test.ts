import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { KeyFormat, Signature } from "effect/crypto";
import { signatureOf } from "./jws_algorithm.ts";
import { fromJwk, fromPrivateKey, fromSecret, isShared } from "./signing_key.ts";
import { layer } from "./testdata/jose_crypto.ts";

const planted = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const okp = {
  kty: "OKP",
  crv: "Ed25519",
  d: planted,
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
};

const refusalOf = (jwk: Record<string, unknown>, options?: Parameters<typeof fromJwk>[1]) =>
  Effect.map(Effect.flip(fromJwk(Redacted.make(jwk), options)), (error) => {
    assert.notInclude(`${error.stack} ${JSON.stringify(error)}`, planted);
    return error.problem;
  });

const generated = Effect.fnUntraced(function* (algorithm: Signature.Algorithm) {
  const { privateKey } = yield* (yield* Signature.Signature).generateKeyPair(algorithm);
  const jwk = yield* KeyFormat.encode(
    KeyFormat.jwk,
    privateKey as Signature.PrivateKey<Signature.Ed25519>,
  );
  const members: Record<string, unknown> = { ...jwk };
  return { privateKey, jwk: members };
});

describe("signing_key", () => {
  it.effect("fromSecret() wants as many bytes as the digest has", () =>
    Effect.gen(function* () {
      for (const [algorithm, length] of [["HS256", 32], ["HS384", 48], ["HS512", 64]] as const) {
        const key = yield* fromSecret(Redacted.make("s".repeat(length)), algorithm);
        assert.isTrue(isShared(key));
        const short = fromSecret(Redacted.make("s".repeat(length - 1)), algorithm);
        assert.strictEqual((yield* Effect.flip(short)).problem, "key");
      }
    }));

  it.effect("fromJwk() takes algorithm and name from the key, or from its curve", () =>
    Effect.gen(function* () {
      const key = yield* fromJwk(Redacted.make({ ...okp, kid: "1" }));
      assert.deepStrictEqual([key.algorithm, key.keyId], ["EdDSA", "1"]);
      assert.isFalse(isShared(key));
      const ec = yield* generated(Signature.ecdsaP384);
      assert.strictEqual((yield* fromJwk(Redacted.make(ec.jwk))).algorithm, "ES384");
      const named = yield* fromJwk(Redacted.make({ ...okp, kid: "1", alg: "Ed25519" }), {
        keyId: "2",
      });
      assert.deepStrictEqual([named.algorithm, named.keyId], ["Ed25519", "2"]);
    }).pipe(Effect.provide(layer)));

  it.effect(
    "fromJwk() wants to be told the algorithm of an RSA key",
    () =>
      Effect.gen(function* () {
        const rsa = yield* generated(signatureOf("RS256"));
        assert.strictEqual(yield* refusalOf(rsa.jwk), "key");
        assert.strictEqual(
          (yield* fromJwk(Redacted.make(rsa.jwk), { algorithm: "PS256" })).algorithm,
          "PS256",
        );
        assert.strictEqual(
          (yield* fromJwk(Redacted.make({ ...rsa.jwk, alg: "RS256" }))).algorithm,
          "RS256",
        );
      }).pipe(Effect.provide(layer)),
    30_000,
  );

  const refused: ReadonlyArray<readonly [string, Record<string, unknown>]> = [
    ["nothing", {}],
    ["a public key", { ...okp, d: undefined }],
    ["a symmetric key", { kty: "oct", k: planted }],
    ["a key for encryption", { ...okp, use: "enc" }],
    ["a key that only verifies", { ...okp, key_ops: ["verify"] }],
    ["a wrong public part", { ...okp, x: planted }],
    ["an unknown alg", { ...okp, alg: "none" }],
    ["an alg of HMAC", { ...okp, alg: "HS256" }],
    ["an alg of another type", { ...okp, alg: "ES256" }],
    ["a short private part", { ...okp, d: planted.slice(4) }],
  ];
  for (const [name, jwk] of refused) {
    it.effect(`fromJwk() refuses ${name} and quotes nothing`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* refusalOf(jwk), "key");
      }));
  }

  it.effect("fromPrivateKey() refuses a key of another algorithm", () =>
    Effect.gen(function* () {
      const { privateKey } = yield* generated(Signature.ecdsaP256);
      for (const algorithm of ["ES384", "EdDSA", "RS256", "PS256"] as const) {
        const error = yield* Effect.flip(fromPrivateKey(privateKey, { algorithm }));
        assert.strictEqual(error.problem, "key");
      }
      assert.strictEqual(
        (yield* fromPrivateKey(privateKey, { algorithm: "ES256" })).algorithm,
        "ES256",
      );
    }).pipe(Effect.provide(layer)));
});
