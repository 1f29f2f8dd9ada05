/**
 * Randomness of a simulated process, from one stream of the seed.
 *
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { SecureRandom } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/secure_random";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const program = Effect.flatMap(SecureRandom.SecureRandom, (random) => random.uuidV4());
 * const run = () => Effect.runSync(Effect.provide(program, layer(stream(7, "crypto"))));
 *
 * deepEqual(run(), run());
 * ```
 *
 * @module
 */
import * as Layer from "effect/Layer";
import * as SecureRandom from "effect/crypto/SecureRandom";
import type { Draw } from "../seed.ts";

/**
 * Provides `SecureRandom` from a seeded stream: whoever knows the seed knows every byte.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { SecureRandom } from "effect/crypto";
 * import { layer } from "@bellhop/simulator/crypto/secure_random";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const program = Effect.flatMap(SecureRandom.SecureRandom, (random) => random.randomBytes(16));
 *
 * equal(Effect.runSync(Effect.provide(program, layer(stream(7, "crypto")))).length, 16);
 * ```
 *
 * @param draw Where the bytes come from. Asking for some moves it on.
 */
export function layer(draw: Draw): Layer.Layer<SecureRandom.SecureRandom> {
  return Layer.sync(SecureRandom.SecureRandom, () => SecureRandom.make((size) => draw.bytes(size)));
}
