/**
 * Why an ID token is not believed.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { IdTokenError } from "@bellhop/core/protocol/id_token_error";
 *
 * const error = new IdTokenError({ problem: "nonce", description: "it is of another login" });
 *
 * assert.equal(error.message, "ID token refused: it is of another login");
 * assert.equal(error.hint, "Log in again, and use nothing that came with this token");
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation | OpenID Connect
 * Core section 3.1.3.7}
 * @module
 */
import * as Data from "effect/Data";
import type { JwsProblem } from "./jws_error.ts";

/**
 * What is wrong: there is none; something about its form or signature; no published key fits; or one
 * claim, which is missing, of another type or not what was expected.
 */
export type IdTokenProblem =
  | JwsProblem
  | "missing"
  | "unknownKey"
  | "issuer"
  | "subject"
  | "audience"
  | "authorizedParty"
  | "expiry"
  | "issuedAt"
  | "notBefore"
  | "nonce"
  | "accessTokenHash"
  | "codeHash"
  | "authTime"
  | "acr";

/** An ID token that is refused, and with it all that came along. Names no user, quotes no token. */
export class IdTokenError extends Data.Error<{
  readonly problem: IdTokenProblem;
  /** Our own words. */
  readonly description: string;
}> {
  override readonly name = "IdTokenError";
  readonly _tag = "IdTokenError";
  override readonly message: string = `ID token refused: ${this.description}`;

  /**
   * What to do next, in a sentence for people.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { IdTokenError } from "@bellhop/core/protocol/id_token_error";
   *
   * const error = new IdTokenError({ problem: "expiry", description: "it has expired" });
   *
   * assert.equal(error.hint, "Check that the clock of this machine is right, then log in again");
   * ```
   */
  get hint(): string {
    return hints[this.problem] ?? "Log in again, and use nothing that came with this token";
  }
}

const clockHint = "Check that the clock of this machine is right, then log in again";
const serverHint = "The server's operator has to look, for its tokens cannot be used";

const hints: Partial<Record<IdTokenProblem, string>> = {
  missing: `Ask for the scope "openid", which makes the server send an ID token`,
  algorithm: "Name the algorithm that is registered for this client's ID tokens",
  key: "Check the client secret, or have the server's operator look at its published keys",
  unknownKey: "Try again in a minute; if it stays so, the server does not publish its keys",
  expiry: clockHint,
  issuedAt: clockHint,
  notBefore: clockHint,
  authTime: "Log in again, entering name and password where the server asks for them",
  acr: "Log in again, in the way that is asked for, such as with a second factor",
  malformed: serverHint,
  tooLarge: serverHint,
  duplicateMember: serverHint,
  critical: serverHint,
};
