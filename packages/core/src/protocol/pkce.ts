/**
 * Proof Key for Code Exchange: the one-time secret that ties an authorization request to the token
 * request that redeems its code.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { make } from "@bellhop/core/protocol/pkce";
 *
 * const pkce = await Effect.runPromise(
 *   make().pipe(Effect.provide([Digest.layerWebCrypto, SecureRandom.layerWebCrypto])),
 * );
 *
 * assert.equal(Redacted.value(pkce.verifier).length, 43);
 * assert.equal(pkce.challenge.length, 43);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4 | RFC 7636 section 4}
 * @module
 */
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import { textOf } from "./_base64_url_text.ts";

/** A verifier kept by the client, and the challenge sent to the server. */
export interface Pkce {
  /** 43 to 128 unreserved characters. Secret until the token request. */
  readonly verifier: Redacted.Redacted;
  /** Base64url of the SHA-256 digest of `verifier`: 43 characters, no padding. Not secret. */
  readonly challenge: string;
}

/** Why a verifier was refused. */
export type PkceVerifierProblem = "tooShort" | "tooLong" | "character";

const descriptions: Record<PkceVerifierProblem, string> = {
  tooShort: "has fewer than 43 characters",
  tooLong: "has more than 128 characters",
  character: `has a character other than letters, digits, "-", ".", "_" and "~"`,
};

/** A verifier that no server would take. It says nothing of the verifier itself. */
export class PkceVerifierError extends Data.Error<{ readonly problem: PkceVerifierProblem }> {
  override readonly name = "PkceVerifierError";
  readonly _tag = "PkceVerifierError";
  override readonly message: string = `PKCE verifier ${descriptions[this.problem]}`;
  readonly hint: string = "Leave the making of verifiers to make()";
}

/** Entropy of a verifier. RFC 7636 section 4.1 recommends as much. */
const ENTROPY_BYTES = 32;
const MIN_LENGTH = 43;
const MAX_LENGTH = 128;

/**
 * Makes a verifier of 32 random bytes, and its challenge. Each attempt needs a new one, also after
 * an error.
 *
 * The module's example shows it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.1 | RFC 7636 section 4.1}
 */
export function make(): Effect.Effect<Pkce, never, Digest.Digest | SecureRandom.SecureRandom> {
  return SecureRandom.SecureRandom.use((random) =>
    Effect.flatMap(random.randomBytes(ENTROPY_BYTES), fromBytes)
  );
}

/**
 * Makes a verifier of random bytes that are at hand, and its challenge.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { Digest } from "effect/crypto";
 * import { fromBytes } from "@bellhop/core/protocol/pkce";
 *
 * const pkce = await Effect.runPromise(
 *   fromBytes(new Uint8Array(32)).pipe(Effect.provide(Digest.layerWebCrypto)),
 * );
 *
 * assert.equal(Redacted.value(pkce.verifier), "A".repeat(43));
 * ```
 *
 * @param bytes 32 bytes from a secure random source, used for nothing else.
 */
export function fromBytes(bytes: Uint8Array): Effect.Effect<Pkce, never, Digest.Digest> {
  const verifier = Redacted.make(textOf(bytes));
  return Effect.map(challengeOf(verifier), (challenge) => ({ verifier, challenge }));
}

/**
 * Computes the S256 challenge of a verifier.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { Digest } from "effect/crypto";
 * import { challengeOf } from "@bellhop/core/protocol/pkce";
 *
 * const challenge = await Effect.runPromise(
 *   challengeOf(Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).pipe(
 *     Effect.provide(Digest.layerWebCrypto),
 *   ),
 * );
 *
 * assert.equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
 * ```
 *
 * @param verifier As {@linkcode make} made it or {@linkcode parseVerifier} took it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.2 | RFC 7636 section 4.2}
 */
export function challengeOf(
  verifier: Redacted.Redacted,
): Effect.Effect<string, never, Digest.Digest> {
  return Digest.Digest.use((digest) =>
    Effect.map(
      digest.digest(Digest.sha256, encoder.encode(Redacted.value(verifier))),
      textOf,
    )
  );
}

/**
 * Takes a verifier that was made elsewhere.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { parseVerifier } from "@bellhop/core/protocol/pkce";
 *
 * assert.ok(Result.isFailure(parseVerifier(Redacted.make("too short"))));
 * ```
 *
 * @returns The same verifier, or why no server would take it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.1 | RFC 7636 section 4.1}
 */
export function parseVerifier(
  verifier: Redacted.Redacted,
): Result.Result<Redacted.Redacted, PkceVerifierError> {
  const text = Redacted.value(verifier);
  const problem = text.length < MIN_LENGTH
    ? "tooShort"
    : text.length > MAX_LENGTH
    ? "tooLong"
    : !/^[\w.~-]+$/.test(text)
    ? "character"
    : undefined;
  return problem === undefined
    ? Result.succeed(verifier)
    : Result.fail(new PkceVerifierError({ problem }));
}

const encoder: TextEncoder = new TextEncoder();
