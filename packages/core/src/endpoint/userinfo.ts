/**
 * The userinfo endpoint: more about the user than the ID token says.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { fetchUserinfo } from "@bellhop/core/endpoint/userinfo";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({ sub: "248289761001", name: "Jane Doe" }),
 *   ))
 * );
 * const program = fetchUserinfo(
 *   { issuer: "https://op.example.com", userinfoEndpoint: "https://op.example.com/userinfo" },
 *   Redacted.make("2YotnFZFEjr1zCsicMWpAA"),
 *   { subject: "248289761001" },
 * ).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * const { members } = await Effect.runPromise(program);
 * assert.equal(members["name"], "Jane Doe");
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#UserInfo | OpenID Connect Core
 * section 5.3}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import {
  EndpointError,
  type EndpointErrorReason,
  Rejected,
  Unsupported,
} from "../protocol/endpoint_error.ts";
import { stripped } from "../protocol/secure_url.ts";
import type { ServerMetadata } from "../protocol/server_metadata.ts";
import { decode, type Userinfo } from "../protocol/userinfo_response.ts";
import { bodyOf, membersOf, refusalOf, unexpectedShape } from "./_answer.ts";
import type { Answer } from "./_exchange.ts";
import { exchange } from "./_transport.ts";

/** Settings of one request. */
export interface FetchUserinfoOptions {
  /** `sub` of the validated ID token: claims about anybody else are refused. */
  readonly subject: string;
  /**
   * Time within which the whole answer has to come.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/**
 * Asks about the user of an access token, once.
 *
 * Fails with `Rejected` where the token is no good (`invalid_token`, or the server's own code) or
 * allows too little (`insufficient_scope`): renewing it is the session's business. Fails with
 * `Malformed` where the answer is about another user, or is a signed or encrypted token, which a
 * client has to be registered for; with `Unsupported` where the metadata names no such endpoint.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { fetchUserinfo } from "@bellhop/core/endpoint/userinfo";
 *
 * const refusing = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(request, new Response("", { status: 401 })))
 * );
 * const code = fetchUserinfo(
 *   { issuer: "https://op.example.com", userinfoEndpoint: "https://op.example.com/userinfo" },
 *   Redacted.make("expired"),
 *   { subject: "248289761001" },
 * ).pipe(
 *   Effect.catchReason("EndpointError", "Rejected", (reason) => Effect.succeed(reason.code)),
 *   Effect.provideService(HttpClient.HttpClient, refusing),
 * );
 *
 * assert.equal(await Effect.runPromise(code), "invalid_token");
 * ```
 *
 * @param server The server's metadata.
 * @param accessToken Sent as a bearer token.
 * @param options Whose claims they have to be, and the limit of the request.
 */
export const fetchUserinfo: (
  server: ServerMetadata,
  accessToken: Redacted.Redacted,
  options: FetchUserinfoOptions,
) => Effect.Effect<Userinfo, EndpointError, HttpClient.HttpClient> = Effect.fn(
  "UserinfoEndpoint.fetchUserinfo",
)(function* (
  server: ServerMetadata,
  accessToken: Redacted.Redacted,
  { requestLimitMillis, subject }: FetchUserinfoOptions,
) {
  const url = server.userinfoEndpoint;
  if (url === undefined) {
    return yield* new EndpointError({
      endpoint: "userinfo",
      url: stripped(server.issuer),
      reason: new Unsupported({ member: "userinfo_endpoint" }),
    });
  }
  const authorization = Redacted.make(`Bearer ${Redacted.value(accessToken)}`);
  return yield* exchange(
    {
      endpoint: "userinfo",
      method: "GET",
      url,
      authorization,
      parameters: [],
      secrets: [accessToken],
      requestLimitMillis,
    },
    (answer) => read(answer, subject),
  );
});

function read(answer: Answer, subject: string): Result.Result<Userinfo, EndpointErrorReason> {
  const denial = denialOf(answer);
  if (denial !== undefined) return Result.fail(denial);
  if (isToken(answer)) {
    return Result.fail(unexpectedShape(answer, "claims as a signed token, which are not read"));
  }
  return Result.flatMap(
    membersOf(answer),
    (members) =>
      Result.mapError(
        decode(members, { subject }),
        (description) => unexpectedShape(answer, description),
      ),
  );
}

/** RFC 6750 section 3.1: the code stands in a header, which need not be there; the status tells. */
function denialOf(answer: Answer): Rejected | undefined {
  const { retryAfterMillis, status } = answer;
  const code = { 401: "invalid_token", 403: "insufficient_scope" }[status];
  if (code === undefined || refusalOf(answer)?._tag === "Rejected") return undefined;
  return new Rejected({ status, code, retryAfterMillis, body: bodyOf(answer) });
}

function isToken({ text }: Answer): boolean {
  return /^\s*[\w-]+(?:\.[\w-]*){2,4}\s*$/.test(text.slice(0, 200_000));
}
