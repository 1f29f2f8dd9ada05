/**
 * The token endpoint: one grant in, one token set out.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { request } from "@bellhop/core/endpoint/token";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({ access_token: "2YotnFZFEjr1zCsicMWpAA", token_type: "Bearer" }),
 *   ))
 * );
 * const program = Effect.gen(function* () {
 *   const server = {
 *     issuer: "https://as.example.com",
 *     tokenEndpoint: "https://as.example.com/token",
 *   };
 *   const client = yield* make(server, { clientId: "s6BhdRkqt3" });
 *   return yield* request(client, {
 *     grant_type: "refresh_token",
 *     refresh_token: Redacted.make("tGzv3JOkF0XG5Qx2TlKWIA"),
 *   });
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * assert.equal((await Effect.runPromise(program)).tokenType, "Bearer");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 | RFC 6749 section 3.2}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Result from "effect/Result";
import type { Client } from "../protocol/client.ts";
import type { EndpointError, EndpointErrorReason } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import * as TokenResponse from "../protocol/token_response.ts";
import { membersOf, unexpectedShape } from "./_answer.ts";
import { endpointOf, formExchange, type FormValue } from "./_form_exchange.ts";
import type { Answer } from "./_exchange.ts";
import { exchange } from "./_transport.ts";

export type { FormValue } from "./_form_exchange.ts";

/** Parameters of one token request by their wire names, without the client's own. */
export interface TokenParameters {
  /** Such as `refresh_token`, or the URN of an extension grant. */
  readonly grant_type: string;
  /** A secret is `Redacted`; a list is sent as a repeated parameter; no value, no parameter. */
  readonly [parameter: string]: FormValue;
}

/** Settings of one token request. */
export interface RequestOptions {
  /**
   * Scope that was asked for, which an answer without `scope` grants.
   *
   * @default what `parameters.scope` says
   */
  readonly scope?: ReadonlyArray<string> | undefined;
  /**
   * Time within which the whole answer has to come.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/**
 * Sends one token request, once: codes and refresh tokens are for single use.
 *
 * Fails with `Rejected` for an OAuth error whatever its status, `Unavailable` for a 5xx (unless its
 * body is an answer of the device grant) and a 429 without an OAuth error, `Malformed` for nonsense.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { request } from "@bellhop/core/endpoint/token";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const pending = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({ error: "authorization_pending" }, { status: 400 }),
 *   ))
 * );
 * const code = Effect.gen(function* () {
 *   const server = {
 *     issuer: "https://as.example.com",
 *     tokenEndpoint: "https://as.example.com/token",
 *   };
 *   const client = yield* make(server, { clientId: "1406020730" });
 *   yield* request(client, {
 *     grant_type: "urn:ietf:params:oauth:grant-type:device_code",
 *     device_code: Redacted.make("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"),
 *   });
 * }).pipe(
 *   Effect.flip,
 *   Effect.map((error) => "reason" in error && error.reason._tag === "Rejected" && error.reason.code),
 *   Effect.provideService(HttpClient.HttpClient, pending),
 * );
 *
 * assert.equal(await Effect.runPromise(code), "authorization_pending");
 * ```
 *
 * @param client Authenticates by its own method; its credentials are added here.
 * @param parameters Of the grant.
 * @param options Scope as asked, and the limit of the request.
 * @returns The token set, its times counted from just before the request was sent.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5 | RFC 6749 section 5}
 */
export const request: (
  client: Client,
  parameters: TokenParameters,
  options?: RequestOptions,
) => Effect.Effect<TokenSet, EndpointError, HttpClient.HttpClient> = Effect.fn(
  "TokenEndpoint.request",
)(function* (client: Client, parameters: TokenParameters, options: RequestOptions = {}) {
  yield* Effect.annotateCurrentSpan("grant_type", parameters.grant_type);
  const url = yield* endpointOf(client, "token");
  const scope = options.scope ?? scopeOf(parameters);
  return yield* exchange(
    yield* formExchange(client, parameters, {
      endpoint: "token",
      url,
      requestLimitMillis: options.requestLimitMillis,
    }),
    (answer) => read(answer, scope),
  );
});

function read(
  answer: Answer,
  scope: ReadonlyArray<string>,
): Result.Result<TokenSet, EndpointErrorReason> {
  return Result.flatMap(membersOf(answer), (members) =>
    Result.mapError(
      TokenResponse.decode(members, { obtainedAtMillis: answer.sentAtMillis, scope }),
      (description) => unexpectedShape(answer, description),
    ));
}

function scopeOf(parameters: TokenParameters): ReadonlyArray<string> {
  const scope = parameters["scope"];
  return typeof scope === "string" ? scope.split(" ").filter((token) => token !== "") : [];
}
