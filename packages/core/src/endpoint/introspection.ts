/**
 * The introspection endpoint: asks the server whether a token is good, and what it allows.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { introspect } from "@bellhop/core/endpoint/introspection";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({ active: true, scope: "read", username: "jdoe" }),
 *   ))
 * );
 * const program = Effect.gen(function* () {
 *   const client = yield* make(
 *     { issuer: "https://as.example.com", introspectionEndpoint: "https://as.example.com/introspect" },
 *     { clientId: "resource-server", clientSecret: Redacted.make("gX1fBat3bV") },
 *   );
 *   return yield* introspect(client, Redacted.make("2YotnFZFEjr1zCsicMWpAA"));
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * const token = await Effect.runPromise(program);
 * assert.ok(token.active && token.scope?.includes("read"));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 | RFC 7662 section 2}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type { Client } from "../protocol/client.ts";
import { EndpointError, type EndpointErrorReason, Withheld } from "../protocol/endpoint_error.ts";
import { decode, type IntrospectionResponse } from "../protocol/introspection_response.ts";
import { stripped } from "../protocol/secure_url.ts";
import { membersOf, unexpectedShape } from "./_answer.ts";
import type { Answer } from "./_exchange.ts";
import { endpointOf, formExchange } from "./_form_exchange.ts";
import { exchange } from "./_transport.ts";

/** Settings of one introspection. */
export interface IntrospectOptions {
  /** Lets the server find the token faster. */
  readonly tokenTypeHint?: "access_token" | "refresh_token" | undefined;
  /**
   * Time within which the whole answer has to come.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/**
 * Asks about a token, once.
 *
 * A token that the server does not know, or does not tell this client about, is inactive and no
 * error. Fails with `Withheld`, nothing sent, for a public client (the endpoint must not answer just
 * anybody, RFC 7662 section 2.1), with `Unsupported` where the server's metadata names no such
 * endpoint, and with `Malformed` where the answer does not say whether the token is active.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { introspect } from "@bellhop/core/endpoint/introspection";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const server = {
 *   issuer: "https://as.example.com",
 *   introspectionEndpoint: "https://as.example.com/introspect",
 * };
 * const tag = make(server, { clientId: "public" }).pipe(
 *   Effect.flatMap((client) => introspect(client, Redacted.make("2YotnFZFEjr1zCsicMWpAA"))),
 *   Effect.flip,
 *   Effect.map((error) => "reason" in error && error.reason._tag),
 *   Effect.provide(FetchHttpClient.layer),
 * );
 *
 * assert.equal(await Effect.runPromise(tag), "Withheld");
 * ```
 *
 * @param client Whoever wants to know, mostly a resource server. It has to have a secret.
 * @param token An access or a refresh token.
 * @param options What type it is, and the limit of the request.
 * @returns What the server says, at this moment: a token may be revoked at the next.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 | RFC 7662 section 2.2}
 */
export const introspect: (
  client: Client,
  token: Redacted.Redacted,
  options?: IntrospectOptions,
) => Effect.Effect<IntrospectionResponse, EndpointError, HttpClient.HttpClient> = Effect.fn(
  "IntrospectionEndpoint.introspect",
)(function* (client: Client, token: Redacted.Redacted, options: IntrospectOptions = {}) {
  const url = yield* endpointOf(client, "introspection");
  if (client.authentication.method === "none") return yield* withheld(url);
  const parameters = { token, token_type_hint: options.tokenTypeHint };
  return yield* exchange(
    yield* formExchange(client, parameters, {
      endpoint: "introspection",
      url,
      requestLimitMillis: options.requestLimitMillis,
    }),
    read,
  );
});

function withheld(url: string): EndpointError {
  const description = "introspection is for clients that prove who they are";
  const reason = new Withheld({ problem: "publicClient", description });
  return new EndpointError({ endpoint: "introspection", url: stripped(url), reason });
}

function read(answer: Answer): Result.Result<IntrospectionResponse, EndpointErrorReason> {
  return Result.flatMap(
    membersOf(answer),
    (members) =>
      Result.mapError(decode(members), (description) => unexpectedShape(answer, description)),
  );
}
