/**
 * The algorithms that sign and verify here: what JOSE calls them, and what `effect/crypto` does.
 *
 * `none` is not among them, and so cannot be asked for. ES256K and RSA keys with SHA-1 are not either.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { digestOf, isJwsAlgorithm } from "@bellhop/core/protocol/jws_algorithm";
 *
 * assert.ok(isJwsAlgorithm("ES256"));
 * assert.ok(!isJwsAlgorithm("none"));
 * assert.equal(digestOf("PS384").name, "SHA-384");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-3.1 | RFC 7518 section 3.1}
 * @module
 */
import * as Digest from "effect/crypto/Digest";
import * as Mac from "effect/crypto/Mac";
import * as Signature from "effect/crypto/Signature";

/** RSA, PKCS #1 1.5 or PSS. RFC 7518 sections 3.3 and 3.5. */
export type RsaAlgorithm = "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512";

/** Elliptic curves of NIST. RFC 7518 section 3.4. */
export type EcAlgorithm = "ES256" | "ES384" | "ES512";

/** Ed25519, under the name of RFC 8037 section 3.1 and under that of RFC 9864 section 2.2. */
export type OkpAlgorithm = "EdDSA" | "Ed25519";

/** HMAC, whose one key both sides know. RFC 7518 section 3.2. */
export type MacAlgorithm = "HS256" | "HS384" | "HS512";

/** Algorithms whose verification key may be published. */
export type PublicKeyAlgorithm = RsaAlgorithm | EcAlgorithm | OkpAlgorithm;

/** Every algorithm that is known here. */
export type JwsAlgorithm = PublicKeyAlgorithm | MacAlgorithm;

const signatures: Readonly<Record<PublicKeyAlgorithm, Signature.Algorithm>> = {
  RS256: Signature.rsaPkcs1v15Sha256,
  RS384: Signature.rsaPkcs1v15Sha384,
  RS512: Signature.rsaPkcs1v15Sha512,
  PS256: Signature.rsaPssSha256,
  PS384: Signature.rsaPssSha384,
  PS512: Signature.rsaPssSha512,
  ES256: Signature.ecdsaP256,
  ES384: Signature.ecdsaP384,
  ES512: Signature.ecdsaP521,
  EdDSA: Signature.ed25519,
  Ed25519: Signature.ed25519,
};

const macs: Readonly<Record<MacAlgorithm, Mac.Algorithm>> = {
  HS256: Mac.hmacSha256,
  HS384: Mac.hmacSha384,
  HS512: Mac.hmacSha512,
};

/**
 * Whether a name is one of the algorithms, upper and lower case as registered.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { isJwsAlgorithm } from "@bellhop/core/protocol/jws_algorithm";
 *
 * assert.ok(!isJwsAlgorithm("rs256"));
 * ```
 */
export function isJwsAlgorithm(name: string): name is JwsAlgorithm {
  return Object.hasOwn(signatures, name) || Object.hasOwn(macs, name);
}

/**
 * Whether the algorithm's key is a secret of both sides.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { isMacAlgorithm } from "@bellhop/core/protocol/jws_algorithm";
 *
 * assert.ok(isMacAlgorithm("HS256"));
 * assert.ok(!isMacAlgorithm("RS256"));
 * ```
 */
export function isMacAlgorithm(algorithm: JwsAlgorithm): algorithm is MacAlgorithm {
  return Object.hasOwn(macs, algorithm);
}

/**
 * The signature that an algorithm stands for.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Signature } from "effect/crypto";
 * import { signatureOf } from "@bellhop/core/protocol/jws_algorithm";
 *
 * assert.equal(signatureOf("ES512"), Signature.ecdsaP521);
 * ```
 */
export function signatureOf(algorithm: PublicKeyAlgorithm): Signature.Algorithm {
  return signatures[algorithm];
}

/**
 * The message authentication code that an algorithm stands for.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Mac } from "effect/crypto";
 * import { macOf } from "@bellhop/core/protocol/jws_algorithm";
 *
 * assert.equal(macOf("HS256"), Mac.hmacSha256);
 * ```
 */
export function macOf(algorithm: MacAlgorithm): Mac.Algorithm {
  return macs[algorithm];
}

/**
 * The digest that an algorithm uses, which is the one of `at_hash` and `c_hash` as well.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { digestOf } from "@bellhop/core/protocol/jws_algorithm";
 *
 * assert.equal(digestOf("EdDSA").name, "SHA-512");
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken | OpenID Connect
 * Core section 3.1.3.6}
 */
export function digestOf(algorithm: JwsAlgorithm): Digest.Algorithm {
  if (isMacAlgorithm(algorithm)) return macs[algorithm].hash;
  const signature = signatures[algorithm];
  return signature._tag === "Ed25519" ? Digest.sha512 : signature.hash;
}
