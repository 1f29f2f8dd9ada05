/**
 * Sealing: the envelope that everything secret is in while it lies in a store.
 *
 * AES-256-GCM with a random nonce. The envelope names the key that sealed it, so that "another key"
 * and "damaged" are different errors and keys can be rotated: the first of the {@linkcode
 * SealingKeys} seals, all of them open.
 *
 * | bytes | what |
 * |---|---|
 * | 4 | `BHSE` |
 * | 1 | version of the envelope, 1 |
 * | 8 | id of the key |
 * | 12 | nonce |
 * | rest | ciphertext and a tag of 16 bytes |
 *
 * All that stands before the ciphertext is authenticated, and so are the caller's additional data,
 * which say what the bytes are and where they belong: an envelope does not open in another place.
 *
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { generateKey, layer, open, seal } from "@bellhop/core/protocol/seal";
 * import { deepEqual } from "node:assert/strict";
 *
 * const text = (value: string) => new TextEncoder().encode(value);
 * const program = Effect.gen(function* () {
 *   const key = yield* generateKey();
 *   return yield* seal(text("secret"), text("note 1")).pipe(
 *     Effect.flatMap((sealed) => open(sealed, text("note 1"))),
 *     Effect.provide(layer([key])),
 *   );
 * });
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * const opened = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * deepEqual(opened, text("secret"));
 * ```
 *
 * @see {@link https://csrc.nist.gov/pubs/sp/800/38/d/final | NIST SP 800-38D section 8.2.2} on
 * random nonces
 * @module
 */
import * as Context from "effect/Context";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Aead from "effect/crypto/Aead";
import type * as CryptoError from "effect/crypto/CryptoError";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Hex from "effect/encoding/Hex";

/** A key of AES-256-GCM and the id by which envelopes name it. */
export interface SealingKey {
  /** First 8 bytes of the SHA-256 digest of the key, as 16 hexadecimal digits. Not secret. */
  readonly id: string;
  /** Opaque: shows its algorithm only. */
  readonly key: Aead.Key<Aead.AesGcm>;
}

/** The keys of a program: the first seals, all open. */
export interface SealingKeys {
  /** The first seals, all open. */
  readonly keys: readonly [SealingKey, ...ReadonlyArray<SealingKey>];
}

/** Key of the {@linkcode SealingKeys} service. */
export const SealingKeys: Context.Service<SealingKeys, SealingKeys> = Context.Service(
  "@bellhop/core/protocol/seal/SealingKeys",
);

/** The envelope was sealed with a key that is not among the {@linkcode SealingKeys}. */
export class UnknownKey extends Data.Error<{
  /** Id of the key that the envelope names. */
  readonly keyId: string;
  /** Ids of the keys at hand. */
  readonly knownKeyIds: ReadonlyArray<string>;
}> {
  override readonly name = "UnknownKey";
  readonly _tag = "UnknownKey";
  override readonly message: string =
    `Sealed with another key: it names "${this.keyId}", at hand is ${quoted(this.knownKeyIds)}. ` +
    "Provide the key that sealed it; a rotated key goes behind the new one";
}

/** The bytes are no envelope, were changed or cut short, or belong to another place. */
export class Corrupt extends Data.Error {
  override readonly name = "Corrupt";
  readonly _tag = "Corrupt";
  override readonly message: string =
    "Sealed data is corrupt: it was changed or cut short, or it was sealed for another place";
}

/** A newer Bellhop sealed this, in an envelope that this one does not know. */
export class NewerFormat extends Data.Error<{
  /** Version of the envelope. */
  readonly version: number;
}> {
  override readonly name = "NewerFormat";
  readonly _tag = "NewerFormat";
  override readonly message: string =
    `Sealed in version ${this.version} of the envelope, but this Bellhop knows versions up to ${VERSION}. ` +
    "Update Bellhop to open it";
}

/** The only error of {@linkcode open}. It has no cause, so that it tells an attacker nothing. */
export class SealError extends Data.Error<{ readonly reason: UnknownKey | Corrupt | NewerFormat }> {
  override readonly name = "SealError";
  readonly _tag = "SealError";
  override readonly message: string = this.reason.message;
}

