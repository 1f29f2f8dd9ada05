/** Crypto that answers at once, so that the test clock need not wait for it. It keeps no secret. */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Aead from "effect/crypto/Aead";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";

function mixed(...parts: ReadonlyArray<Uint8Array>): Uint8Array {
  const state = new Uint8Array(32);
  let at = 7;
  for (const part of parts) {
    for (const byte of part) {
      at = (Math.imul(at, 31) + byte + 1) >>> 0;
      state[at % 32] = (state[at % 32] ?? 0) + byte + (at >>> 24);
    }
  }
  return state;
}

function masked(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array): Uint8Array {
  const mask = mixed(key, nonce);
  return bytes.map((byte, at) => byte ^ (mask[at % 32] ?? 0) ^ (at & 0xff));
}

const toyCipher: Aead.Implementation = {
  encrypt: (...[key, nonce, plaintext, aad]) => {
    const tag = mixed(key, nonce, plaintext, aad).subarray(0, 16);
    return Uint8Array.of(...masked(key, nonce, plaintext), ...tag);
  },
  decrypt: (...[key, nonce, ciphertext, aad]) => {
    const plaintext = masked(key, nonce, ciphertext.subarray(0, -16));
    const tag = mixed(key, nonce, plaintext, aad).subarray(0, 16);
    return ciphertext.subarray(-16).every((byte, at) => byte === tag[at]) ? plaintext : undefined;
  },
};

let drawn = 0;

export const layerSecureRandom: Layer.Layer<SecureRandom.SecureRandom> = Layer.succeed(
  SecureRandom.SecureRandom,
  SecureRandom.make((size) => {
    drawn += 1;
    return new Uint8Array(size).map((_, at) => (drawn * 7 + at * 13) & 0xff);
  }),
);

export const layerDigest: Layer.Layer<Digest.Digest> = Layer.succeed(
  Digest.Digest,
  Digest.Digest.of({
    digest: (_algorithm, data) => Effect.sync(() => mixed(data)),
    digestHex: (_algorithm, data) => Effect.sync(() => [...mixed(data)].join("")),
  }),
);

export const layer: Layer.Layer<Aead.Aead | Digest.Digest | SecureRandom.SecureRandom> = Aead
  .layerWebCryptoWith({ implementations: { aes256Gcm: toyCipher } }).pipe(
    Layer.provideMerge(Layer.mergeAll(layerSecureRandom, layerDigest)),
  );
