/**
 * What a client adds to a request to prove who it is: exactly one method, never two.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { authenticate } from "@bellhop/core/protocol/client_authentication";
 *
 * const { authorization, parameters } = await Effect.runPromise(authenticate({
 *   clientId: "s6BhdRkqt3",
 *   authentication: {
 *     method: "client_secret_basic",
 *     clientSecret: Redacted.make("gX1fBat3bV"),
 *   },
 *   server: { issuer: "https://as.example.com" },
 * }));
 *
 * assert.ok(authorization !== undefined);
 * assert.equal(Redacted.value(authorization), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
 * assert.deepEqual(parameters, []);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3 | RFC 6749 section 2.3}
 * @module
 */
import * as Effect from "effect/Effect";
import * as Base64 from "effect/encoding/Base64";
import * as Redacted from "effect/Redacted";
import type { Client, ClientSecretJwt, PrivateKeyJwt } from "./client.ts";
import { clientAssertionType } from "./client_assertion.ts";
import { encodeComponent, type Parameter } from "./form.ts";

/** What goes into the request. */
export interface ClientCredentials {
  /** Value of the `Authorization` header, where the method uses it. */
  readonly authorization?: Redacted.Redacted;
  /** Parameters of the body. */
  readonly parameters: ReadonlyArray<Parameter>;
  /** What must not be seen again, for redaction: the secret, and what is made of it. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>;
}

/**
 * Computes what identifies a client in one request.
 *
 * `none` sends `client_id` in the body, Basic nothing but the header, `client_secret_post` both
 * identifier and secret in the body. `client_secret_jwt` and `private_key_jwt` send an assertion that
 * is made for the client's issuer and for this request, and beside it the identifier, which RFC 7521
 * section 4.2 allows and some servers want.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { authenticate } from "@bellhop/core/protocol/client_authentication";
 *
 * const credentials = await Effect.runPromise(authenticate({
 *   clientId: "tv",
 *   authentication: { method: "none" },
 *   server: { issuer: "https://as.example.com" },
 * }));
 *
 * assert.deepEqual(credentials.parameters, [["client_id", "tv"]]);
 * ```
 *
 * @param client The client, its method already chosen.
 */
export function authenticate(client: Client): Effect.Effect<ClientCredentials> {
  const { authentication, clientId } = client;
  switch (authentication.method) {
    case "none":
      return Effect.succeed({ parameters: [["client_id", clientId]], secrets: [] });
    case "client_secret_basic":
      return Effect.succeed(basic(clientId, authentication.clientSecret));
    case "client_secret_post":
      return Effect.succeed({
        parameters: [["client_id", clientId], ["client_secret", authentication.clientSecret]],
        secrets: basic(clientId, authentication.clientSecret).secrets,
      });
    case "client_secret_jwt":
    case "private_key_jwt":
      return asserted(client, authentication);
  }
}

/**
 * The value of the `Authorization` header: identifier and secret, each form-encoded for itself.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { basicAuthorization } from "@bellhop/core/protocol/client_authentication";
 *
 * const header = basicAuthorization("firstname:lastname", Redacted.make("bar:bar2"));
 * assert.equal(
 *   Redacted.value(header),
 *   "Basic Zmlyc3RuYW1lJTNBbGFzdG5hbWU6YmFyJTNBYmFyMg==",
 * );
 * ```
 *
 * @param clientId Any text; colons are escaped.
 * @param clientSecret May be empty.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 | RFC 6749 section 2.3.1}
 */
export function basicAuthorization(
  clientId: string,
  clientSecret: Redacted.Redacted,
): Redacted.Redacted {
  const userid = encodeComponent(clientId);
  const password = encodeComponent(Redacted.value(clientSecret));
  return Redacted.make(`Basic ${Base64.encode(`${userid}:${password}`)}`);
}

/** For the issuer alone: no other server takes the assertion for its own. */
function asserted(
  { clientId, server }: Client,
  authentication: ClientSecretJwt | PrivateKeyJwt,
): Effect.Effect<ClientCredentials> {
  return Effect.map(authentication.assertion(server.issuer), (assertion) => ({
    parameters: [
      ["client_id", clientId],
      ["client_assertion_type", clientAssertionType],
      ["client_assertion", assertion],
    ],
    secrets: "clientSecret" in authentication
      ? [assertion, ...basic(clientId, authentication.clientSecret).secrets]
      : [assertion],
  }));
}

function basic(clientId: string, clientSecret: Redacted.Redacted): ClientCredentials {
  const authorization = basicAuthorization(clientId, clientSecret);
  const encoded = Redacted.make(Redacted.value(authorization).slice("Basic ".length));
  return { authorization, parameters: [], secrets: [clientSecret, encoded] };
}