/** A sealing key of another length than 32 bytes. */
export class SealingKeyError extends Data.Error<{
  /** Length of what was given. */
  readonly lengthBytes: number;
}> {
  override readonly name = "SealingKeyError";
  readonly _tag = "SealingKeyError";
  override readonly message: string =
    `A sealing key has ${KEY_BYTES} bytes, this one has ${this.lengthBytes}`;
}

/**
 * Makes a sealing key of raw key material.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { Digest } from "effect/crypto";
 * import { makeKey } from "@bellhop/core/protocol/seal";
 * import { equal } from "node:assert/strict";
 *
 * const key = await Effect.runPromise(
 *   makeKey(Redacted.make(new Uint8Array(32))).pipe(Effect.provide(Digest.layerWebCrypto)),
 * );
 * equal(key.id, "66687aadf862bd77");
 * ```
 *
 * @param bytes 32 bytes from a secure random source. They are copied.
 */
export const makeKey: (
  bytes: Redacted.Redacted<Uint8Array>,
) => Effect.Effect<SealingKey, SealingKeyError, Digest.Digest> = Effect.fnUntraced(
  function* (bytes: Redacted.Redacted<Uint8Array>) {
    const raw = Redacted.value(bytes);
    if (raw.length !== KEY_BYTES) return yield* new SealingKeyError({ lengthBytes: raw.length });
    const digest = yield* Digest.Digest;
    const hash = yield* digest.digest(Digest.sha256, raw);
    const key = yield* Effect.orDie(Aead.key(Aead.aes256Gcm, raw));
    return { id: Hex.encode(hash.subarray(0, KEY_ID_BYTES)), key };
  },
);

/**
 * Makes a new random sealing key.
 *
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { generateKey } from "@bellhop/core/protocol/seal";
 * import { match } from "node:assert/strict";
 *
 * const crypto = Layer.mergeAll(Digest.layerWebCrypto, SecureRandom.layerWebCrypto);
 * const key = await Effect.runPromise(generateKey().pipe(Effect.provide(crypto)));
 * match(key.id, /^[0-9a-f]{16}$/);
 * ```
 */
export const generateKey: () => Effect.Effect<
  SealingKey,
  never,
  Digest.Digest | SecureRandom.SecureRandom
> = Effect.fnUntraced(function* () {
  const random = yield* SecureRandom.SecureRandom;
  const bytes = yield* random.randomBytes(KEY_BYTES);
  return yield* Effect.orDie(makeKey(Redacted.make(bytes)));
});

/**
 * Provides the keys of a program: the first seals, all open.
 *
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { generateKey, layer, SealingKeys } from "@bellhop/core/protocol/seal";
 * import { equal } from "node:assert/strict";
 *
 * const keys = Layer.unwrap(Effect.map(generateKey(), (key) => layer([key])));
 * const crypto = Layer.mergeAll(Digest.layerWebCrypto, SecureRandom.layerWebCrypto);
 * const program = Effect.map(SealingKeys, ({ keys }) => keys.length);
 * equal(await Effect.runPromise(program.pipe(Effect.provide(Layer.provide(keys, crypto)))), 1);
 * ```
 */
export function layer(keys: SealingKeys["keys"]): Layer.Layer<SealingKeys> {
  return Layer.succeed(SealingKeys, { keys });
}

/**
 * Seals with the first key. The module's example shows it with {@linkcode open}.
 *
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { generateKey, layer, seal } from "@bellhop/core/protocol/seal";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.flatMap(generateKey(), (key) =>
 *   seal(new Uint8Array([1, 2, 3]), new Uint8Array()).pipe(Effect.provide(layer([key]))));
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * const sealed = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * equal(sealed.length, 4 + 1 + 8 + 12 + 3 + 16);
 * ```
 *
 * @param additionalData What the bytes are and where they belong; needed again to open, not kept in
 * the envelope.
 * @returns The envelope, 41 bytes longer than `plaintext`.
 */
