/**
 * The JWT bearer grant: a signed assertion, by a key that the server trusts, becomes a token.
 *
 * ```ts
 * import { Effect, type Redacted } from "effect";
 * import * as JwtBearer from "@bellhop/core/grant/jwt_bearer";
 * import type { Client } from "@bellhop/core/protocol/client";
 *
 * export const token = (client: Client, sign: Effect.Effect<Redacted.Redacted>) =>
 *   JwtBearer.authorize({ client, assertion: sign, scope: ["api:read"] });
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-2.1 | RFC 7523 section 2.1}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import { jwtBearer } from "../chart/jwt_bearer.ts";
import * as TokenEndpoint from "../endpoint/token.ts";
import { define, type FlowDefinition } from "../flow/definition.ts";
import * as Flow from "../flow/flow.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { ContextJson, inputOf, operationOf, tokensOf } from "./_token_request.ts";
import type { TokenRequestError } from "./token_request_error.ts";
import type { RetryOptions, TokenRequestOptions } from "./token_request_options.ts";

/** The chart's own type. */
export type JwtBearerChart = typeof jwtBearer;

/** The flow of one client, as {@linkcode flow} makes it. */
export type JwtBearerFlow<R = never> = FlowDefinition<JwtBearerChart, HttpClient.HttpClient | R>;

/** What to present, and for what. */
export interface RequestOptions<R = never> extends TokenRequestOptions {
  /**
   * Makes a signed JWT. It runs anew for each request, since a server may refuse a `jti` that it has
   * seen (RFC 7523 section 3). It cannot fail: retry what may, and let the rest be a defect.
   */
  readonly assertion: Effect.Effect<Redacted.Redacted, never, R>;
  /** `resource` in the words of servers that do not know it. */
  readonly audience?: string | undefined;
}

/** What {@linkcode authorize} needs. */
export interface AuthorizeOptions<R = never> extends RequestOptions<R>, RetryOptions {}

/**
 * Gets a token for an assertion: one request, asked again, with a new assertion, while no answer
 * comes.
 *
 * The assertion is made within the request's limit and five seconds more: what takes longer ends as
 * `Unreachable`.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { authorize } from "@bellhop/core/grant/jwt_bearer";
 * import { make } from "@bellhop/core/protocol/client";
 * import { strictEqual } from "node:assert/strict";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({ access_token: "2YotnFZFEjr1zCsicMWpAA", token_type: "Bearer" }),
 *   ))
 * );
 * const program = Effect.gen(function* () {
 *   const server = { issuer: "https://as.example.com", tokenEndpoint: "https://as.example.com/token" };
 *   const client = yield* make(server, { clientId: "workload" });
 *   const assertion = Effect.sync(() => Redacted.make("eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0"));
 *   return yield* authorize({ client, assertion });
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * strictEqual((await Effect.runPromise(program)).tokenType, "Bearer");
 * ```
 *
 * @returns The token. Fails with the way it ended: `Refused`, `Malformed`, `Unreachable` or
 * `Cancelled`.
 */
export function authorize<R = never>(
  options: AuthorizeOptions<R>,
): Effect.Effect<TokenSet, TokenRequestError, HttpClient.HttpClient | R> {
  return Effect.flatMap(Flow.run(flow(options), { input: inputOf(options) }), tokensOf);
}

/** Starts the same flow and hands it over while it runs: to watch it or cancel it. */
export function start<R = never>(
  options: AuthorizeOptions<R>,
): Effect.Effect<Flow.Flow<JwtBearerChart>, never, HttpClient.HttpClient | Scope.Scope | R> {
  return Flow.start(flow(options), { input: inputOf(options) });
}

/** The flow of one client: the chart, its operation bound to the client's token endpoint. */
export function flow<R = never>(options: AuthorizeOptions<R>): JwtBearerFlow<R> {
  return define(jwtBearer, {
    context: ContextJson,
    operations: { request: operationOf(request(options)) },
  });
}

/**
 * Makes an assertion and presents it once, without a chart: for whoever decides by itself whether to
 * try again.
 *
 * @returns The token. Fails as the token endpoint does.
 */
export function request<R = never>(
  options: RequestOptions<R>,
): Effect.Effect<TokenSet, EndpointError, HttpClient.HttpClient | R> {
  const { client, scope } = options;
  return Effect.flatMap(options.assertion, (assertion) =>
    TokenEndpoint.request(client, {
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion,
      scope: scope?.join(" "),
      resource: options.resource,
      audience: options.audience,
    }, { scope, requestLimitMillis: options.requestLimitMillis }));
}

export { tokensOf };
