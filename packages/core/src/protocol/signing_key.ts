/**
 * Keys that sign: a private key of the client, or a secret that it shares with the server.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { fromSecret } from "@bellhop/core/protocol/signing_key";
 *
 * const secret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
 * const key = await Effect.runPromise(fromSecret(secret, "HS256"));
 *
 * assert.equal(key.algorithm, "HS256");
 * assert.ok(!String(key.key).includes("thirty-two"));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-3 | RFC 7518 section 3}
 * @module
 */
import * as Effect from "effect/Effect";
import * as KeyFormat from "effect/crypto/KeyFormat";
import * as Mac from "effect/crypto/Mac";
import type * as Signature from "effect/crypto/Signature";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { decode } from "./jwk.ts";
import {
  isJwsAlgorithm,
  isMacAlgorithm,
  type JwsAlgorithm,
  type MacAlgorithm,
  macOf,
  type PublicKeyAlgorithm,
  signatureOf,
} from "./jws_algorithm.ts";
import { JwsError } from "./jws_error.ts";

/** A private key and what it signs with. */
export interface PrivateSigningKey {
  /** The one algorithm that it is used with. */
  readonly algorithm: PublicKeyAlgorithm;
  /** Goes into the header as `kid`. */
  readonly keyId?: string;
  /** Opaque: shows its algorithm only. */
  readonly key: Signature.PrivateKey;
}

/** A shared secret and what it signs and verifies with. */
export interface SharedKey {
  /** The one algorithm that it is used with. */
  readonly algorithm: MacAlgorithm;
  /** Goes into the header as `kid`. */
  readonly keyId?: string;
  /** Opaque: shows its algorithm only. */
  readonly key: Mac.Key;
}

/** A key that signs. */
export type SigningKey = PrivateSigningKey | SharedKey;

/** What a key does not tell of itself. */
export interface SigningKeyOptions {
  /**
   * Algorithm to sign with.
   *
   * @default the key's `alg`; else what its curve is for. An RSA key without `alg` needs one.
   */
  readonly algorithm?: PublicKeyAlgorithm | undefined;
  /**
   * Goes into the header as `kid`.
   *
   * @default the key's `kid`
   */
  readonly keyId?: string | undefined;
}

/**
 * Makes a signing key of a client secret, for `client_secret_jwt` and for ID tokens that are signed
 * with HMAC.
 *
 * Fails with `key` where the secret is shorter than the digest: 32 bytes for HS256, 48 for HS384, 64
 * for HS512.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { fromSecret } from "@bellhop/core/protocol/signing_key";
 *
 * const error = await Effect.runPromise(Effect.flip(fromSecret(Redacted.make("short"), "HS256")));
 *
 * assert.equal(error.problem, "key");
 * ```
 *
 * @param secret Its UTF-8 bytes are the key. OpenID Connect Core section 10.1.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-3.2 | RFC 7518 section 3.2}
 */
export const fromSecret: (
  secret: Redacted.Redacted,
  algorithm: MacAlgorithm,
) => Effect.Effect<SharedKey, JwsError> = Effect.fnUntraced(
  function* (secret: Redacted.Redacted, algorithm: MacAlgorithm) {
    const bytes = new TextEncoder().encode(Redacted.value(secret));
    const mac = macOf(algorithm);
    const minBytes = mac.hash.outputLength;
    if (bytes.length < minBytes) {
      return yield* unusable(`a secret for ${algorithm} has at least ${minBytes} bytes`);
    }
    const key = yield* Effect.orDie(Mac.key(mac, bytes));
    return { algorithm, key };
  },
);

/**
 * Makes a signing key of a private JSON Web Key.
 *
 * Fails with `key` where it is none, is meant for another purpose, has fewer than 2048 bits, or does
 * not fit the algorithm.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { fromJwk } from "@bellhop/core/protocol/signing_key";
 *
 * const jwk = {
 *   kty: "OKP",
 *   crv: "Ed25519",
 *   d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
 *   x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
 *   kid: "2026-11",
 * };
 * const key = await Effect.runPromise(fromJwk(Redacted.make(jwk)));
 *
 * assert.equal(key.algorithm, "EdDSA");
 * assert.equal(key.keyId, "2026-11");
 * ```
 *
 * @param jwk The members of the key, as `JSON.parse` gives them.
 * @param options The algorithm and the name, where they are not those of the key.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 | RFC 7517 section 4}
 */
