/**
 * An authorization request that was not made: it contradicts a specification or the server's
 * metadata.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { AuthorizationRequestError } from "@bellhop/core/protocol/authorization_request_error";
 *
 * const error = new AuthorizationRequestError({
 *   problem: "prompt",
 *   description: `"none" does not go with another prompt`,
 * });
 *
 * assert.equal(error.hint, `Ask for "none" alone, or leave it out`);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1 | RFC 6749 section 4.1.1}
 * @module
 */
import * as Data from "effect/Data";

/** Why an authorization request was not made. */
export type AuthorizationRequestProblem =
  | "missingEndpoint"
  | "insecureEndpoint"
  | "redirectUri"
  | "pkceUnsupported"
  | "pushedOnly"
  | "responseMode"
  | "prompt"
  | "maxAge"
  | "resource"
  | "reservedParameter"
  | "repeatedParameter";

const hints: Record<AuthorizationRequestProblem, string> = {
  missingEndpoint:
    `Pass "authorizationEndpoint" by hand if the server has one, or choose another grant`,
  insecureEndpoint: "The server's operator has to publish an https endpoint; or pass it by hand",
  redirectUri: "Pass the redirect URI that is registered at the server",
  pkceUnsupported:
    `Ask the server's operator for PKCE; only if it cannot be had, pass the option pkce: ` +
    `"off-because-the-server-refuses-it"`,
  pushedOnly: "Ask the server's operator to take plain authorization requests of this client",
  responseMode: "Leave the response mode out, or choose one that the server lists",
  prompt: `Ask for "none" alone, or leave it out`,
  maxAge: "Pass whole seconds, 0 or more",
  resource: `Pass absolute URIs such as "https://api.example.com/"`,
  reservedParameter: "Use the option of its own, or leave it out",
  repeatedParameter: "Take it out of the endpoint's URL, or do not ask for another value",
};

/** The only error of authorization requests. Nothing was sent. */
export class AuthorizationRequestError extends Data.Error<{
  readonly problem: AuthorizationRequestProblem;
  /** What is wrong. Holds no secret. */
  readonly description: string;
  /**
   * What to do next, in a sentence for people.
   *
   * @default the problem's own
   */
  readonly hint?: string | undefined;
}> {
  override readonly name = "AuthorizationRequestError";
  readonly _tag = "AuthorizationRequestError";
  override readonly message: string = `Authorization request was not made: ${this.description}`;
  /** What to do next, in a sentence for people. */
  override readonly hint: string = adviceOn(this);
}

function adviceOn(
  { hint, problem }: {
    readonly hint?: string | undefined;
    readonly problem: AuthorizationRequestProblem;
  },
): string {
  return hint ?? hints[problem];
}
