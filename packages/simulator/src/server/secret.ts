/**
 * The secrets that a simulated authorization server makes. They are no secrets to those who look for
 * them: each is marked, numbered, and the same in every run.
 *
 * ```ts
 * import { equal, ok } from "node:assert/strict";
 * import { isPlanted, ordinalOf, secretOf } from "@bellhop/simulator/server/secret";
 *
 * const token = secretOf("at", 17);
 * ok(isPlanted(`a log line with ${token} in it`));
 * equal(ordinalOf(token), 17);
 * equal(ordinalOf("pl4nted-at-17-guessed"), undefined);
 * ```
 *
 * @module
 */

/** In every secret of a server but user codes: what must be nowhere else. */
export const PLANTED = "pl4nted";

/** Access token, refresh token, authorization code, device code, ID token. */
export type SecretKind = "at" | "rt" | "ac" | "dc" | "it";

/** What a secret says about itself. */
export interface SecretParts {
  /** What it is. */
  readonly kind: SecretKind;
  /** Its number among all secrets of its server. */
  readonly ordinal: number;
}

const kinds: ReadonlyArray<SecretKind> = ["at", "rt", "ac", "dc", "it"];

/**
 * Makes the secret with this number.
 *
 * @param kind What it is.
 * @param ordinal Its number.
 */
export function secretOf(kind: SecretKind, ordinal: number): string {
  const hash = mixed(ordinal ^ ((kinds.indexOf(kind) + 1) << 24)).toString(16).padStart(8, "0");
  return `${PLANTED}-${kind}-${ordinal}-${hash}`;
}

/**
 * Takes a secret apart, if a server can have made it.
 *
 * @param secret Any text.
 */
export function partsOf(secret: string): SecretParts | undefined {
  const [marker, named, digits] = secret.split("-", 3);
  const kind = kinds.find((one) => one === named);
  const ordinal = Number(digits);
  if (marker !== PLANTED || kind === undefined) return undefined;
  return secretOf(kind, ordinal) === secret ? { kind, ordinal } : undefined;
}

/**
 * The number of a secret, if a server can have made it.
 *
 * @param secret Any text.
 */
export function ordinalOf(secret: string): number | undefined {
  return partsOf(secret)?.ordinal;
}

/** The marker as it looks in Base64 and Base64url at each of the three offsets, without the edges. */
const encoded: ReadonlyArray<string> = ["cGw0bnRlZ", "BsNG50ZW", "wbDRudGVk"];

/**
 * Whether a text holds a secret of a server, in clear or in Base64, as within an ID token.
 *
 * @param text Any text.
 */
export function isPlanted(text: string): boolean {
  return text.includes(PLANTED) || encoded.some((form) => text.includes(form));
}

/**
 * Whether anything that can be reached from a value holds a secret of a server, such as the message
 * of an error, or of its cause. What is `Redacted` cannot be reached.
 *
 * ```ts
 * import { Redacted } from "effect";
 * import { equal } from "node:assert/strict";
 * import { isPlantedIn, secretOf } from "@bellhop/simulator/server/secret";
 *
 * const token = secretOf("at", 17);
 * equal(isPlantedIn({ error: new Error("no", { cause: new Error(`not ${token}`) }) }), true);
 * equal(isPlantedIn({ token: Redacted.make(token) }), false);
 * ```
 *
 * @param value Anything.
 */
export function isPlantedIn(value: unknown): boolean {
  return isReached(value, new Set());
}

function isReached(value: unknown, seen: Set<object>): boolean {
  if (typeof value === "string") return isPlanted(value);
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return isPlanted(new TextDecoder().decode(value));
  const isCollection = value instanceof Map || value instanceof Set;
  if (isCollection && [...value].some((entry) => isReached(entry, seen))) return true;
  // The message and the cause of an error are not enumerable.
  return Reflect.ownKeys(value).some((key) =>
    isReached(key, seen) || isReached((value as Readonly<Record<PropertyKey, unknown>>)[key], seen)
  );
}

/** Twenty letters that make no words. RFC 8628 section 6.1. */
const letters = "BCDFGHJKLMNPQRSTVWXZ";

/**
 * What the person types for the device code with this number: `BCDF-GHJK`. It has no marker.
 *
 * @param ordinal The number of the device code.
 */
export function userCodeOf(ordinal: number): string {
  let left = mixed(ordinal ^ 0x75000000);
  let code = "";
  for (let at = 0; at < 8; at++) {
    code = (at === 3 ? "-" : "") + letters.charAt(left % 20) + code;
    left = Math.floor(left / 20);
  }
  return code;
}

/** The finalizer of MurmurHash3: no two of the 2 ** 32 integers give the same. */
function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
