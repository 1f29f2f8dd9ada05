/**
 * What a server's userinfo endpoint says about the user of a session, asked with the session's token.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as Json from "@bellhop/core/protocol/json";
import { stripped } from "@bellhop/core/protocol/secure_url";
import type { Session } from "@bellhop/core/session/session";
import { unreachableApi } from "./api_unreachable.ts";
import { send, type SendError } from "./carried_request.ts";
import { CommandError } from "./command_error.ts";
import { exitCodes } from "./exit_code.ts";
import type { Settings } from "./settings.ts";

/** Claims by their names. OpenID Connect Core section 5.1. */
export type Claims = Readonly<Record<string, unknown>>;

/** More than any list of claims has. */
const maxBytes = 1_048_576;

/** Whose claims they have to be. */
export interface UserinfoOptions {
  /** `sub` of the session's ID token. Absent: there is none to hold the answer against. */
  readonly subject: string | undefined;
  readonly session: Session;
}

/**
 * Asks the endpoint, renewing the token where that is due or the endpoint does not take it. Claims about
 * another user are refused. OpenID Connect Core section 5.3.2.
 */
export const userinfo: (
  url: string,
  options: UserinfoOptions,
) => Effect.Effect<Claims, SendError, HttpClient.HttpClient | Settings | Scope.Scope> = Effect
  .fnUntraced(function* (url: string, { session, subject }: UserinfoOptions) {
    const request = HttpClientRequest.get(url, { headers: { accept: "application/json" } });
    const response = yield* send(request, session);
    const { status } = response;
    if (status !== 200) return yield* refusal(status, url);
    const claims = claimsIn(yield* textOf(response, url));
    if (claims === undefined) return yield* nonsense("its answer is not the claims of a user", url);
    if (subject !== undefined && claims["sub"] !== subject) {
      return yield* nonsense("it is about another user than the ID token", url);
    }
    return claims;
  });

const textOf = Effect.fnUntraced(function* (response: HttpClientResponse, url: string) {
  const chunks: Array<Uint8Array> = [];
  let bytes = 0;
  yield* response.stream.pipe(
    Stream.takeWhile((chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      return bytes <= maxBytes;
    }),
    Stream.runDrain,
    Effect.catchReason("HttpClientError", "EmptyBodyError", () => Effect.void),
    Effect.catchTag("HttpClientError", (error) => Effect.fail(unreachableApi(error, url))),
  );
  if (bytes > maxBytes) return yield* nonsense(`its answer is larger than ${maxBytes} bytes`, url);
  return Buffer.concat(chunks).toString();
});

/** An object with a subject. OpenID Connect Core section 5.3.2. */
function claimsIn(text: string): Claims | undefined {
  const json = Result.getOrUndefined(Json.parse(text));
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const claims = json as Claims;
  const { sub } = claims;
  return typeof sub === "string" && sub !== "" ? claims : undefined;
}

/** RFC 6750 section 3.1. */
function refusal(status: number, url: string): CommandError {
  const code = { 401: "invalid_token", 403: "insufficient_scope" }[status] ?? `http_${status}`;
  return new CommandError({
    exitCode: exitCodes.refused,
    code,
    description: `The userinfo endpoint at "${stripped(url)}" answered with status ${status}`,
    hint: "Log in again with the scope openid, and the profile or email that you want to see",
  });
}

function nonsense(what: string, url: string): CommandError {
  return new CommandError({
    exitCode: exitCodes.refused,
    code: "malformed_response",
    description: `The userinfo endpoint at "${stripped(url)}" cannot be understood: ${what}`,
    hint: "The server's operator has to look; an ID token tells the same: log in with openid",
  });
}
