/**
 * Digests that are there at once, so that a simulation's clock need not wait for them.
 *
 * They are the real ones, for a server compares them with what it computes itself.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { challengeOf } from "@bellhop/core/protocol/pkce";
 * import { layer } from "@bellhop/simulator/crypto/digest";
 *
 * const verifier = Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
 * const challenge = Effect.runSync(Effect.provide(challengeOf(verifier), layer));
 *
 * equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
 * ```
 *
 * @module
 */
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Digest from "effect/crypto/Digest";
import * as Hex from "effect/encoding/Hex";

const hashes: Readonly<Record<Digest.Algorithm["name"], (data: Uint8Array) => Uint8Array>> = {
  MD5: md5,
  "SHA-1": sha1,
  "SHA-256": sha256,
  "SHA-384": sha384,
  "SHA-512": sha512,
};

/**
 * Provides `Digest`, every algorithm of it, without WebCrypto.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { Digest } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/digest";
 *
 * const program = Effect.flatMap(
 *   Digest.Digest,
 *   (digest) => digest.digestHex(Digest.sha1, new TextEncoder().encode("abc")),
 * );
 *
 * const hex = Effect.runSync(Effect.provide(program, layer));
 * equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
 * ```
 */
export const layer: Layer.Layer<Digest.Digest> = Layer.succeed(
  Digest.Digest,
  Digest.Digest.of({
    digest: ({ name }, data) => Effect.sync(() => hashes[name](data)),
    digestHex: ({ name }, data) => Effect.sync(() => Hex.encode(hashes[name](data))),
  }),
);
