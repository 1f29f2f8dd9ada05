/**
 * The keys that a server publishes, which verify what it signs.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { fetchKeys } from "@bellhop/core/endpoint/jwks";
 *
 * const key = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ keys: [key] })))
 * );
 * const program = fetchKeys({
 *   issuer: "https://op.example.com",
 *   jwksUri: "https://op.example.com/jwks",
 * }).pipe(Effect.provideService(HttpClient.HttpClient, answering));
 *
 * const { keys } = await Effect.runPromise(program);
 * assert.deepEqual(keys, [{ material: key }]);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 | RFC 7517 section 5}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Result from "effect/Result";
import {
  EndpointError,
  type EndpointErrorReason,
  Unsupported,
} from "../protocol/endpoint_error.ts";
import { decode, type JwkSet } from "../protocol/jwk_set.ts";
import { stripped } from "../protocol/secure_url.ts";
import type { ServerMetadata } from "../protocol/server_metadata.ts";
import { malformed, membersOf, unexpectedShape } from "./_answer.ts";
import type { Answer } from "./_exchange.ts";
import { exchange } from "./_transport.ts";

/** Settings of one request. */
export interface FetchKeysOptions {
  /**
   * Time within which the whole answer has to come.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/**
 * Fetches a server's keys, once.
 *
 * Keys that cannot be used are left out. Fails with `Unsupported` where the metadata names no
 * `jwks_uri`, and with `Malformed` where the answer is larger than 1 MiB or makes no sense; its
 * `problem` is `noUsableKey` where it is a key set and holds none that can be used.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { fetchKeys } from "@bellhop/core/endpoint/jwks";
 *
 * const tag = fetchKeys({ issuer: "https://op.example.com" }).pipe(
 *   Effect.flip,
 *   Effect.map((error) => error.reason._tag),
 *   Effect.provide(FetchHttpClient.layer),
 * );
 *
 * assert.equal(await Effect.runPromise(tag), "Unsupported");
 * ```
 *
 * @param server The server's metadata, from its own document.
 * @param options The limit of the request.
 */
export const fetchKeys: (
  server: ServerMetadata,
  options?: FetchKeysOptions,
) => Effect.Effect<JwkSet, EndpointError, HttpClient.HttpClient> = Effect.fn(
  "JwksEndpoint.fetchKeys",
)(function* (server: ServerMetadata, { requestLimitMillis }: FetchKeysOptions = {}) {
  const url = server.jwksUri;
  if (url === undefined) {
    return yield* new EndpointError({
      endpoint: "jwks",
      url: stripped(server.issuer),
      reason: new Unsupported({ member: "jwks_uri" }),
    });
  }
  return yield* exchange(
    { endpoint: "jwks", method: "GET", url, parameters: [], secrets: [], requestLimitMillis },
    read,
  );
});

function read(answer: Answer): Result.Result<JwkSet, EndpointErrorReason> {
  return Result.flatMap(
    membersOf(answer),
    (members) =>
      Result.mapError(
        decode(members),
        (description) =>
          Array.isArray(members["keys"])
            ? malformed(answer, "noUsableKey", description)
            : unexpectedShape(answer, description),
      ),
  );
}
