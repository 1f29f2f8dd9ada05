/**
 * Signing and verifying JSON Web Signatures, by `effect/crypto` alone.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Mac, SecureRandom, Signature } from "effect/crypto";
 * import { sign, verify } from "@bellhop/core/protocol/jws_signature";
 * import { decode } from "@bellhop/core/protocol/jwt";
 * import { fromSecret } from "@bellhop/core/protocol/signing_key";
 *
 * const program = Effect.gen(function* () {
 *   const secret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
 *   const key = yield* fromSecret(secret, "HS256");
 *   const token = yield* sign({ typ: "JWT" }, { iss: "joe" }, key);
 *   const jws = yield* Effect.fromResult(decode(token));
 *   yield* verify(jws, key, { algorithms: ["HS256"] });
 *   return jws.header;
 * });
 * const crypto = Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
 *   Layer.provide(SecureRandom.layerWebCrypto),
 * );
 *
 * const header = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.deepEqual(header, { algorithm: "HS256", type: "JWT" });
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5 | RFC 7515 section 5}
 * @module
 */
import * as Effect from "effect/Effect";
import * as KeyFormat from "effect/crypto/KeyFormat";
import * as Mac from "effect/crypto/Mac";
import * as Signature from "effect/crypto/Signature";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Redacted from "effect/Redacted";
import { isFitFor, type Jwk } from "./jwk.ts";
import { isMacAlgorithm, type JwsAlgorithm, signatureOf } from "./jws_algorithm.ts";
import { JwsError, type JwsProblem } from "./jws_error.ts";
import type { Jws, JwtClaims } from "./jwt.ts";
import { isShared, type SharedKey, type SigningKey } from "./signing_key.ts";

/** Header parameters of a token that is made here; `alg` and `kid` come from the key. */
export interface HeaderParameters {
  /** What kind of token it is. */
  readonly typ?: string | undefined;
  /** The key tells. */
  readonly alg?: never;
  /** Any other, such as the `jwk` of a DPoP proof. */
  readonly [name: string]: unknown;
}

/** What is accepted. */
export interface VerifyOptions {
  /** The algorithms that the program allows, whatever the token says. */
  readonly algorithms: ReadonlyArray<JwsAlgorithm>;
}

/**
 * Signs a payload.
 *
 * Fails with `key` where the key cannot sign: one that this runtime does not support.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Mac, SecureRandom, Signature } from "effect/crypto";
 * import { sign } from "@bellhop/core/protocol/jws_signature";
 * import { fromSecret } from "@bellhop/core/protocol/signing_key";
 *
 * const secret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
 * const program = fromSecret(secret, "HS256").pipe(
 *   Effect.flatMap((key) => sign({}, { iss: "joe" }, key)),
 * );
 * const crypto = Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
 *   Layer.provide(SecureRandom.layerWebCrypto),
 * );
 *
 * const token = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.ok(Redacted.value(token).startsWith("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ."));
 * ```
 *
 * @param header Parameters besides `alg` and, where the key has a name, `kid`.
 * @param payload Claims, or bytes that are signed as they are.
 * @param key The key, with the one algorithm that it is for.
 * @returns The token in its compact form.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.1 | RFC 7515 section 5.1}
 */
export const sign: (
  header: HeaderParameters,
  payload: JwtClaims | Uint8Array,
  key: SigningKey,
) => Effect.Effect<Redacted.Redacted, JwsError, Signature.Signature | Mac.Mac> = Effect.fnUntraced(
  function* (header: HeaderParameters, payload: JwtClaims | Uint8Array, key: SigningKey) {
    const input = signingInputOf(header, payload, key);
    const bytes = new TextEncoder().encode(input);
    const mac = yield* Mac.Mac;
    const service = yield* Signature.Signature;
    const signature = yield* Effect.mapError(
      isShared(key) ? mac.sign(key.key, bytes) : service.sign(key.key, bytes),
      () => error("key", "its key cannot sign here"),
    );
    return Redacted.make(`${input}.${Base64Url.encode(signature)}`);
  },
);

