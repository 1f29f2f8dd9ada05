/**
 * What the userinfo endpoint says about a user.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/userinfo_response";
 *
 * const userinfo = decode({ sub: "248289761001", name: "Jane Doe" }, { subject: "248289761001" });
 *
 * assert.equal(Result.getOrThrow(userinfo).members["name"], "Jane Doe");
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse | OpenID Connect
 * Core section 5.3.2}
 * @module
 */
import * as Result from "effect/Result";
import type { Members } from "./response_body.ts";

/** Claims about the user whose ID token it was. */
export interface Userinfo {
  /** The same as in the ID token. */
  readonly subject: string;
  /** All claims as the server wrote them. */
  readonly members: Members;
}

/** What the answer has to fit. */
export interface DecodeOptions {
  /** `sub` of the validated ID token. */
  readonly subject: string;
}

/**
 * Reads the members of an answer, and holds its `sub` against that of the ID token.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/userinfo_response";
 *
 * assert.deepEqual(
 *   decode({ sub: "mallory" }, { subject: "jane" }),
 *   Result.fail(`"sub" is another user than that of the ID token`),
 * );
 * ```
 *
 * @returns The claims, or what is wrong. Quotes neither.
 */
export function decode(
  members: Members,
  { subject }: DecodeOptions,
): Result.Result<Userinfo, string> {
  const named = Object.hasOwn(members, "sub") ? members["sub"] : undefined;
  if (typeof named !== "string" || named === "") {
    return Result.fail(`"sub" is missing or no text`);
  }
  return named === subject
    ? Result.succeed({ subject, members })
    : Result.fail(`"sub" is another user than that of the ID token`);
}
