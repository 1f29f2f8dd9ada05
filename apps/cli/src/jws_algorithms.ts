/**
 * The algorithms of signatures that flags and profiles can name.
 *
 * @module
 */
import type { JwsAlgorithm } from "@bellhop/core/protocol/jws_algorithm";

/** Every one, those with a public key first. RFC 7518 section 3.1, RFC 8037, RFC 9864. */
export const jwsAlgorithms: readonly [JwsAlgorithm, ...ReadonlyArray<JwsAlgorithm>] = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
  "HS256",
  "HS384",
  "HS512",
];
