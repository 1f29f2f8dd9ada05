/**
 * Token exchange: one token is given for another, on behalf of its subject or as an actor for it.
 *
 * ```ts
 * import { Effect, type Redacted } from "effect";
 * import * as TokenExchange from "@bellhop/core/grant/token_exchange";
 * import type { Client } from "@bellhop/core/protocol/client";
 *
 * export const downstream = (client: Client, token: Redacted.Redacted) =>
 *   TokenExchange.exchange({
 *     client,
 *     subjectToken: { token, type: TokenExchange.tokenTypes.accessToken },
 *     audience: ["https://billing.example.com"],
 *   });
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-2 | RFC 8693 section 2}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import { tokenExchange } from "../chart/token_exchange.ts";
import * as TokenEndpoint from "../endpoint/token.ts";
import { define, type FlowDefinition } from "../flow/definition.ts";
import * as Flow from "../flow/flow.ts";
import type { Client } from "../protocol/client.ts";
import { type EndpointError, Malformed } from "../protocol/endpoint_error.ts";
import type { ExchangedTokens, TokenSet } from "../protocol/token_set.ts";
import { ContextJson, errorAt, inputOf, operationOf, tokensOf } from "./_token_request.ts";
import type { TokenRequestError } from "./token_request_error.ts";
import type { RetryOptions, TokenRequestOptions } from "./token_request_options.ts";

/** The chart's own type. */
export type TokenExchangeChart = typeof tokenExchange;

/** The flow of one exchange, as {@linkcode flow} makes it. */
export type TokenExchangeFlow = FlowDefinition<TokenExchangeChart, HttpClient.HttpClient>;

/** The registered token types. RFC 8693 section 3. */
export const tokenTypes: {
  readonly accessToken: "urn:ietf:params:oauth:token-type:access_token";
  readonly refreshToken: "urn:ietf:params:oauth:token-type:refresh_token";
  readonly idToken: "urn:ietf:params:oauth:token-type:id_token";
  readonly saml1: "urn:ietf:params:oauth:token-type:saml1";
  readonly saml2: "urn:ietf:params:oauth:token-type:saml2";
  readonly jwt: "urn:ietf:params:oauth:token-type:jwt";
} = {
  accessToken: "urn:ietf:params:oauth:token-type:access_token",
  refreshToken: "urn:ietf:params:oauth:token-type:refresh_token",
  idToken: "urn:ietf:params:oauth:token-type:id_token",
  saml1: "urn:ietf:params:oauth:token-type:saml1",
  saml2: "urn:ietf:params:oauth:token-type:saml2",
  jwt: "urn:ietf:params:oauth:token-type:jwt",
};

/** A token, and what it is. */
export interface TypedToken {
  /** As whoever issued it wrote it; SAML assertions in base64url. */
  readonly token: Redacted.Redacted;
  /** URN, one of {@linkcode tokenTypes} or the server's own. */
  readonly type: string;
}

/** What to give, and for what. */
export interface RequestOptions extends TokenRequestOptions {
  /** The token of the party on whose behalf is asked. */
  readonly subjectToken: TypedToken;
  /** The token of the party that acts for the subject, where that is not the client alone. */
  readonly actorToken?: TypedToken | undefined;
  /**
   * URN of what is wanted.
   *
   * @default what the server thinks fit
   */
  readonly requestedTokenType?: string | undefined;
  /** Names of the services where the token will be used, as the server knows them. */
  readonly audience?: ReadonlyArray<string> | undefined;
}

/** What {@linkcode exchange} needs. */
export interface ExchangeOptions extends RequestOptions, RetryOptions {}

/**
 * Exchanges a token: one request, asked again while no answer comes.
 *
 * What is issued need not be an access token, and then `tokenType` is `N_A`: look at
 * `issuedTokenType` before it is sent anywhere.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { exchange, tokenTypes } from "@bellhop/core/grant/token_exchange";
 * import { make } from "@bellhop/core/protocol/client";
 * import { strictEqual } from "node:assert/strict";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({
 *       access_token: "eyJhbGciOiJFUzI1NiJ9",
 *       issued_token_type: tokenTypes.jwt,
 *       token_type: "N_A",
 *     }),
 *   ))
 * );
 * const program = Effect.gen(function* () {
 *   const server = { issuer: "https://as.example.com", tokenEndpoint: "https://as.example.com/token" };
 *   const client = yield* make(server, { clientId: "gateway" });
 *   const token = Redacted.make("accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC");
 *   return yield* exchange({ client, subjectToken: { token, type: tokenTypes.accessToken } });
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * strictEqual((await Effect.runPromise(program)).issuedTokenType, tokenTypes.jwt);
 * ```
 *
 * @returns The issued token. Fails with the way it ended: `Refused`, `Malformed`, `Unreachable` or
 * `Cancelled`.
 */
export function exchange(
  options: ExchangeOptions,
): Effect.Effect<ExchangedTokens, TokenRequestError, HttpClient.HttpClient> {
  return Effect.flatMap(Flow.run(flow(options), { input: inputOf(options) }), tokensOf);
}

/** Starts the same flow and hands it over while it runs: to watch it or cancel it. */
export function start(
  options: ExchangeOptions,
): Effect.Effect<Flow.Flow<TokenExchangeChart>, never, HttpClient.HttpClient | Scope.Scope> {
  return Flow.start(flow(options), { input: inputOf(options) });
}

/** The flow of one exchange: the chart, its operation bound to the client's token endpoint. */
export function flow(options: ExchangeOptions): TokenExchangeFlow {
  return define(tokenExchange, {
    context: ContextJson,
    operations: { request: operationOf(request(options)) },
  });
}

/**
 * Exchanges once, without a chart: for whoever decides by itself whether to try again.
 *
 * @returns The issued token. Fails as the token endpoint does, and with `Malformed` where the answer
 * does not tell what was issued (RFC 8693 section 2.2.1 requires it).
 */
export function request(
  options: RequestOptions,
): Effect.Effect<ExchangedTokens, EndpointError, HttpClient.HttpClient> {
  const { actorToken, client, scope, subjectToken } = options;
  return TokenEndpoint.request(client, {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: subjectToken.token,
    subject_token_type: subjectToken.type,
    actor_token: actorToken?.token,
    actor_token_type: actorToken?.type,
    requested_token_type: options.requestedTokenType,
    resource: options.resource,
    audience: options.audience,
    scope: scope?.join(" "),
  }, { scope, requestLimitMillis: options.requestLimitMillis }).pipe(
    Effect.flatMap((tokens) => exchangedOf(client, tokens)),
  );
}

function exchangedOf(
  client: Client,
  tokens: TokenSet,
): Effect.Effect<ExchangedTokens, EndpointError> {
  const { issuedTokenType, ...rest } = tokens;
  if (issuedTokenType !== undefined) return Effect.succeed({ ...rest, issuedTokenType });
  const description = `"issued_token_type" is missing`;
  const reason = new Malformed({ problem: "unexpectedShape", description, body: "" });
  return Effect.fail(errorAt(client, reason));
}

export { type ExchangedTokens, tokensOf };