export const seal: (
  plaintext: Uint8Array,
  additionalData: Uint8Array,
) => Effect.Effect<Uint8Array, never, SealingKeys | Aead.Aead | SecureRandom.SecureRandom> = Effect
  .fnUntraced(function* (plaintext: Uint8Array, additionalData: Uint8Array) {
    const { keys: [key] } = yield* SealingKeys;
    const random = yield* SecureRandom.SecureRandom;
    const aead = yield* Aead.Aead;
    const nonce = yield* random.randomBytes(NONCE_BYTES);
    const header = concat(MAGIC, Uint8Array.of(VERSION), fromHex(key.id), nonce);
    const aad = concat(header, additionalData);
    const ciphertext = yield* Effect.orDie(aead.encrypt(key.key, plaintext, { nonce, aad }));
    return concat(header, ciphertext);
  });

/**
 * Opens what {@linkcode seal} made, with whichever key the envelope names.
 *
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { generateKey, layer, open } from "@bellhop/core/protocol/seal";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.flatMap(generateKey(), (key) =>
 *   open(new Uint8Array(64), new Uint8Array()).pipe(
 *     Effect.flip,
 *     Effect.map((error) => error.reason._tag),
 *     Effect.provide(layer([key])),
 *   ));
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * equal(await Effect.runPromise(program.pipe(Effect.provide(crypto))), "Corrupt");
 * ```
 *
 * @param additionalData The same as when it was sealed, or it fails with `Corrupt`.
 */
export const open: (
  sealed: Uint8Array,
  additionalData: Uint8Array,
) => Effect.Effect<Uint8Array, SealError, SealingKeys | Aead.Aead> = Effect.fnUntraced(
  function* (sealed: Uint8Array, additionalData: Uint8Array) {
    const keyId = yield* readKeyId(sealed);
    const { keys } = yield* SealingKeys;
    const key = keys.find(({ id }) => id === keyId);
    if (key === undefined) {
      const knownKeyIds = keys.map(({ id }) => id);
      return yield* new SealError({ reason: new UnknownKey({ keyId, knownKeyIds }) });
    }
    const aead = yield* Aead.Aead;
    const header = sealed.subarray(0, HEADER_BYTES);
    const nonce = header.subarray(HEADER_BYTES - NONCE_BYTES);
    return yield* aead.decrypt(key.key, sealed.subarray(HEADER_BYTES), {
      nonce,
      aad: concat(header, additionalData),
    }).pipe(Effect.catch(corruptOrDie));
  },
);

const MAGIC = Uint8Array.of(0x42, 0x48, 0x53, 0x45);
const VERSION = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 1 + KEY_ID_BYTES + NONCE_BYTES;

/**
 * Reads what can be known without a key: that it is an envelope, of a version we know, and whose.
 */
function readKeyId(sealed: Uint8Array): Effect.Effect<string, SealError> {
  const version = sealed[MAGIC.length];
  if (version === undefined || version === 0 || !MAGIC.every((byte, at) => sealed[at] === byte)) {
    return new SealError({ reason: new Corrupt() });
  }
  if (version > VERSION) return new SealError({ reason: new NewerFormat({ version }) });
  if (sealed.length < HEADER_BYTES + TAG_BYTES) return new SealError({ reason: new Corrupt() });
  const start = MAGIC.length + 1;
  return Effect.succeed(Hex.encode(sealed.subarray(start, start + KEY_ID_BYTES)));
}

/** A failed tag is `Corrupt`; a runtime without AES-GCM is a defect, no matter what was sealed. */
function corruptOrDie(error: CryptoError.CryptoError): Effect.Effect<never, SealError> {
  return error.reason._tag === "DecryptionFailed"
    ? new SealError({ reason: new Corrupt() })
    : Effect.die(error);
}

function concat(...parts: ReadonlyArray<Uint8Array>): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function quoted(ids: ReadonlyArray<string>): string {
  return ids.map((id) => `"${id}"`).join(", ");
}
