/**
 * Why a client cannot be made of what is known of it.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { ClientConfigError } from "@bellhop/core/protocol/client_config_error";
 *
 * const error = new ClientConfigError({
 *   problem: "missingAlgorithm",
 *   description: "Nothing says which algorithm the key signs with",
 *   hint: `Pass "alg", as the client is registered`,
 * });
 *
 * assert.equal(error.message, "Nothing says which algorithm the key signs with");
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";

/**
 * Why a client cannot be made: something is missing or too much, the server does not offer the
 * method or the algorithm, or the key is no good.
 */
export type ClientConfigProblem =
  | "missingClientId"
  | "missingSecret"
  | "unexpectedSecret"
  | "missingKey"
  | "unexpectedKey"
  | "unsupportedMethod"
  /** Neither the key nor the caller says which algorithm signs. */
  | "missingAlgorithm"
  /** No algorithm of this kind of key is called that here; `none` never is one. */
  | "unknownAlgorithm"
  /** The server does not list the algorithm. */
  | "unsupportedAlgorithm"
  /** The key is one for another algorithm. */
  | "algorithmMismatch"
  /** Not a key at all, or one that does not sign. */
  | "invalidKey"
  /** Only the public half of a key. */
  | "publicKey"
  /** RSA of less than 2048 bits, or a secret shorter than the algorithm's digest. */
  | "weakKey"
  /** `client_secret_jwt` was chosen by the metadata, where no `Mac` or `SecureRandom` is provided. */
  | "missingCrypto";

/** A registration that contradicts itself or the server's metadata. Holds nothing of key or secret. */
export class ClientConfigError extends Data.Error<{
  readonly problem: ClientConfigProblem;
  /** What is wrong. */
  readonly description: string;
  /** What to do about it. */
  readonly hint: string;
}> {
  override readonly name = "ClientConfigError";
  readonly _tag = "ClientConfigError";
  override readonly message: string = this.description;
}
