/**
 * Logging out at the server: the address that the user's browser has to open.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { endSessionUrl } from "@bellhop/core/protocol/end_session_request";
 *
 * const server = {
 *   issuer: "https://op.example.com",
 *   endSessionEndpoint: "https://op.example.com/logout",
 * };
 * const client = { clientId: "s6BhdRkqt3", authentication: { method: "none" }, server } as const;
 * const url = Result.getOrThrow(endSessionUrl(client, {
 *   idToken: Redacted.make("eyJhbGciOiJSUzI1NiJ9.e30.AAAA"),
 *   postLogoutRedirectUri: "https://client.example.org/bye",
 * }));
 *
 * assert.equal(String(url), "<redacted>");
 * assert.equal(
 *   Redacted.value(url),
 *   "https://op.example.com/logout?id_token_hint=eyJhbGciOiJSUzI1NiJ9.e30.AAAA" +
 *     "&client_id=s6BhdRkqt3&post_logout_redirect_uri=https%3A%2F%2Fclient.example.org%2Fbye",
 * );
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout | OpenID Connect
 * RP-Initiated Logout section 2}
 * @module
 */
import * as Data from "effect/Data";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type { Client } from "./client.ts";
import { encode } from "./form.ts";
import * as RedirectUri from "./redirect_uri.ts";
import { parse } from "./secure_url.ts";

/** What is told to the server. */
export interface EndSessionOptions {
  /** Whose session ends: the ID token of the login, expired or not. Sent as `id_token_hint`. */
  readonly idToken?: Redacted.Redacted | undefined;
  /**
   * Where the browser goes afterwards, exactly as it is registered: sent as it is, nothing
   * normalised. HTTPS, plain HTTP on the loopback interface, or a private-use scheme that is a
   * reversed domain name; without fragment.
   */
  readonly postLogoutRedirectUri?: string | undefined;
  /** Comes back with the browser, so that the answer can be told from a forged one. */
  readonly state?: Redacted.Redacted | undefined;
  /** Whose session ends, by a name that the server knows, such as an e-mail address. */
  readonly logoutHint?: string | undefined;
  /** Languages of the server's page, in order of preference. BCP 47. */
  readonly uiLocales?: ReadonlyArray<string> | undefined;
}

/**
 * Why there is no such address: the server names no endpoint, the endpoint or the redirect URI is no
 * usable URL, or there is a state and nowhere to come back to.
 */
export type EndSessionProblem = "unsupported" | "endpoint" | "redirectUri" | "state";

/** A logout at the server that cannot be begun. */
export class EndSessionError extends Data.Error<{
  readonly problem: EndSessionProblem;
  /** Our own words. */
  readonly description: string;
}> {
  override readonly name = "EndSessionError";
  readonly _tag = "EndSessionError";
  override readonly message: string = `Cannot log out at the server: ${this.description}`;
}

/**
 * Makes the address that ends the user's session at the server.
 *
 * `client_id` is always sent. Nothing is sent from here: open it in the browser in which the user
 * logged in, after the tokens were revoked and forgotten. It holds the ID token: neither log it nor
 * print it.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { endSessionUrl } from "@bellhop/core/protocol/end_session_request";
 *
 * const { problem } = endSessionUrl({
 *   clientId: "s6BhdRkqt3",
 *   authentication: { method: "none" },
 *   server: { issuer: "https://op.example.com" },
 * }).pipe(Result.flip, Result.getOrThrow);
 *
 * assert.equal(problem, "unsupported");
 * ```
 *
 * @param client The client, with its server.
 * @param options Whose session, and where to go afterwards.
 */
export function endSessionUrl(
  client: Client,
  options: EndSessionOptions = {},
): Result.Result<Redacted.Redacted, EndSessionError> {
  const { clientId, server: { endSessionEndpoint } } = client;
  if (endSessionEndpoint === undefined) {
    return refuse("unsupported", `its metadata name no "end_session_endpoint"`);
  }
  if (Result.isFailure(parse(endSessionEndpoint))) {
    return refuse("endpoint", `"end_session_endpoint" is no HTTPS or loopback URL`);
  }
  const problem = problemOf(options);
  if (problem !== undefined) return Result.fail(problem);
  const query = encode([
    ["id_token_hint", options.idToken],
    ["client_id", clientId],
    ["post_logout_redirect_uri", options.postLogoutRedirectUri],
    ["state", options.state],
    ["logout_hint", options.logoutHint],
    ["ui_locales", options.uiLocales?.join(" ")],
  ]);
  const joint = endSessionEndpoint.includes("?") ? "&" : "?";
  return Result.succeed(Redacted.make(`${endSessionEndpoint}${joint}${query}`));
}

function problemOf(
  { postLogoutRedirectUri, state }: EndSessionOptions,
): EndSessionError | undefined {
  if (postLogoutRedirectUri === undefined) {
    return state === undefined
      ? undefined
      : error("state", "a state comes back only with a redirect URI, and there is none");
  }
  const isUsable = Result.isSuccess(parse(postLogoutRedirectUri)) ||
    Result.isSuccess(RedirectUri.parse(postLogoutRedirectUri));
  return isUsable ? undefined : error(
    "redirectUri",
    "the redirect URI is no HTTPS or loopback URL, nor one of a native app, without fragment",
  );
}

function error(problem: EndSessionProblem, description: string): EndSessionError {
  return new EndSessionError({ problem, description });
}

function refuse(
  problem: EndSessionProblem,
  description: string,
): Result.Result<never, EndSessionError> {
  return Result.fail(error(problem, description));
}
