/**
 * The key of a simulated authorization server, and the ID tokens that it signs with it.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { make } from "@bellhop/simulator/crypto/id_token_signer";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const signer = make(stream(7, "server key").bytes(32));
 * const token = signer.sign({ iss: "https://op.example.com", sub: "ada", aud: "app" });
 *
 * equal(token.split(".").length, 3);
 * equal(signer.jwks.keys.length, 1);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8037#section-3.1 | RFC 8037 section 3.1}
 * @module
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import * as Base64Url from "effect/encoding/Base64Url";

/** A public key, as a server publishes it. */
export interface PublishedKey {
  /** The kind of key. */
  readonly kty: "OKP";
  /** Its curve. */
  readonly crv: "Ed25519";
  /** The key itself, as base64url. */
  readonly x: string;
  /** Its thumbprint: another key has another name. */
  readonly kid: string;
  /** What it signs with. */
  readonly alg: "EdDSA";
  /** What it is for. */
  readonly use: "sig";
}

/** What the server answers at its `jwks_uri`. */
export interface PublishedKeys {
  /** The one key. */
  readonly keys: readonly [PublishedKey];
}

/** Signs ID tokens with one key. */
export interface IdTokenSigner {
  /** The public half of the key. */
  readonly jwks: PublishedKeys;
  /** Gives the compact form of a token, the same for the same claims in the same order. */
  readonly sign: (claims: Readonly<Record<string, unknown>>) => string;
}

/**
 * Makes the signer that a seed stands for.
 *
 * ```ts
 * import { deepEqual, notDeepEqual } from "node:assert/strict";
 * import { make } from "@bellhop/simulator/crypto/id_token_signer";
 *
 * const seed = new Uint8Array(32);
 * deepEqual(make(seed).jwks, make(seed).jwks);
 * notDeepEqual(make(seed.fill(1)).jwks, make(new Uint8Array(32)).jwks);
 * ```
 *
 * @param keySeed The private key: 32 bytes, which are copied. Another length throws a `RangeError`.
 */
export function make(keySeed: Uint8Array): IdTokenSigner {
  const seed = Uint8Array.from(keySeed);
  const { kty, crv, x } = materialOf(seed);
  const kid = Base64Url.encode(sha256(bytesOf({ crv, kty, x })));
  const header = Base64Url.encode(bytesOf({ typ: "JWT", alg: "EdDSA", kid }));
  return {
    jwks: { keys: [{ kty, crv, x, kid, alg: "EdDSA", use: "sig" }] },
    sign: (claims) => {
      const input = `${header}.${Base64Url.encode(bytesOf(claims))}`;
      const signature = ed25519.sign(new TextEncoder().encode(input), seed);
      return `${input}.${Base64Url.encode(signature)}`;
    },
  };
}

function materialOf(seed: Uint8Array): Pick<PublishedKey, "kty" | "crv" | "x"> {
  if (seed.length !== 32) throw new RangeError("an Ed25519 key is made of 32 bytes");
  return { kty: "OKP", crv: "Ed25519", x: Base64Url.encode(ed25519.getPublicKey(seed)) };
}

function bytesOf(members: Readonly<Record<string, unknown>>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(members));
}
