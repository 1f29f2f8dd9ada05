/**
 * HMAC that is there at once. It is the real one.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Mac } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/mac";
 * import { layer as layerRandom } from "@bellhop/simulator/crypto/secure_random";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const program = Effect.gen(function* () {
 *   const mac = yield* Mac.Mac;
 *   const key = yield* mac.generateKey(Mac.hmacSha512);
 *   return yield* mac.sign(key, new TextEncoder().encode("message"));
 * });
 * const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
 *
 * equal(Effect.runSync(Effect.provide(program, crypto)).length, 64);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc2104#section-2 | RFC 2104 section 2}
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type * as Layer from "effect/Layer";
import * as Mac from "effect/crypto/Mac";
import type * as SecureRandom from "effect/crypto/SecureRandom";

const hashes = { "SHA-1": sha1, "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 } as const;

/**
 * Provides `Mac` for keys that hold bytes, as all keys do that no engine's WebCrypto made.
 *
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Mac } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/mac";
 * import { layer as layerRandom } from "@bellhop/simulator/crypto/secure_random";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const data = new TextEncoder().encode("message");
 * const program = Effect.gen(function* () {
 *   const mac = yield* Mac.Mac;
 *   const key = yield* mac.generateKey(Mac.hmacSha256);
 *   return yield* mac.verify(key, yield* mac.sign(key, data), data);
 * });
 * const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
 *
 * ok(Effect.runSync(Effect.provide(program, crypto)));
 * ```
 */
export const layer: Layer.Layer<Mac.Mac, never, SecureRandom.SecureRandom> = Mac.layerWebCryptoWith(
  {
    hmac: (name, key, data) => hmac(hashes[name as keyof typeof hashes], key, data),
  },
);
