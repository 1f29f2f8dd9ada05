/**
 * Public keys as servers publish them, of which only the usable ones come through.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode, isFitFor } from "@bellhop/core/protocol/jwk";
 *
 * const key = Result.getOrThrow(decode({
 *   kty: "OKP",
 *   crv: "Ed25519",
 *   x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
 *   kid: "2026-11",
 * }));
 *
 * assert.ok(isFitFor(key, { algorithm: "EdDSA", keyId: "2026-11" }));
 * assert.ok(!isFitFor(key, { algorithm: "HS256", keyId: "2026-11" }));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 | RFC 7517 section 4}
 * @module
 */
import * as Effect from "effect/Effect";
import * as Digest from "effect/crypto/Digest";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Result from "effect/Result";
import { bytesOf } from "./_base64_url.ts";
import type { JwsAlgorithm } from "./jws_algorithm.ts";

/** The numbers that make a key, as base64url: the members that its thumbprint is of. */
export type KeyMaterial =
  | { readonly kty: "RSA"; readonly n: string; readonly e: string }
  | {
    readonly kty: "EC";
    readonly crv: "P-256" | "P-384" | "P-521";
    readonly x: string;
    readonly y: string;
  }
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };

/** A public key that verifies signatures. */
export interface Jwk {
  /** What the key is. Whether a point lies on its curve shows when the key is first used. */
  readonly material: KeyMaterial;
  /** The server's name for it; need not be unique. */
  readonly keyId?: string;
  /** The one algorithm that the server uses it for, where it told. */
  readonly algorithm?: string;
}

/**
 * Why a key is left out: a type or curve that is not known here, a symmetric or private key where a
 * public one belongs, another purpose than verifying, a modulus of less than 2048 bits, numbers that
 * make no key.
 */
export type JwkProblem = "unknownType" | "secret" | "purpose" | "tooWeak" | "malformed";

/** Which key is looked for. */
export interface KeyQuery {
  /** What the token's header says, once it is known to be allowed. */
  readonly algorithm: JwsAlgorithm;
  /** What the token's header says. Absent: any key of the right type will do. */
  readonly keyId?: string | undefined;
}

const minModulusBits = 2_048;
const maxModulusBits = 16_384;
/** Exponents beyond are good for nothing but to keep a verifier busy. */
const maxExponentBytes = 4;
const maxKeyIdCharacters = 1_024;

const coordinateBytes = { "P-256": 32, "P-384": 48, "P-521": 66 } as const;

/** Members of private keys: RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1. */
const secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

const curveOf: Readonly<Record<string, string>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
  EdDSA: "Ed25519",
  Ed25519: "Ed25519",
};

/**
 * Reads one key. Unknown members are ignored, certificates (`x5c`, `x5u`) too.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/jwk";
 *
 * assert.deepEqual(decode({ kty: "oct", k: "c2VjcmV0" }), Result.fail("secret"));
 * assert.deepEqual(decode({ kty: "RSA", n: "AQAB", e: "AQAB" }), Result.fail("tooWeak"));
 * ```
 *
 * @param value One of the `keys` of a key set.
 */
export function decode(value: unknown): Result.Result<Jwk, JwkProblem> {
  if (typeof value !== "object" || value === null) return Result.fail("malformed");
  const members = { ...value } as Readonly<Record<string, unknown>>;
  if (members["kty"] === "oct" || secretMembers.some((name) => Object.hasOwn(members, name))) {
    return Result.fail("secret");
  }
  if (!isForVerifying(members)) return Result.fail("purpose");
  const { alg, kid } = members;
  if (!isOptionalText(alg) || !isOptionalText(kid) || (kid ?? "").length > maxKeyIdCharacters) {
    return Result.fail("malformed");
  }
  return Result.map(materialOf(members), (material) => ({
    material,
    ...(kid === undefined ? {} : { keyId: kid }),
    ...(alg === undefined ? {} : { algorithm: alg }),
  }));
}

/**
 * Whether a key may have made a signature: its type and curve are those of the algorithm, the
 * algorithm that it is for is this one, and its name is the one that was asked for.
 *
 * The key's type decides and never the token alone: no key of this kind fits HMAC.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { isFitFor } from "@bellhop/core/protocol/jwk";
 *
 * const material = {
 *   kty: "OKP",
 *   crv: "Ed25519",
 *   x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
 * } as const;
 *
 * assert.ok(!isFitFor({ material, keyId: "a" }, { algorithm: "EdDSA", keyId: "b" }));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725#section-3.1 | RFC 8725 section 3.1}
 */
