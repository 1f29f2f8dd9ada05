/**
 * The hash by which an ID token names the access token or the code that it came with.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { Digest } from "effect/crypto";
 * import { tokenHash } from "@bellhop/core/protocol/token_hash";
 *
 * const accessToken = Redacted.make("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
 * const hash = tokenHash(accessToken, "RS256").pipe(Effect.provide(Digest.layerWebCrypto));
 *
 * assert.equal(await Effect.runPromise(hash), "77QmUPtjPfzWtF2AnpK9RQ");
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken | OpenID Connect Core
 * section 3.1.3.6}
 * @module
 */
import * as Effect from "effect/Effect";
import * as Digest from "effect/crypto/Digest";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Redacted from "effect/Redacted";
import { digestOf, type JwsAlgorithm } from "./jws_algorithm.ts";

/**
 * Computes `at_hash` of an access token, or `c_hash` of a code.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { Digest } from "effect/crypto";
 * import { tokenHash } from "@bellhop/core/protocol/token_hash";
 *
 * const hash = tokenHash(Redacted.make("code"), "ES384").pipe(Effect.provide(Digest.layerWebCrypto));
 *
 * assert.equal((await Effect.runPromise(hash)).length, 32);
 * ```
 *
 * @param value The access token or the code.
 * @param algorithm What the ID token is signed with: its digest is used. SHA-512 for EdDSA.
 * @returns The left half of the digest in base64url without padding.
 */
export const tokenHash: (
  value: Redacted.Redacted,
  algorithm: JwsAlgorithm,
) => Effect.Effect<string, never, Digest.Digest> = Effect.fnUntraced(
  function* (value: Redacted.Redacted, algorithm: JwsAlgorithm) {
    const service = yield* Digest.Digest;
    const bytes = new TextEncoder().encode(Redacted.value(value));
    const digest = yield* service.digest(digestOf(algorithm), bytes);
    return Base64Url.encode(digest.subarray(0, digest.length / 2));
  },
);
