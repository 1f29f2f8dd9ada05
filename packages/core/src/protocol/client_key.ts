/**
 * The private key of a client that signs its assertions: read, and held against its algorithm, before
 * anything is signed with it.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { decode } from "@bellhop/core/protocol/client_key";
 *
 * const key = Redacted.make(JSON.stringify({
 *   kty: "OKP",
 *   crv: "Ed25519",
 *   kid: "2026-11",
 *   x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
 *   d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
 * }));
 * const { algorithm, keyId } = await Effect.runPromise(decode({ key }));
 *
 * assert.deepEqual([algorithm, keyId], ["EdDSA", "2026-11"]);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 | RFC 7517 section 4}
 * @module
 */
import * as Effect from "effect/Effect";
import * as Signature from "effect/crypto/Signature";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { ClientConfigError, type ClientConfigProblem } from "./client_config_error.ts";
import * as Json from "./json.ts";
import {
  isJwsAlgorithm,
  isMacAlgorithm,
  type PublicKeyAlgorithm,
  signatureOf,
} from "./jws_algorithm.ts";
import { visible } from "./redaction.ts";
import { fromJwk, fromPrivateKey, type PrivateSigningKey } from "./signing_key.ts";

/** A private key as JSON Web Key. RFC 7517 section 4. */
export interface PrivateJwk extends JsonWebKey {
  /** Name of the key among the client's keys at the server. */
  readonly kid?: string;
}

/**
 * The ways to give a private key: a JSON Web Key, as text or object, better `Redacted`; or a key of
 * `effect/crypto`, which may be one that cannot be exported, or come of PEM by `KeyFormat`.
 */
export type ClientKey = Redacted.Redacted<string | PrivateJwk> | PrivateJwk | Signature.PrivateKey;

/** A key and what it does not say itself. */
export interface DecodeOptions {
  /** Private, of RSA (2048 bits or more), a NIST curve or Ed25519. */
  readonly key: ClientKey;
  /**
   * How it signs, as the client is registered.
   *
   * @default the `alg` of the JSON Web Key; else what its curve is for. Anything else needs one.
   */
  readonly algorithm?: PublicKeyAlgorithm | undefined;
  /**
   * Goes into the assertion's header as `kid`, so that the server finds the key.
   *
   * @default the `kid` of the JSON Web Key, or none
   */
  readonly keyId?: string | undefined;
}

/** Bits of an RSA modulus. RFC 7518 section 3.3. */
const minRsaBits = 2_048;

/**
 * Reads a private key.
 *
 * Fails with `missingAlgorithm` or `unknownAlgorithm` where nothing tells how it signs, with
 * `algorithmMismatch`, `publicKey` or `weakKey` where the key does not do, and with `invalidKey`
 * where it is none, or is meant for encryption. No error holds anything of the key.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { decode } from "@bellhop/core/protocol/client_key";
 *
 * const key = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
 * const error = await Effect.runPromise(Effect.flip(decode({ key })));
 *
 * assert.equal(error.problem, "publicKey");
 * ```
 *
 * @param options The key, and what it does not say itself.
 */
export const decode: (
  options: DecodeOptions,
) => Effect.Effect<PrivateSigningKey, ClientConfigError> = Effect.fnUntraced(
  function* ({ key, ...told }: DecodeOptions) {
    const made = Signature.isPrivateKey(key)
      ? yield* held(key, told)
      : yield* read(yield* jwkOf(Redacted.isRedacted(key) ? Redacted.value(key) : key), told);
    const { algorithm } = made.key;
    if ("modulusLength" in algorithm && algorithm.modulusLength < minRsaBits) return yield* weak();
    return made;
  },
);

type Jwk = Readonly<Record<string, unknown>>;
type Told = Omit<DecodeOptions, "key">;

/** A key of `effect/crypto`. */
const held = Effect.fnUntraced(function* (key: Signature.PrivateKey, told: Told) {
  const algorithm = yield* algorithmOf(told.algorithm, undefined);
  if (algorithm === undefined) return yield* missing();
  return yield* fromPrivateKey(key, { algorithm, keyId: told.keyId }).pipe(
    Effect.mapError(() => mismatch(algorithm)),
  );
});

const read = Effect.fnUntraced(function* (jwk: Jwk, told: Told) {
  const algorithm = yield* algorithmOf(told.algorithm, jwk["alg"]);
  const problem = problemOf(jwk, algorithm);
  if (problem !== undefined) return yield* problem;
  return yield* fromJwk(Redacted.make(jwk), { algorithm, keyId: told.keyId }).pipe(
    Effect.mapError(() => invalid("The key cannot be read as a private signing key")),
  );
});

