/**
 * The client credentials grant: a program gets a token for itself, without a user.
 *
 * ```ts
 * import { Effect, type Redacted } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import * as Discovery from "@bellhop/core/endpoint/discovery";
 * import * as ClientCredentials from "@bellhop/core/grant/client_credentials";
 * import * as Client from "@bellhop/core/protocol/client";
 *
 * const token = (clientSecret: Redacted.Redacted) =>
 *   Effect.gen(function* () {
 *     const server = yield* Discovery.discover("https://as.example.com");
 *     const client = yield* Client.make(server, { clientId: "my-service", clientSecret });
 *     return yield* ClientCredentials.authorize({ client, scope: ["api:read"] });
 *   });
 *
 * export const main = (clientSecret: Redacted.Redacted) =>
 *   token(clientSecret).pipe(Effect.provide(FetchHttpClient.layer));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 | RFC 6749 section 4.4}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Scope from "effect/Scope";
import { clientCredentials } from "../chart/client_credentials.ts";
import * as TokenEndpoint from "../endpoint/token.ts";
import { define, type FlowDefinition } from "../flow/definition.ts";
import * as Flow from "../flow/flow.ts";
import { type EndpointError, Withheld } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { ContextJson, errorAt, inputOf, operationOf, tokensOf } from "./_token_request.ts";
import type { TokenRequestError } from "./token_request_error.ts";
import type { RetryOptions, TokenRequestOptions } from "./token_request_options.ts";

/** The chart's own type. */
export type ClientCredentialsChart = typeof clientCredentials;

/** The flow of one client, as {@linkcode flow} makes it. */
export type ClientCredentialsFlow = FlowDefinition<ClientCredentialsChart, HttpClient.HttpClient>;

/** For what to ask. The client is a confidential one: it has a secret. */
export interface RequestOptions extends TokenRequestOptions {
  /** `resource` in the words of servers that do not know it. */
  readonly audience?: string | undefined;
}

/** What {@linkcode authorize} needs. */
export interface AuthorizeOptions extends RequestOptions, RetryOptions {}

/**
 * Gets a token for the client itself: one request, asked again while no answer comes.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { authorize } from "@bellhop/core/grant/client_credentials";
 * import { make } from "@bellhop/core/protocol/client";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({ access_token: "2YotnFZFEjr1zCsicMWpAA", token_type: "Bearer" }),
 *   ))
 * );
 * const program = Effect.gen(function* () {
 *   const server = { issuer: "https://as.example.com", tokenEndpoint: "https://as.example.com/token" };
 *   const clientSecret = Redacted.make("gX1fBat3bV");
 *   const client = yield* make(server, { clientId: "service", clientSecret });
 *   return yield* authorize({ client, scope: ["read"] });
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * deepStrictEqual((await Effect.runPromise(program)).scope, ["read"]);
 * ```
 *
 * @returns The token, never with a refresh token: it is renewed by asking again. Fails with the way
 * it ended: `Refused`, `Malformed`, `Unreachable` or `Cancelled`.
 */
export function authorize(
  options: AuthorizeOptions,
): Effect.Effect<TokenSet, TokenRequestError, HttpClient.HttpClient> {
  return Effect.flatMap(Flow.run(flow(options), { input: inputOf(options) }), tokensOf);
}

/** Starts the same flow and hands it over while it runs: to watch it or cancel it. */
export function start(
  options: AuthorizeOptions,
): Effect.Effect<Flow.Flow<ClientCredentialsChart>, never, HttpClient.HttpClient | Scope.Scope> {
  return Flow.start(flow(options), { input: inputOf(options) });
}

/** The flow of one client: the chart, its operation bound to the client's token endpoint. */
export function flow(options: AuthorizeOptions): ClientCredentialsFlow {
  return define(clientCredentials, {
    context: ContextJson,
    operations: { request: operationOf(request(options)) },
  });
}

/**
 * Asks once, without a chart: for whoever decides by itself whether to try again.
 *
 * A refresh token in the answer is dropped (RFC 6749 section 4.4.3): the client's own credentials
 * outlive it.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { request } from "@bellhop/core/grant/client_credentials";
 * import { make } from "@bellhop/core/protocol/client";
 * import { strictEqual } from "node:assert/strict";
 *
 * const tag = make({ issuer: "https://as.example.com" }, { clientId: "public" }).pipe(
 *   Effect.flatMap((client) => request({ client })),
 *   Effect.flip,
 *   Effect.map((error) => "reason" in error && error.reason._tag),
 *   Effect.provide(FetchHttpClient.layer),
 * );
 *
 * strictEqual(await Effect.runPromise(tag), "Withheld");
 * ```
 *
 * @returns The token. Fails as the token endpoint does, and with `Withheld`, nothing sent, for a
 * public client, which has nothing to prove who it is.
 */
export function request(
  options: RequestOptions,
): Effect.Effect<TokenSet, EndpointError, HttpClient.HttpClient> {
  const { client, scope } = options;
  if (client.authentication.method === "none") {
    const description = "the client credentials grant is for clients that prove who they are";
    return Effect.fail(errorAt(client, new Withheld({ problem: "publicClient", description })));
  }
  return TokenEndpoint.request(client, {
    grant_type: "client_credentials",
    scope: scope?.join(" "),
    resource: options.resource,
    audience: options.audience,
  }, { scope, requestLimitMillis: options.requestLimitMillis }).pipe(
    Effect.map(withoutRefreshToken),
  );
}

function withoutRefreshToken(tokens: TokenSet): TokenSet {
  const { refreshToken: _dropped, ...rest } = tokens;
  return rest;
}

export { tokensOf };
