/**
 * The device authorization endpoint: starts a login that the user completes on another device.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { request } from "@bellhop/core/endpoint/device_authorization";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({
 *       device_code: "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
 *       user_code: "WDJB-MJHT",
 *       verification_uri: "https://example.com/device",
 *       expires_in: 1800,
 *     }),
 *   ))
 * );
 * const program = Effect.gen(function* () {
 *   const client = yield* make(
 *     {
 *       issuer: "https://as.example.com",
 *       deviceAuthorizationEndpoint: "https://as.example.com/device",
 *     },
 *     { clientId: "1406020730" },
 *   );
 *   return yield* request(client, { scope: ["example_scope"] });
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * assert.equal((await Effect.runPromise(program)).userCode, "WDJB-MJHT");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8628#section-3.1 | RFC 8628 section 3.1}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Result from "effect/Result";
import type { Client } from "../protocol/client.ts";
import {
  decode,
  type DeviceAuthorizationResponse,
} from "../protocol/device_authorization_response.ts";
import type { EndpointError, EndpointErrorReason } from "../protocol/endpoint_error.ts";
import { membersOf, unexpectedShape } from "./_answer.ts";
import { endpointOf, formExchange } from "./_form_exchange.ts";
import type { Answer } from "./_exchange.ts";
import { exchange } from "./_transport.ts";

/** What to ask for, and the limit of the request. */
export interface RequestOptions {
  /** Absent or empty: what the server grants by default. */
  readonly scope?: ReadonlyArray<string> | undefined;
  /** Resource servers that the token is for, absolute URIs. RFC 8707 section 2. */
  readonly resource?: ReadonlyArray<string> | undefined;
  /** What some servers call the resource server. */
  readonly audience?: string | undefined;
  /**
   * Time within which the whole answer has to come.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/**
 * Asks for a device code and a user code, once.
 *
 * A confidential client authenticates just as at the token endpoint; a public one sends its
 * identifier. Fails with `Unsupported` where the server's metadata names no such endpoint.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { request } from "@bellhop/core/endpoint/device_authorization";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const tag = make({ issuer: "https://as.example.com" }, { clientId: "1406020730" }).pipe(
 *   Effect.flatMap((client) => request(client)),
 *   Effect.flip,
 *   Effect.map((error) => "reason" in error && error.reason._tag),
 *   Effect.provide(FetchHttpClient.layer),
 * );
 *
 * assert.equal(await Effect.runPromise(tag), "Unsupported");
 * ```
 *
 * @param client The client that will poll.
 * @param options Scope, resources, audience, limit.
 * @returns The codes, where to enter them, and the times to keep, counted from now.
 */
export const request: (
  client: Client,
  options?: RequestOptions,
) => Effect.Effect<DeviceAuthorizationResponse, EndpointError, HttpClient.HttpClient> = Effect.fn(
  "DeviceAuthorizationEndpoint.request",
)(function* (client: Client, options: RequestOptions = {}) {
  const url = yield* endpointOf(client, "device_authorization");
  const parameters = {
    scope: options.scope?.join(" "),
    resource: options.resource,
    audience: options.audience,
  };
  return yield* exchange(
    yield* formExchange(client, parameters, {
      endpoint: "device_authorization",
      url,
      requestLimitMillis: options.requestLimitMillis,
    }),
    read,
  );
});

function read(answer: Answer): Result.Result<DeviceAuthorizationResponse, EndpointErrorReason> {
  return Result.flatMap(
    membersOf(answer),
    (members) =>
      decode(members).pipe(
        Result.map((device) => withoutDelay(device, answer)),
        Result.mapError((description) => unexpectedShape(answer, description)),
      ),
  );
}

/** The codes may have lived since the request was sent, so what it took is off their lifetime. */
function withoutDelay(
  device: DeviceAuthorizationResponse,
  { receivedAtMillis, sentAtMillis }: Answer,
): DeviceAuthorizationResponse {
  const tookMillis = Math.max(0, receivedAtMillis - sentAtMillis);
  return { ...device, expiresInMillis: Math.max(1, device.expiresInMillis - tookMillis) };
}
