/**
 * What stands in for the engine's WebCrypto where no service can: `KeyFormat` reads JSON Web Keys by
 * the `WebCrypto` reference alone.
 *
 * It reads Ed25519 keys, public and private, and refuses the rest as an engine does that lacks it.
 * Its promises are settled when they are given, so that reading a key takes turns of the microtask
 * queue, always as many, and no thread of the engine's. It is not done at once all the same, and
 * `TestClock` waits for no promise: a fiber that read a key and then yields may find that time went
 * on. `Signature.publicKey` and `Signature.privateKey` have no such turns.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { KeyFormat, Signature } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/web_crypto";
 *
 * const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
 * const program = KeyFormat.decodePublic(KeyFormat.jwk, Signature.ed25519, jwk);
 *
 * const key = await Effect.runPromise(Effect.provide(program, layer));
 * equal(key.algorithm.name, "ed25519");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8037#section-2 | RFC 8037 section 2}
 * @module
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import type * as Layer from "effect/Layer";
import * as WebCrypto from "effect/crypto/WebCrypto";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Result from "effect/Result";

const keyBytes = 32;
/** A PKCS#8 private key up to its 32 bytes. RFC 8410 section 7. */
const privatePrefix = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/** What the stand-in's keys are, which nobody else can make. */
const bytesOfKeys = new WeakMap<CryptoKey, Uint8Array<ArrayBuffer>>();

/**
 * Puts the stand-in where the engine's WebCrypto would be.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { KeyFormat, Signature } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/web_crypto";
 *
 * const jwk = { kty: "EC", crv: "P-256", x: "", y: "" };
 * const program = KeyFormat.decodePublic(KeyFormat.jwk, Signature.ecdsaP256, jwk);
 *
 * const error = await Effect.runPromise(Effect.flip(Effect.provide(program, layer)));
 * equal(error.reason._tag, "Unsupported");
 * ```
 */
export const layer: Layer.Layer<never> = WebCrypto.layer({
  subtle: {
    importKey: (format: string, data: unknown, { name }: { readonly name: string }) =>
      format === "jwk" && name === "Ed25519" ? imported(data as JsonWebKey) : unsupported(),
    exportKey: (format: string, key: CryptoKey) =>
      format === (key.type === "private" ? "pkcs8" : "raw") ? exported(key) : unsupported(),
  },
} as unknown as Crypto);

function imported({ d, x }: JsonWebKey): Promise<CryptoKey> {
  const publicBytes = keyBytesOf(x);
  if (publicBytes === undefined) return refused("DataError");
  if (d === undefined) return Promise.resolve(keyOf("public", publicBytes));
  const seed = keyBytesOf(d);
  const isPair = seed !== undefined && Base64Url.encode(ed25519.getPublicKey(seed)) === x;
  return isPair ? Promise.resolve(keyOf("private", seed)) : refused("DataError");
}

function keyBytesOf(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  const bytes = Result.getOrUndefined(Base64Url.decode(text ?? ""));
  return bytes?.length === keyBytes ? Uint8Array.from(bytes) : undefined;
}

function keyOf(type: "public" | "private", bytes: Uint8Array<ArrayBuffer>): CryptoKey {
  const key: CryptoKey = {
    type,
    extractable: true,
    algorithm: { name: "Ed25519" },
    usages: [type === "private" ? "sign" : "verify"],
  };
  bytesOfKeys.set(key, bytes);
  return key;
}

function exported(key: CryptoKey): Promise<ArrayBuffer> {
  const bytes = bytesOfKeys.get(key);
  if (bytes === undefined) return unsupported();
  const all = key.type === "private" ? [...privatePrefix, ...bytes] : bytes;
  return Promise.resolve(Uint8Array.from(all).buffer);
}

function unsupported(): Promise<never> {
  return refused("NotSupportedError");
}

/** As an engine refuses, but in the same words on each. */
function refused(name: "DataError" | "NotSupportedError"): Promise<never> {
  return Promise.reject(new DOMException("refused by simulated crypto", name));
}
