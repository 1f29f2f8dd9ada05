/**
 * The refresh token grant: a token set is renewed without the user.
 *
 * ```ts
 * import { Effect, type Redacted } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import * as Discovery from "@bellhop/core/endpoint/discovery";
 * import * as RefreshToken from "@bellhop/core/grant/refresh_token";
 * import * as Client from "@bellhop/core/protocol/client";
 *
 * const renewal = (refreshToken: Redacted.Redacted) =>
 *   Effect.gen(function* () {
 *     const server = yield* Discovery.discover("https://as.example.com");
 *     const client = yield* Client.make(server, { clientId: "my-terminal" });
 *     return yield* RefreshToken.refresh({ client, refreshToken });
 *   });
 *
 * export const main = (refreshToken: Redacted.Redacted) =>
 *   renewal(refreshToken).pipe(Effect.provide(FetchHttpClient.layer));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-6 | RFC 6749 section 6}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import { refreshToken } from "../chart/refresh_token.ts";
import * as TokenEndpoint from "../endpoint/token.ts";
import { define, type FlowDefinition } from "../flow/definition.ts";
import * as Flow from "../flow/flow.ts";
import { type EndpointError, Withheld } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { ContextJson, errorAt, inputOf, operationOf, tokensOf } from "./_token_request.ts";
import type { TokenRequestError } from "./token_request_error.ts";
import type { RetryOptions, TokenRequestOptions } from "./token_request_options.ts";

/** The chart's own type. */
export type RefreshTokenChart = typeof refreshToken;

/** The flow of one renewal, as {@linkcode flow} makes it. */
export type RefreshTokenFlow = FlowDefinition<RefreshTokenChart, HttpClient.HttpClient>;

/** What to renew, and for what. Without `scope` the renewed token has the scope of the old one. */
export interface RequestOptions extends TokenRequestOptions {
  /** The refresh token of the last answer that carried one. */
  readonly refreshToken: Redacted.Redacted;
  /**
   * What was granted first. `scope` is checked against it before anything is sent, since a renewal
   * can only narrow it; and it is what an answer without a scope grants where none was asked for.
   *
   * @default not known: nothing is checked
   */
  readonly grantedScope?: ReadonlyArray<string> | undefined;
  /** `resource` in the words of servers that do not know it. */
  readonly audience?: string | undefined;
}

/** What {@linkcode refresh} needs. */
export interface RefreshOptions extends RequestOptions, RetryOptions {}

/**
 * Renews a token set: one request, asked again while no answer comes.
 *
 * The same refresh token is presented each time. A server that rotates may have spent it on an
 * answer that was lost: then it says `invalid_grant`, unless it allows for that.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { refresh } from "@bellhop/core/grant/refresh_token";
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
 *   const client = yield* make(server, { clientId: "s6BhdRkqt3" });
 *   return yield* refresh({ client, refreshToken: Redacted.make("tGzv3JOkF0XG5Qx2TlKWIA") });
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * const tokens = await Effect.runPromise(program);
 * strictEqual(tokens.refreshToken && Redacted.value(tokens.refreshToken), "tGzv3JOkF0XG5Qx2TlKWIA");
 * ```
 *
 * @returns The renewed tokens, with the old refresh token where the answer brought no new one. Fails
 * with the way it ended: `Refused`, `Malformed`, `Unreachable` or `Cancelled`.
 */
export function refresh(
  options: RefreshOptions,
): Effect.Effect<TokenSet, TokenRequestError, HttpClient.HttpClient> {
  return Effect.flatMap(Flow.run(flow(options), { input: inputOf(options) }), tokensOf);
}

/** Starts the same flow and hands it over while it runs: to watch it or cancel it. */
export function start(
  options: RefreshOptions,
): Effect.Effect<Flow.Flow<RefreshTokenChart>, never, HttpClient.HttpClient | Scope.Scope> {
  return Flow.start(flow(options), { input: inputOf(options) });
}

/** The flow of one renewal: the chart, its operation bound to the client's token endpoint. */
export function flow(options: RefreshOptions): RefreshTokenFlow {
  return define(refreshToken, {
    context: ContextJson,
    operations: { request: operationOf(request(options)) },
  });
}

/**
 * Presents the refresh token once, without a chart: for whoever decides by itself whether to try
 * again.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { request } from "@bellhop/core/grant/refresh_token";
 * import { make } from "@bellhop/core/protocol/client";
 * import { strictEqual } from "node:assert/strict";
 *
 * const refreshToken = Redacted.make("tGzv3JOkF0XG5Qx2TlKWIA");
 * const tag = make({ issuer: "https://as.example.com" }, { clientId: "s6BhdRkqt3" }).pipe(
 *   Effect.flatMap((client) =>
 *     request({ client, refreshToken, scope: ["admin"], grantedScope: ["read"] })
 *   ),
 *   Effect.flip,
 *   Effect.map((error) => "reason" in error && error.reason._tag),
 *   Effect.provide(FetchHttpClient.layer),
 * );
 *
 * strictEqual(await Effect.runPromise(tag), "Withheld");
 * ```
 *
 * @returns The renewed tokens, with the old refresh token where the answer brought no new one. Fails
 * as the token endpoint does, and with `Withheld`, nothing sent, where `scope` would widen
 * `grantedScope`.
 */
export function request(
  options: RequestOptions,
): Effect.Effect<TokenSet, EndpointError, HttpClient.HttpClient> {
  const { client, refreshToken, scope, grantedScope } = options;
  const wider = widerOf(options);
  if (wider.length > 0) {
    const description = `a renewal cannot widen the scope by "${wider.join(" ")}"`;
    return Effect.fail(errorAt(client, new Withheld({ problem: "widerScope", description })));
  }
  return TokenEndpoint.request(client, {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    scope: scope?.join(" "),
    resource: options.resource,
    audience: options.audience,
  }, {
    scope: hasAny(scope) ? scope : grantedScope,
    requestLimitMillis: options.requestLimitMillis,
  }).pipe(Effect.map((tokens) => keeping(refreshToken, tokens)));
}

/** A new refresh token replaces the old one; where none came the old one stays. */
function keeping(old: Redacted.Redacted, tokens: TokenSet): TokenSet {
  const { refreshToken = old, ...rest } = tokens;
  return { ...rest, refreshToken };
}

/** Scopes that were not granted; none where it is not known what was. */
function widerOf({ scope, grantedScope }: RequestOptions): ReadonlyArray<string> {
  if (!hasAny(scope) || !hasAny(grantedScope)) return [];
  return scope.filter((each) => !grantedScope.includes(each));
}

function hasAny(scope: ReadonlyArray<string> | undefined): scope is ReadonlyArray<string> {
  return scope !== undefined && scope.length > 0;
}

export { tokensOf };