/**
 * Verifies a signature with one key.
 *
 * Fails with `algorithm` where the token's algorithm is not allowed, with `key` where the key is not
 * one for that algorithm or is no good (a point off its curve), with `signature` where the token was
 * signed by another key or changed. The algorithm follows from the key's type, never from the token:
 * a public key is no HMAC secret.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Mac, SecureRandom, Signature } from "effect/crypto";
 * import { verify } from "@bellhop/core/protocol/jws_signature";
 * import { decode } from "@bellhop/core/protocol/jwt";
 *
 * const material = {
 *   kty: "OKP",
 *   crv: "Ed25519",
 *   x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
 * } as const;
 * const forged = Redacted.make("eyJhbGciOiJIUzI1NiJ9.e30.AAAA");
 * const problem = Effect.fromResult(decode(forged)).pipe(
 *   Effect.flatMap((jws) => verify(jws, { material }, { algorithms: ["EdDSA", "HS256"] })),
 *   Effect.flip,
 *   Effect.map((error) => error.problem),
 * );
 * const crypto = Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
 *   Layer.provide(SecureRandom.layerWebCrypto),
 * );
 *
 * assert.equal(await Effect.runPromise(problem.pipe(Effect.provide(crypto))), "key");
 * ```
 *
 * @param jws A token that was taken apart.
 * @param key A published key, or a secret that both sides know.
 * @param options The allowed algorithms.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 | RFC 7515 section 5.2}
 */
export const verify: (
  jws: Jws,
  key: Jwk | SharedKey,
  options: VerifyOptions,
) => Effect.Effect<void, JwsError, Signature.Signature | Mac.Mac> = Effect.fnUntraced(
  function* (jws: Jws, key: Jwk | SharedKey, options: VerifyOptions) {
    if (!options.algorithms.includes(jws.header.algorithm)) {
      return yield* error("algorithm", "it is signed with an algorithm that is not allowed");
    }
    const isGenuine = yield* "material" in key ? verifyPublic(jws, key) : verifyShared(jws, key);
    if (!isGenuine) return yield* error("signature", "its signature does not fit");
  },
);

function signingInputOf(
  header: HeaderParameters,
  payload: JwtClaims | Uint8Array,
  { algorithm: alg, keyId: kid }: SigningKey,
): string {
  const parameters = { ...header, alg, ...(kid === undefined ? {} : { kid }) };
  const content = payload instanceof Uint8Array ? payload : JSON.stringify(payload);
  return `${Base64Url.encode(JSON.stringify(parameters))}.${Base64Url.encode(content)}`;
}

function verifyPublic(
  { header, signature, signingInput }: Jws,
  key: Jwk,
): Effect.Effect<boolean, JwsError, Signature.Signature> {
  const { algorithm } = header;
  if (isMacAlgorithm(algorithm) || !isFitFor(key, { algorithm })) return mismatch;
  return Effect.gen(function* () {
    const service = yield* Signature.Signature;
    const imported = yield* KeyFormat.decodePublic(
      KeyFormat.jwk,
      signatureOf(algorithm),
      { ...key.material },
    );
    return yield* service.verify(
      imported,
      Redacted.value(signature),
      Redacted.value(signingInput),
    );
  }).pipe(Effect.mapError(() => error("key", "its key is no key, or not supported here")));
}

function verifyShared(
  { header, signature, signingInput }: Jws,
  { algorithm, key }: SharedKey,
): Effect.Effect<boolean, JwsError, Mac.Mac> {
  if (header.algorithm !== algorithm) return mismatch;
  return Effect.flatMap(
    Mac.Mac,
    (mac) => mac.verify(key, Redacted.value(signature), Redacted.value(signingInput)),
  ).pipe(Effect.mapError(() => error("key", "its key is not supported here")));
}

const mismatch: Effect.Effect<never, JwsError> = Effect.fail(
  error("key", "its key is not one for its algorithm"),
);

function error(problem: JwsProblem, description: string): JwsError {
  return new JwsError({ problem, description });
}
