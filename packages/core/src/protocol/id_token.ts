/**
 * Validating an ID token: the proof, by the server's signature, of who logged in.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Digest, Mac, SecureRandom, Signature } from "effect/crypto";
 * import { validate } from "@bellhop/core/protocol/id_token";
 *
 * const unsigned = Redacted.make("eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.");
 * const problem = validate(unsigned, {
 *   issuer: "https://op.example.com",
 *   clientId: "s6BhdRkqt3",
 *   keys: () => Effect.succeed([]),
 * }).pipe(Effect.flip, Effect.map((error) => error.problem));
 * const crypto = Layer.mergeAll(
 *   Digest.layerWebCrypto,
 *   Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
 *     Layer.provide(SecureRandom.layerWebCrypto),
 *   ),
 * );
 *
 * assert.equal(await Effect.runPromise(problem.pipe(Effect.provide(crypto))), "algorithm");
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation | OpenID Connect
 * Core section 3.1.3.7}
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Digest from "effect/crypto/Digest";
import type * as Mac from "effect/crypto/Mac";
import type * as Signature from "effect/crypto/Signature";
import type * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { problemOf } from "./_id_token_rules.ts";
import { isSameText } from "./_same_text.ts";
import type { ExpectedLogin } from "./expected_login.ts";
import { decode as decodeClaims, type IdTokenClaims } from "./id_token_claims.ts";
import { IdTokenError, type IdTokenProblem } from "./id_token_error.ts";
import type { Jwk, KeyQuery } from "./jwk.ts";
import { isMacAlgorithm, type JwsAlgorithm } from "./jws_algorithm.ts";
import type { JwsError } from "./jws_error.ts";
import { verify } from "./jws_signature.ts";
import { claimsOf, decode, type Jws, type JwtClaims } from "./jwt.ts";
import { fromSecret, type SharedKey } from "./signing_key.ts";
import { tokenHash } from "./token_hash.ts";

/** What is needed to validate an ID token. */
export interface ValidateOptions<E = never, R = never> extends ExpectedLogin {
  /** Where the server's keys come from: of these, those that may have signed it are tried. */
  readonly keys: (query: KeyQuery) => Effect.Effect<ReadonlyArray<Jwk>, E, R>;
  /**
   * `id_token_signed_response_alg` as it is registered: the one algorithm that is accepted.
   *
   * @default "RS256"
   */
  readonly algorithm?: JwsAlgorithm | undefined;
  /** The key where the algorithm is one of HMAC, and used for nothing else. */
  readonly clientSecret?: Redacted.Redacted | undefined;
  /** What came with it: has to be what `at_hash` names, where the token has that claim. */
  readonly accessToken?: Redacted.Redacted | undefined;
  /** What came with it: has to be what `c_hash` names, where the token has that claim. */
  readonly code?: Redacted.Redacted | undefined;
}

/** Keys of one name or none that are tried before a token counts as forged. */
const maxCandidates = 8;

/**
 * Validates an ID token in full: form, algorithm, signature, then every claim that decides.
 *
 * Fails with an {@linkcode IdTokenError}, whose `problem` says which; and with the errors of
 * `options.keys`. A tolerance or age that is negative or not finite is a defect.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Digest, Mac, SecureRandom, Signature } from "effect/crypto";
 * import { TestClock } from "effect/testing";
 * import { validate } from "@bellhop/core/protocol/id_token";
 * import { sign } from "@bellhop/core/protocol/jws_signature";
 * import { fromSecret } from "@bellhop/core/protocol/signing_key";
 *
 * const clientSecret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
 * const program = Effect.gen(function* () {
 *   const claims = { iss: "https://op.example.com", sub: "24400320", aud: "s6BhdRkqt3" };
 *   const key = yield* fromSecret(clientSecret, "HS256");
 *   const idToken = yield* sign({}, { ...claims, nonce: "n-0S6_WzA2Mj", iat: 0, exp: 60 }, key);
 *   return yield* validate(idToken, {
 *     issuer: "https://op.example.com",
 *     clientId: "s6BhdRkqt3",
 *     nonce: Redacted.make("n-0S6_WzA2Mj"),
 *     algorithm: "HS256",
 *     clientSecret,
 *     keys: () => Effect.succeed([]),
 *   });
 * });
 * const crypto = Layer.mergeAll(
 *   Digest.layerWebCrypto,
 *   Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
 *     Layer.provide(SecureRandom.layerWebCrypto),
 *   ),
 * );
 *
 * const claims = await Effect.runPromise(
 *   program.pipe(Effect.provide([crypto, TestClock.layer()])),
 * );
 * assert.equal(claims.subject, "24400320");
 * ```
 *
 * @param idToken As the token endpoint gave it.
 * @param options What is expected, and where the keys come from.
 */