export function isFitFor(key: Jwk, { algorithm, keyId }: KeyQuery): boolean {
  const { material } = key;
  const isOfType = material.kty === "RSA"
    ? /^[RP]S/.test(algorithm)
    : material.crv === curveOf[algorithm];
  return isOfType && (keyId === undefined || key.keyId === keyId) &&
    (key.algorithm === undefined || key.algorithm === algorithm ||
      (material.kty === "OKP" && curveOf[key.algorithm] === material.crv));
}

/**
 * Computes the SHA-256 thumbprint of a key, which names it whatever its `kid`.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { Digest } from "effect/crypto";
 * import { thumbprint } from "@bellhop/core/protocol/jwk";
 *
 * const material = {
 *   kty: "OKP",
 *   crv: "Ed25519",
 *   x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
 * } as const;
 * const print = thumbprint({ material }).pipe(Effect.provide(Digest.layerWebCrypto));
 *
 * assert.equal(await Effect.runPromise(print), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
 * ```
 *
 * @returns Base64url without padding, always 43 characters.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7638#section-3 | RFC 7638 section 3}
 */
export const thumbprint: (
  key: Pick<Jwk, "material">,
) => Effect.Effect<string, never, Digest.Digest> = Effect.fnUntraced(
  function* ({ material }: Pick<Jwk, "material">) {
    const digest = yield* Digest.Digest;
    return Base64Url.encode(yield* digest.digest(Digest.sha256, canonicalOf(material)));
  },
);

/** Members in the order of their names, without white space. RFC 7638 section 3.3. */
function canonicalOf(material: KeyMaterial): Uint8Array {
  const members = Object.entries(material).toSorted(([a], [b]) => a < b ? -1 : 1);
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(members)));
}

/** `use` and `key_ops`, where they are given, must both allow it. RFC 7517 section 4.3. */
function isForVerifying({ use, key_ops: operations }: Readonly<Record<string, unknown>>): boolean {
  return (use === undefined || use === "sig") &&
    (operations === undefined || (Array.isArray(operations) && operations.includes("verify")));
}

function materialOf(
  members: Readonly<Record<string, unknown>>,
): Result.Result<KeyMaterial, JwkProblem> {
  const { crv, kty } = members;
  switch (kty) {
    case "RSA":
      return rsaMaterial(members);
    case "EC":
      return crv === "P-256" || crv === "P-384" || crv === "P-521"
        ? ecMaterial(members, crv)
        : Result.fail("unknownType");
    case "OKP":
      return crv === "Ed25519" ? okpMaterial(members) : Result.fail("unknownType");
    default:
      return Result.fail("unknownType");
  }
}

function rsaMaterial(
  { e, n }: Readonly<Record<string, unknown>>,
): Result.Result<KeyMaterial, JwkProblem> {
  const modulus = numberOf(n);
  const exponent = numberOf(e);
  if (modulus === undefined || exponent === undefined) return Result.fail("malformed");
  const bits = bitsOf(modulus);
  if (bits < minModulusBits) return Result.fail("tooWeak");
  const last = exponent.at(-1) ?? 0;
  const isUsable = bits <= maxModulusBits && exponent.length <= maxExponentBytes &&
    last % 2 === 1 && (exponent.length > 1 || last > 1);
  return isUsable
    ? Result.succeed({ kty: "RSA", n: Base64Url.encode(modulus), e: Base64Url.encode(exponent) })
    : Result.fail("malformed");
}

function ecMaterial(
  { x, y }: Readonly<Record<string, unknown>>,
  crv: "P-256" | "P-384" | "P-521",
): Result.Result<KeyMaterial, JwkProblem> {
  const length = coordinateBytes[crv];
  return isOfLength(x, length) && isOfLength(y, length)
    ? Result.succeed({ kty: "EC", crv, x, y })
    : Result.fail("malformed");
}

function okpMaterial(
  { x }: Readonly<Record<string, unknown>>,
): Result.Result<KeyMaterial, JwkProblem> {
  return isOfLength(x, 32)
    ? Result.succeed({ kty: "OKP", crv: "Ed25519", x })
    : Result.fail("malformed");
}

function isOfLength(value: unknown, length: number): value is string {
  return typeof value === "string" && bytesOf(value)?.length === length;
}

/** A positive number in as few bytes as it takes: some servers put zeros before it. */
function numberOf(value: unknown): Uint8Array | undefined {
  const bytes = typeof value === "string" ? bytesOf(value) : undefined;
  const first = bytes?.findIndex((byte) => byte !== 0) ?? -1;
  return first < 0 ? undefined : bytes?.subarray(first);
}

function bitsOf(bytes: Uint8Array): number {
  return bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
