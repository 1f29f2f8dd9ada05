/**
 * The keys that a server publishes.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/jwk_set";
 *
 * const set = Result.getOrThrow(decode({
 *   keys: [
 *     { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", kid: "a" },
 *     { kty: "oct", k: "c2VjcmV0" },
 *   ],
 * }));
 *
 * assert.deepEqual(set.keys.map(({ keyId }) => keyId), ["a"]);
 * assert.deepEqual(set.leftOut, ["secret"]);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 | RFC 7517 section 5}
 * @module
 */
import * as Result from "effect/Result";
import { decode as decodeKey, type Jwk, type JwkProblem } from "./jwk.ts";

/** A key set, of which the unusable keys were left out. */
export interface JwkSet {
  /** At least one. */
  readonly keys: ReadonlyArray<Jwk>;
  /** Why keys were left out, in the order of the set. */
  readonly leftOut: ReadonlyArray<JwkProblem>;
}

/**
 * Reads a key set. Keys that cannot be used are left out; a set without a usable key is refused.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/jwk_set";
 *
 * assert.deepEqual(decode({ keys: [] }), Result.fail("the key set is empty"));
 * ```
 *
 * @param members The members of the document.
 * @returns The set, or what is wrong. Never quotes a key.
 */
export function decode(members: Readonly<Record<string, unknown>>): Result.Result<JwkSet, string> {
  const listed = Object.hasOwn(members, "keys") ? members["keys"] : undefined;
  if (!Array.isArray(listed)) return Result.fail(`"keys" is missing or not a list`);
  if (listed.length === 0) return Result.fail("the key set is empty");
  const keys: Array<Jwk> = [];
  const leftOut: Array<JwkProblem> = [];
  for (const value of listed) {
    const key = decodeKey(value);
    if (Result.isSuccess(key)) keys.push(key.success);
    else leftOut.push(key.failure);
  }
  return keys.length === 0
    ? Result.fail(`no key of the set can be used: ${wordsOf(leftOut)}`)
    : Result.succeed({ keys, leftOut });
}

const words: Readonly<Record<JwkProblem, string>> = {
  unknownType: "of an unknown type",
  secret: "no public key",
  purpose: "for another purpose",
  tooWeak: "too weak",
  malformed: "malformed",
};

function wordsOf(problems: ReadonlyArray<JwkProblem>): string {
  const counts = new Map<JwkProblem, number>();
  for (const problem of problems) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(([problem, count]) => `${count} ${words[problem]}`).join(", ");
}