export const validate: <E = never, R = never>(
  idToken: Redacted.Redacted,
  options: ValidateOptions<E, R>,
) => Effect.Effect<
  IdTokenClaims,
  IdTokenError | E,
  R | Signature.Signature | Mac.Mac | Digest.Digest
> = Effect.fn("IdToken.validate")(
  function* <E, R>(idToken: Redacted.Redacted, options: ValidateOptions<E, R>) {
    const jws = yield* refusing(Effect.fromResult(decode(idToken)));
    yield* verifySignature(jws, options);
    const members = yield* refusing(Effect.fromResult(claimsOf(jws)));
    const claims = yield* Effect.fromResult(decodeClaims(members));
    const nowMillis = yield* Clock.currentTimeMillis;
    const problem = yield* Effect.sync(() => problemOf(claims, options, nowMillis));
    if (problem !== undefined) return yield* problem;
    yield* verifyHashes(members, jws.header.algorithm, options);
    return claims;
  },
);

/**
 * Reads the claims of an ID token and validates nothing: for a token that was validated when it came
 * and has lain in a store of one's own since.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { readUnverified } from "@bellhop/core/protocol/id_token";
 *
 * const { problem } = readUnverified(Redacted.make("opaque")).pipe(Result.flip, Result.getOrThrow);
 * assert.equal(problem, "malformed");
 * ```
 *
 * @param idToken One that was validated before.
 */
export function readUnverified(
  idToken: Redacted.Redacted,
): Result.Result<IdTokenClaims, IdTokenError> {
  const members = Result.flatMap(decode(idToken), claimsOf);
  return Result.flatMap(Result.mapError(members, refusalOf), decodeClaims);
}

const verifySignature = Effect.fnUntraced(
  function* <E, R>(jws: Jws, options: ValidateOptions<E, R>) {
    const { keyId, algorithm } = jws.header;
    const registered = options.algorithm ?? "RS256";
    if (algorithm !== registered) {
      return yield* refuse("algorithm", `it is signed with ${algorithm}, not with ${registered}`);
    }
    const keys: ReadonlyArray<Jwk | SharedKey> = isMacAlgorithm(registered)
      ? [yield* sharedKey(options, registered)]
      : yield* options.keys({ algorithm, keyId });
    let refusal = refuse("unknownKey", "the server publishes no key that may have signed it");
    for (const key of keys.slice(0, maxCandidates)) {
      const verified = yield* Effect.result(verify(jws, key, { algorithms: [registered] }));
      if (Result.isSuccess(verified)) return;
      refusal = refusal.problem === "signature" ? refusal : refusalOf(verified.failure);
    }
    return yield* refusal;
  },
);

function sharedKey(
  { clientSecret }: ValidateOptions<unknown, unknown>,
  algorithm: SharedKey["algorithm"],
): Effect.Effect<SharedKey, IdTokenError> {
  return clientSecret === undefined
    ? Effect.fail(refuse("key", "it is signed with a client secret, and this client has none"))
    : refusing(fromSecret(clientSecret, algorithm));
}

const verifyHashes = Effect.fnUntraced(
  function* (
    members: JwtClaims,
    algorithm: JwsAlgorithm,
    { accessToken, code }: ValidateOptions<unknown, unknown>,
  ) {
    const bound = [
      ["at_hash", accessToken, "accessTokenHash", "it came with another access token"],
      ["c_hash", code, "codeHash", "it came with another code"],
    ] as const;
    for (const [name, value, problem, description] of bound) {
      if (value === undefined || !Object.hasOwn(members, name)) continue;
      const hash = yield* tokenHash(value, algorithm);
      const claimed = members[name];
      if (typeof claimed !== "string" || !isSameText(claimed, hash)) {
        return yield* refuse(problem, description);
      }
    }
  },
);

function refusing<A, R>(effect: Effect.Effect<A, JwsError, R>): Effect.Effect<A, IdTokenError, R> {
  return Effect.mapError(effect, refusalOf);
}

function refusalOf({ description, problem }: JwsError): IdTokenError {
  return refuse(problem, description);
}

function refuse(problem: IdTokenProblem, description: string): IdTokenError {
  return new IdTokenError({ problem, description });
}
