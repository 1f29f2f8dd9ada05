/**
 * Ed25519 signatures that are there at once. They are the real ones, and the same for the same key
 * and data, which is why other algorithms are not here: ECDSA and RSA-PSS are random by nature.
 *
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Signature } from "effect/crypto";
 * import { layer as layerRandom } from "@bellhop/simulator/crypto/secure_random";
 * import { layer } from "@bellhop/simulator/crypto/signature";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const data = new TextEncoder().encode("message");
 * const program = Effect.gen(function* () {
 *   const service = yield* Signature.Signature;
 *   const { privateKey, publicKey } = yield* service.generateKeyPair(Signature.ed25519);
 *   return yield* service.verify(publicKey, yield* service.sign(privateKey, data), data);
 * });
 * const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
 *
 * ok(Effect.runSync(Effect.provide(program, crypto)));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8032#section-5.1 | RFC 8032 section 5.1}
 * @module
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as CryptoError from "effect/crypto/CryptoError";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Signature from "effect/crypto/Signature";

type Service = Signature.Signature["Service"];

const seedBytes = 32;
const signatureBytes = 64;
/** As WebCrypto verifies: nothing that RFC 8032 would not have written. */
const strictly = { zip215: false } as const;

/**
 * Provides `Signature` for Ed25519 keys that hold bytes. Any other algorithm fails with
 * `Unsupported`.
 *
 * A key of `Signature.privateKey` or `Signature.publicKey` is one at once. `KeyFormat`, which reads
 * JSON Web Keys, goes by the `WebCrypto` reference whatever layers there are.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Signature } from "effect/crypto";
 * import { layer as layerRandom } from "@bellhop/simulator/crypto/secure_random";
 * import { layer } from "@bellhop/simulator/crypto/signature";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const program = Effect.flatMap(
 *   Signature.Signature,
 *   (service) => Effect.flip(service.generateKeyPair(Signature.ecdsaP256)),
 * );
 * const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
 *
 * equal(Effect.runSync(Effect.provide(program, crypto)).reason._tag, "Unsupported");
 * ```
 */
export const layer: Layer.Layer<Signature.Signature, never, SecureRandom.SecureRandom> = Layer
  .effect(
    Signature.Signature,
    Effect.gen(function* () {
      const random = yield* SecureRandom.SecureRandom;
      return Signature.Signature.of({
        generateKeyPair: (algorithm) => generateKeyPair(random, algorithm),
        sign,
        verify,
        publicKeyOf,
      });
    }),
  );

const generateKeyPair = Effect.fnUntraced(
  function* <A extends Signature.Algorithm>(
    random: SecureRandom.SecureRandom["Service"],
    algorithm: A,
  ) {
    if (!isEd25519(algorithm)) return yield* unsupported("generateKeyPair", algorithm);
    const seed = yield* random.randomBytes(seedBytes);
    const privateKey = yield* Signature.privateKey(algorithm, seed);
    const publicKey = yield* Signature.publicKey(algorithm, ed25519.getPublicKey(seed));
    return { privateKey, publicKey } satisfies Signature.KeyPair<A & Signature.Ed25519>;
  },
);

const sign: Service["sign"] = Effect.fnUntraced(
  function* (privateKey: Signature.PrivateKey, data: Uint8Array) {
    const { algorithm } = privateKey;
    if (!isEd25519(algorithm)) return yield* unsupported("sign", algorithm);
    return ed25519.sign(data, yield* Signature.toBytes(privateKey));
  },
);

function verify(
  publicKey: Signature.PublicKey,
  signature: Uint8Array,
  data: Uint8Array,
): Effect.Effect<boolean, CryptoError.CryptoError> {
  return Effect.gen(function* () {
    const { algorithm } = publicKey;
    if (!isEd25519(algorithm)) return yield* unsupported("verify", algorithm);
    const key = yield* Signature.toBytes(publicKey);
    return signature.length === signatureBytes && ed25519.verify(signature, data, key, strictly);
  });
}

const publicKeyOf = Effect.fnUntraced(
  function* <A extends Signature.Algorithm>(privateKey: Signature.PrivateKey<A>) {
    const algorithm: A = privateKey.algorithm;
    if (!isEd25519(algorithm)) return yield* unsupported("publicKeyOf", algorithm);
    const seed = yield* Signature.toBytes(privateKey);
    return yield* Signature.publicKey(algorithm, ed25519.getPublicKey(seed));
  },
);

function isEd25519<A extends Signature.Algorithm>(
  algorithm: A,
): algorithm is A & Signature.Ed25519 {
  return algorithm._tag === "Ed25519";
}

function unsupported(
  method: string,
  { name }: Signature.Algorithm,
): Effect.Effect<never, CryptoError.CryptoError> {
  const reason = new CryptoError.Unsupported({ description: `simulated crypto has no ${name}` });
  return Effect.fail(new CryptoError.CryptoError({ module: "Signature", method, reason }));
}
