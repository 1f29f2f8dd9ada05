/**
 * A toy cipher for simulations, where sealing has to be quick and done at once.
 *
 * It keeps no secret from anybody who tries: nobody designed it to, and nobody looked at it. It does
 * what a simulation can check. Text that was sealed is not to be read in the bytes; a changed byte,
 * another key, nonce or additional data is noticed. Its bytes are the same on every runtime, and are
 * not those of the algorithms whose names it answers to.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Aead } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/aead";
 * import { layer as layerRandom } from "@bellhop/simulator/crypto/secure_random";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const nonce = new Uint8Array(12);
 * const program = Effect.gen(function* () {
 *   const aead = yield* Aead.Aead;
 *   const key = yield* aead.generateKey(Aead.aes256Gcm);
 *   const sealed = yield* aead.encrypt(key, new TextEncoder().encode("secret"), { nonce });
 *   return new TextDecoder().decode(yield* aead.decrypt(key, sealed, { nonce }));
 * });
 * const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
 *
 * equal(Effect.runSync(Effect.provide(program, crypto)), "secret");
 * ```
 *
 * @module
 */
import type * as Layer from "effect/Layer";
import * as Aead from "effect/crypto/Aead";
import type * as SecureRandom from "effect/crypto/SecureRandom";

const tagBytes = 16;
const wordBytes = 4;
/** Rounds that part what was read before from what comes after. */
const settlingRounds = 8;

/** Four words, each step of which can be undone: different states stay different. */
type State = Int32Array;

/** One quarter round of ChaCha, into which a word goes. RFC 8439 section 2.1. */
function stir(state: State, word: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = (state[3] as number) ^ word;
  a = (a + b) | 0;
  d ^= a;
  d = (d << 16) | (d >>> 16);
  c = (c + d) | 0;
  b ^= c;
  b = (b << 12) | (b >>> 20);
  a = (a + b) | 0;
  d ^= a;
  d = (d << 8) | (d >>> 24);
  c = (c + d) | 0;
  b ^= c;
  state[0] = a;
  state[1] = (b << 7) | (b >>> 25);
  state[2] = c;
  state[3] = d;
}

/** Reads bytes and how many there are, so that what is beside each other does not run together. */
function absorb(state: State, bytes: Uint8Array): void {
  const view = viewOf(bytes);
  const wholeBytes = bytes.length - bytes.length % wordBytes;
  for (let at = 0; at < wholeBytes; at += wordBytes) stir(state, view.getInt32(at, true));
  for (let at = wholeBytes; at < bytes.length; at++) stir(state, view.getUint8(at));
  settle(state, bytes.length);
}

function settle(state: State, word: number): void {
  for (let round = 0; round < settlingRounds; round++) stir(state, round === 0 ? word : 0);
}

function started(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array): State {
  // "expand 32-byte k", for four zeros would stay zeros.
  const state = Int32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
  absorb(state, key);
  absorb(state, nonce);
  absorb(state, aad);
  return state;
}

/** The word that hides the next four bytes. */
function maskOf(state: State): number {
  return (state[1] as number) ^ (state[2] as number);
}

function encrypt(...args: Parameters<Aead.Implementation["encrypt"]>): Uint8Array {
  const [key, nonce, plaintext, aad] = args;
  const state = started(key, nonce, aad);
  const sealed = new Uint8Array(plaintext.length + tagBytes);
  const from = viewOf(plaintext);
  const to = viewOf(sealed);
  const wholeBytes = plaintext.length - plaintext.length % wordBytes;
  for (let at = 0; at < wholeBytes; at += wordBytes) {
    const word = from.getInt32(at, true) ^ maskOf(state);
    to.setInt32(at, word, true);
    stir(state, word);
  }
  for (let at = wholeBytes; at < plaintext.length; at++) {
    const byte = (from.getUint8(at) ^ maskOf(state)) & 0xff;
    to.setUint8(at, byte);
    stir(state, byte);
  }
  settle(state, plaintext.length);
  for (const [index, word] of state.entries()) {
    to.setInt32(plaintext.length + index * wordBytes, word, true);
  }
  return sealed;
}

function decrypt(...args: Parameters<Aead.Implementation["decrypt"]>): Uint8Array | undefined {
  const [key, nonce, sealed, aad] = args;
  const state = started(key, nonce, aad);
  const plaintext = new Uint8Array(sealed.length - tagBytes);
  const from = viewOf(sealed);
  const to = viewOf(plaintext);
  const wholeBytes = plaintext.length - plaintext.length % wordBytes;
  for (let at = 0; at < wholeBytes; at += wordBytes) {
    const word = from.getInt32(at, true);
    to.setInt32(at, word ^ maskOf(state), true);
    stir(state, word);
  }
  for (let at = wholeBytes; at < plaintext.length; at++) {
    const byte = from.getUint8(at);
    to.setUint8(at, (byte ^ maskOf(state)) & 0xff);
    stir(state, byte);
  }
  settle(state, plaintext.length);
  const isGenuine = state.every((word, index) =>
    from.getInt32(plaintext.length + index * wordBytes, true) === word
  );
  return isGenuine ? plaintext : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const toyCipher: Aead.Implementation = { encrypt, decrypt };

/**
 * Provides `Aead`, for simulations only: whatever the algorithm is called, the toy cipher seals. Keys
 * have to hold bytes, as all keys do that no engine's WebCrypto made.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Aead } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/aead";
 * import { layer as layerRandom } from "@bellhop/simulator/crypto/secure_random";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const program = Effect.gen(function* () {
 *   const aead = yield* Aead.Aead;
 *   const key = yield* aead.generateKey(Aead.aes128Gcm);
 *   return yield* aead.encrypt(key, new Uint8Array(100), { nonce: new Uint8Array(12) });
 * });
 * const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
 *
 * equal(Effect.runSync(Effect.provide(program, crypto)).length, 116);
 * ```
 */
export const layer: Layer.Layer<Aead.Aead, never, SecureRandom.SecureRandom> = Aead
  .layerWebCryptoWith({
    implementations: {
      aes128Gcm: toyCipher,
      aes256Gcm: toyCipher,
      chacha20Poly1305: toyCipher,
      xchacha20Poly1305: toyCipher,
    },
  });