function jwkOf(given: unknown): Effect.Effect<Jwk, ClientConfigError> {
  if (typeof given === "string" && given.includes("-----BEGIN ")) {
    return refuse("invalidKey", {
      description: "The key is in PEM, not a JSON Web Key",
      hint: "Read it with KeyFormat.decodePrivate of effect/crypto and pass what that gives",
    });
  }
  const json = typeof given === "string" ? Json.parse(given) : Result.succeed(given);
  if (Result.isFailure(json)) return Effect.fail(invalid("The key is not JSON"));
  return isObject(json.success)
    ? Effect.succeed(json.success)
    : Effect.fail(invalid("The key is not a JSON object"));
}

function algorithmOf(
  told: unknown,
  own: unknown,
): Effect.Effect<PublicKeyAlgorithm | undefined, ClientConfigError> {
  for (const name of [told, own]) {
    if (name !== undefined && !isSigning(name)) return refuseAlgorithm(name);
  }
  const [asked, named] = [told, own] as ReadonlyArray<PublicKeyAlgorithm | undefined>;
  const isSame = asked === undefined || named === undefined ||
    signatureOf(asked) === signatureOf(named);
  return isSame ? Effect.succeed(asked ?? named) : refuse("algorithmMismatch", {
    description: `The key says that it is for "${named}", "${asked}" was asked for`,
    hint: "Leave the algorithm out, or pass the key that is registered for it",
  });
}

function refuseAlgorithm(name: unknown): Effect.Effect<never, ClientConfigError> {
  const shown = typeof name === "string" ? `"${visible(name).slice(0, 20)}"` : "What is no text";
  return refuse("unknownAlgorithm", {
    description: `${shown} is not an algorithm that a private key signs with here`,
    hint: "Choose one of RS256, PS256, ES256, EdDSA and their like, as the client is registered",
  });
}

function isSigning(name: unknown): name is PublicKeyAlgorithm {
  return typeof name === "string" && isJwsAlgorithm(name) && !isMacAlgorithm(name);
}

/** What is wrong with a JSON Web Key, as far as that can be seen without reading it. */
function problemOf(
  jwk: Jwk,
  algorithm: PublicKeyAlgorithm | undefined,
): ClientConfigError | undefined {
  const { d, kty, use } = jwk;
  if (kty !== "RSA" && kty !== "EC" && kty !== "OKP") {
    return invalid("The key is of no type that has a private and a public half");
  }
  if (use !== undefined && use !== "sig") return invalid("The key is not meant for signing");
  if (algorithm !== undefined && !isOfType(jwk, algorithm)) return mismatch(algorithm);
  if (typeof d !== "string" || d === "") return publicHalf();
  return kty === "RSA" ? problemOfRsa(jwk, algorithm) : undefined;
}

function problemOfRsa({ n }: Jwk, algorithm: unknown): ClientConfigError | undefined {
  if (algorithm === undefined) return missing();
  const bitsPerCharacter = 6;
  const isWeak = typeof n === "string" && n.length * bitsPerCharacter < minRsaBits;
  return isWeak ? weak() : undefined;
}

function isOfType({ crv, kty }: Jwk, algorithm: PublicKeyAlgorithm): boolean {
  const signature = signatureOf(algorithm);
  switch (signature._tag) {
    case "Ecdsa":
      return kty === "EC" && crv === signature.namedCurve;
    case "Ed25519":
      return kty === "OKP" && crv === "Ed25519";
    default:
      return kty === "RSA";
  }
}

function isObject(value: unknown): value is Jwk {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function missing(): ClientConfigError {
  return new ClientConfigError({
    problem: "missingAlgorithm",
    description: "Nothing says which algorithm the key signs with",
    hint: `Pass the algorithm that the client is registered with, or put it into the key as "alg"`,
  });
}

function mismatch(algorithm: PublicKeyAlgorithm): ClientConfigError {
  return new ClientConfigError({
    problem: "algorithmMismatch",
    description: `The key does not fit the algorithm "${algorithm}"`,
    hint: "Pass the algorithm that the client is registered with, or the key of that algorithm",
  });
}

function publicHalf(): ClientConfigError {
  return new ClientConfigError({
    problem: "publicKey",
    description: "The key is only the public half",
    hint: `Pass the private key, which has "d"; the server gets the public half`,
  });
}

function weak(): ClientConfigError {
  return new ClientConfigError({
    problem: "weakKey",
    description: `The RSA key has fewer than ${minRsaBits} bits`,
    hint: "Register and pass a larger one, or one of an elliptic curve",
  });
}

function invalid(description: string): ClientConfigError {
  return new ClientConfigError({
    problem: "invalidKey",
    description,
    hint: "Pass the private signing key whole, as a JSON Web Key or a key of effect/crypto",
  });
}

function refuse(
  problem: ClientConfigProblem,
  words: { readonly description: string; readonly hint: string },
): Effect.Effect<never, ClientConfigError> {
  return Effect.fail(new ClientConfigError({ problem, ...words }));
}
