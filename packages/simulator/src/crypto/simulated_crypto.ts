/**
 * All crypto of a simulated process, done at once and the same for the same seed.
 *
 * Digests, HMAC and Ed25519 signatures are the real ones. Randomness comes from the seed and the
 * cipher is a toy, so that nothing which was made with this layer is a secret.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { make } from "@bellhop/core/protocol/pkce";
 * import { layer } from "@bellhop/simulator/crypto/simulated_crypto";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const run = () => Effect.runSync(Effect.provide(make(), layer(stream(7, "process 1"))));
 *
 * equal(run().challenge, run().challenge);
 * ```
 *
 * @module
 */
import * as Layer from "effect/Layer";
import type * as Aead from "effect/crypto/Aead";
import type * as Digest from "effect/crypto/Digest";
import type * as Mac from "effect/crypto/Mac";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import type * as Signature from "effect/crypto/Signature";
import type { Draw } from "../seed.ts";
import { layer as layerAead } from "./aead.ts";
import { layer as layerDigest } from "./digest.ts";
import { layer as layerMac } from "./mac.ts";
import { layer as layerSecureRandom } from "./secure_random.ts";
import { layer as layerSignature } from "./signature.ts";
import { layer as layerWebCrypto } from "./web_crypto.ts";

/** The crypto services that a login, a session and a storage may ask for. */
export type SimulatedCrypto =
  | Aead.Aead
  | Digest.Digest
  | Mac.Mac
  | SecureRandom.SecureRandom
  | Signature.Signature;

/**
 * Provides the crypto of one process, and puts a stand-in where the engine's WebCrypto would be.
 *
 * ```ts
 * import { notEqual } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { make } from "@bellhop/core/protocol/pkce";
 * import { layer } from "@bellhop/simulator/crypto/simulated_crypto";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const [one, two] = ["process 1", "process 2"].map((name) =>
 *   Effect.runSync(Effect.provide(make(), layer(stream(7, name))))
 * );
 *
 * notEqual(one?.challenge, two?.challenge);
 * ```
 *
 * @param draw The process's own stream, from which all of its randomness comes.
 */
export function layer(draw: Draw): Layer.Layer<SimulatedCrypto> {
  return Layer.mergeAll(layerAead, layerDigest, layerMac, layerSignature).pipe(
    Layer.provideMerge(Layer.merge(layerSecureRandom(draw), layerWebCrypto)),
  );
}