export const fromJwk: (
  jwk: Redacted.Redacted<Readonly<Record<string, unknown>>>,
  options?: SigningKeyOptions,
) => Effect.Effect<PrivateSigningKey, JwsError> = Effect.fnUntraced(
  function* (
    jwk: Redacted.Redacted<Readonly<Record<string, unknown>>>,
    options: SigningKeyOptions = {},
  ) {
    const members = Redacted.value(jwk);
    const { alg, d, e, kid, n, use, x, y } = members;
    const { crv, dp, dq, key_ops: operations, kty, p, q, qi } = members;
    const published = decode({ kty, crv, n, e, x, y });
    if (Result.isFailure(published)) return yield* unusable("it is no private key, or too weak");
    if (!isForSigning(use, operations)) return yield* unusable("it is not meant for signing");
    const algorithm = options.algorithm ?? algorithmOf(alg, published.success.material);
    if (algorithm === undefined) {
      return yield* unusable("its algorithm is not known, name the one that is registered");
    }
    const data = { kty, crv, n, e, x, y, d, p, q, dp, dq, qi };
    const present = Object.entries(data).filter(([, value]) => value !== undefined);
    const key = yield* Effect.mapError(
      KeyFormat.decodePrivate(
        KeyFormat.jwk,
        signatureOf(algorithm),
        Object.fromEntries(present) as JsonWebKey,
      ),
      () => error("it is no private key, or one of another type than the algorithm"),
    );
    const keyId = options.keyId ?? (typeof kid === "string" ? kid : undefined);
    return { algorithm, key, ...(keyId === undefined ? {} : { keyId }) };
  },
);

/**
 * Makes a signing key of a private key that `effect/crypto` holds, such as one from PEM or one that
 * cannot be exported.
 *
 * Fails with `key` where the key is of another algorithm.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { SecureRandom, Signature } from "effect/crypto";
 * import { fromPrivateKey } from "@bellhop/core/protocol/signing_key";
 *
 * const program = Effect.gen(function* () {
 *   const signature = yield* Signature.Signature;
 *   const { privateKey } = yield* signature.generateKeyPair(Signature.ecdsaP256);
 *   return yield* fromPrivateKey(privateKey, { algorithm: "ES256", keyId: "2026-11" });
 * });
 * const crypto = Signature.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto));
 *
 * const { algorithm } = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.equal(algorithm, "ES256");
 * ```
 *
 * @param key Its own algorithm has to be the one that `options.algorithm` stands for.
 */
export function fromPrivateKey(
  key: Signature.PrivateKey,
  options: { readonly algorithm: PublicKeyAlgorithm; readonly keyId?: string | undefined },
): Effect.Effect<PrivateSigningKey, JwsError> {
  const { algorithm, keyId } = options;
  return schemeOf(key.algorithm) === schemeOf(signatureOf(algorithm))
    ? Effect.succeed({ algorithm, key, ...(keyId === undefined ? {} : { keyId }) })
    : unusable(`it is of another type than ${algorithm}`);
}

/**
 * Whether a key that signs is a shared secret.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { fromSecret, isShared } from "@bellhop/core/protocol/signing_key";
 *
 * const secret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
 * assert.ok(isShared(await Effect.runPromise(fromSecret(secret, "HS256"))));
 * ```
 */
export function isShared(key: SigningKey): key is SharedKey {
  return isMacAlgorithm(key.algorithm);
}

/** What a signature is made with, apart from the length of the key. */
function schemeOf(algorithm: Signature.Algorithm): string {
  switch (algorithm._tag) {
    case "Ed25519":
      return algorithm._tag;
    case "Ecdsa":
      return algorithm.namedCurve;
    case "RsaPss":
      return `${algorithm._tag} ${algorithm.hash.name} ${algorithm.saltLength}`;
    case "RsaPkcs1v15":
      return `${algorithm._tag} ${algorithm.hash.name}`;
  }
}

function algorithmOf(
  named: unknown,
  material: { readonly kty: string; readonly crv?: string },
): PublicKeyAlgorithm | undefined {
  if (named !== undefined) {
    return typeof named === "string" && isJwsAlgorithm(named) && isPublicKeyAlgorithm(named)
      ? named
      : undefined;
  }
  const byCurve = {
    "P-256": "ES256",
    "P-384": "ES384",
    "P-521": "ES512",
    Ed25519: "EdDSA",
  } as const;
  return byCurve[material.crv as keyof typeof byCurve];
}

function isPublicKeyAlgorithm(algorithm: JwsAlgorithm): algorithm is PublicKeyAlgorithm {
  return !isMacAlgorithm(algorithm);
}

function isForSigning(use: unknown, operations: unknown): boolean {
  return (use === undefined || use === "sig") &&
    (operations === undefined || (Array.isArray(operations) && operations.includes("sign")));
}

/** Without the cause, which may quote the key. */
function error(description: string): JwsError {
  return new JwsError({ problem: "key", description: `its key cannot be used: ${description}` });
}

function unusable(description: string): Effect.Effect<never, JwsError> {
  return Effect.fail(error(description));
}
