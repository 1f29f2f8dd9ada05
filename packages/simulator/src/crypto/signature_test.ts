import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer } from "effect";
import { SecureRandom, Signature } from "effect/crypto";
import { Hex } from "effect/encoding";
import { stream } from "../seed.ts";
import { layer as layerRandom } from "./secure_random.ts";
import { layer } from "./signature.ts";

const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
const engine = Signature.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto));

function run<A, E>(program: Effect.Effect<A, E, Signature.Signature>): A {
  return Effect.runSync(Effect.provide(program, crypto));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** RFC 8032 section 7.1, tests 1 and 3. */
const vectors = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    data: "",
    signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    data: "af82",
    signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
];

describe("signature", () => {
  for (const { data, publicKey, seed, signature } of vectors) {
    it(`layer signs and verifies "${data}" as RFC 8032 has it, at once`, () =>
      run(Effect.gen(function* () {
        const service = yield* Signature.Signature;
        const key = yield* Signature.privateKey(Signature.ed25519, bytesOf(seed));
        const published = yield* service.publicKeyOf(key);
        assert.strictEqual(Hex.encode(yield* Signature.toBytes(published)), publicKey);
        const signed = yield* service.sign(key, bytesOf(data));
        assert.strictEqual(Hex.encode(signed), signature);
        assert.isTrue(yield* service.verify(published, signed, bytesOf(data)));
        assert.isFalse(yield* service.verify(published, signed, Uint8Array.of(1)));
        assert.isFalse(yield* service.verify(published, signed.subarray(1), bytesOf(data)));
        assert.isFalse(yield* service.verify(published, new Uint8Array(64), bytesOf(data)));
      })));
  }

  it("layer makes the same pair for the same seed", () => {
    const pair = Effect.gen(function* () {
      const service = yield* Signature.Signature;
      const { privateKey, publicKey } = yield* service.generateKeyPair(Signature.ed25519);
      return Hex.encode(yield* Signature.toBytes(privateKey)) +
        Hex.encode(yield* Signature.toBytes(publicKey));
    });
    const made = (seed: number) =>
      Effect.runSync(
        Effect.provide(pair, layer.pipe(Layer.provide(layerRandom(stream(seed, "crypto"))))),
      );
    assert.strictEqual(made(1), made(1));
    assert.notStrictEqual(made(1), made(2));
  });

  it("layer refuses the signature of another key, and a key that is no point", () =>
    run(Effect.gen(function* () {
      const service = yield* Signature.Signature;
      const one = yield* service.generateKeyPair(Signature.ed25519);
      const two = yield* service.generateKeyPair(Signature.ed25519);
      const signed = yield* service.sign(one.privateKey, Uint8Array.of(1));
      assert.isFalse(yield* service.verify(two.publicKey, signed, Uint8Array.of(1)));
      const noPoint = yield* Signature.publicKey(Signature.ed25519, new Uint8Array(32).fill(2));
      assert.isFalse(yield* service.verify(noPoint, signed, Uint8Array.of(1)));
    })));

  it("layer fails with Unsupported for algorithms that are not here", () =>
    run(Effect.gen(function* () {
      const service = yield* Signature.Signature;
      const point = Uint8Array.of(4, ...new Uint8Array(64));
      const key = yield* Signature.publicKey(Signature.ecdsaP256, point);
      const errors = [
        yield* Effect.flip(service.generateKeyPair(Signature.rsaPssSha256)),
        yield* Effect.flip(service.verify(key, new Uint8Array(64), new Uint8Array())),
      ];
      assert.deepStrictEqual(errors.map(({ method, reason }) => `${method} ${reason._tag}`), [
        "generateKeyPair Unsupported",
        "verify Unsupported",
      ]);
    })));

  it.effect("layer signs and verifies as WebCrypto does", () =>
    Effect.gen(function* () {
      const ours = Effect.provide(Signature.Signature, crypto);
      const theirs = Effect.provide(Signature.Signature, engine);
      const data = stream(1, "data").bytes(300);
      const { privateKey, publicKey } = yield* (yield* ours).generateKeyPair(Signature.ed25519);
      const signed = yield* (yield* ours).sign(privateKey, data);
      assert.deepStrictEqual(yield* (yield* theirs).sign(privateKey, data), signed);
      assert.isTrue(yield* (yield* theirs).verify(publicKey, signed, data));
    }));
});
