/**
 * The revocation endpoint: tells the server that a token is no longer needed.
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { revoke } from "@bellhop/core/endpoint/revocation";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null)))
 * );
 * const program = Effect.gen(function* () {
 *   const client = yield* make(
 *     { issuer: "https://as.example.com", revocationEndpoint: "https://as.example.com/revoke" },
 *     { clientId: "s6BhdRkqt3" },
 *   );
 *   yield* revoke(client, Redacted.make("45ghiukldjahdnhzdauz"), {
 *     tokenTypeHint: "refresh_token",
 *   });
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * await Effect.runPromise(program);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2 | RFC 7009 section 2}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type { Client } from "../protocol/client.ts";
import type { EndpointError, EndpointErrorReason } from "../protocol/endpoint_error.ts";
import { refusalOf } from "./_answer.ts";
import { endpointOf, formExchange } from "./_form_exchange.ts";
import type { Answer } from "./_exchange.ts";
import { exchange } from "./_transport.ts";

/** Settings of one revocation. */
export interface RevokeOptions {
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
 * Revokes a token, once.
 *
 * Any 2xx is success, whatever its body, also for a token that the server does not know. Fails with
 * `Rejected` and the code `unsupported_token_type` where the server does not revoke tokens of this
 * type, and with `Unsupported` where its metadata names no such endpoint. After `Unavailable` the
 * token may still be valid.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { revoke } from "@bellhop/core/endpoint/revocation";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const tag = make({ issuer: "https://as.example.com" }, { clientId: "s6BhdRkqt3" }).pipe(
 *   Effect.flatMap((client) => revoke(client, Redacted.make("45ghiukldjahdnhzdauz"))),
 *   Effect.flip,
 *   Effect.map((error) => "reason" in error && error.reason._tag),
 *   Effect.provide(FetchHttpClient.layer),
 * );
 *
 * assert.equal(await Effect.runPromise(tag), "Unsupported");
 * ```
 *
 * @param client The client that the token was issued to.
 * @param token An access or a refresh token.
 * @param options What type it is, and the limit of the request.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.2 | RFC 7009 section 2.2}
 */
export const revoke: (
  client: Client,
  token: Redacted.Redacted,
  options?: RevokeOptions,
) => Effect.Effect<void, EndpointError, HttpClient.HttpClient> = Effect.fn(
  "RevocationEndpoint.revoke",
)(function* (client: Client, token: Redacted.Redacted, options: RevokeOptions = {}) {
  const url = yield* endpointOf(client, "revocation");
  const parameters = { token, token_type_hint: options.tokenTypeHint };
  yield* exchange(
    yield* formExchange(client, parameters, {
      endpoint: "revocation",
      url,
      isBodyIgnored: true,
      requestLimitMillis: options.requestLimitMillis,
    }),
    read,
  );
});

function read(answer: Answer): Result.Result<void, EndpointErrorReason> {
  const refusal = refusalOf(answer);
  return refusal === undefined ? Result.succeed(undefined) : Result.fail(refusal);
}
