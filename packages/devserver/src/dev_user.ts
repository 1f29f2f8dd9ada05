/**
 * The one user of a development server.
 *
 * @module
 */

/** The test user: who signs in, with one click and no password. */
export interface DevUser {
  /** Subject identifier, the `sub` of ID tokens. */
  readonly sub: string;
  /** Full name, the claim `name`. */
  readonly name: string;
  /** E-mail address, the claim `email`, which counts as verified. */
  readonly email: string;
}

/**
 * The test user when no other is given.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { testUser } from "@bellhop/devserver/dev_user";
 *
 * assert.equal(testUser().sub, "ada");
 * ```
 */
export function testUser(): DevUser {
  return { sub: "ada", name: "Ada Lovelace", email: "ada@example.com" };
}
