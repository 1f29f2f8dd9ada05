/**
 * JSON from strangers: bounded nesting, and an error that does not quote the text.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/json";
 *
 * assert.deepEqual(Result.getOrThrow(parse(`{"a":[1]}`)), { a: [1] });
 * assert.deepEqual(parse("secret").pipe(Result.flip, Result.getOrThrow), "notJson");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8259#section-9 | RFC 8259 section 9}
 * @module
 */
import * as Result from "effect/Result";

/** Why a text was refused. */
export type JsonProblem = "notJson" | "tooDeep";

/** Objects and arrays within each other, at most. */
const maxDepth = 64;

/**
 * Parses a text.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/json";
 *
 * assert.ok(Result.isSuccess(parse("[".repeat(64) + "]".repeat(64))));
 * assert.ok(Result.isFailure(parse("[".repeat(65) + "]".repeat(65))));
 * ```
 *
 * @param text Its size is the caller's to bound.
 * @returns The value, or the problem, `tooDeep` from 65 levels on.
 */
export function parse(text: string): Result.Result<unknown, JsonProblem> {
  if (isTooDeep(text)) return Result.fail("tooDeep");
  try {
    return Result.succeed(JSON.parse(text) as unknown);
  } catch {
    return Result.fail("notJson");
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (isInString) {
      if (character === "\\") index++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}
