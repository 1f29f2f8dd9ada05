/**
 * What a client adds to a request to prove who it is: exactly one method, never two.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { authenticate } from "@bellhop/core/protocol/client_authentication";
 *
 * const { authorization, parameters } = authenticate({
 *   clientId: "s6BhdRkqt3",
 *   authentication: {
 *     method: "client_secret_basic",
 *     clientSecret: Redacted.make("gX1fBat3bV"),
 *   },
 *   server: { issuer: "https://as.example.com" },
 * });
 *
 * assert.ok(authorization !== undefined);
 * assert.equal(Redacted.value(authorization), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
 * assert.deepEqual(parameters, []);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3 | RFC 6749 section 2.3}
 * @module
 */
import * as Base64 from "effect/encoding/Base64";
import * as Redacted from "effect/Redacted";
import type { Client } from "./client.ts";
import { encodeComponent, type Parameter } from "./form.ts";

/** What goes into the request. */
export interface ClientCredentials {
  /** Value of the `Authorization` header, where the method uses it. */
  readonly authorization?: Redacted.Redacted;
  /** Parameters of the body. */
  readonly parameters: ReadonlyArray<Parameter>;
  /** What must not be seen again, for redaction: the secret, and what Basic makes of it. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>;
}

/**
 * Computes what identifies a client in one request.
 *
 * `none` sends `client_id` in the body, Basic nothing but the header, `client_secret_post` both
 * identifier and secret in the body.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { authenticate } from "@bellhop/core/protocol/client_authentication";
 *
 * const credentials = authenticate({
 *   clientId: "tv",
 *   authentication: { method: "none" },
 *   server: { issuer: "https://as.example.com" },
 * });
 *
 * assert.deepEqual(credentials.parameters, [["client_id", "tv"]]);
 * ```
 *
 * @param client The client, its method already chosen.
 */
export function authenticate(client: Client): ClientCredentials {
  const { authentication, clientId } = client;
  switch (authentication.method) {
    case "none":
      return { parameters: [["client_id", clientId]], secrets: [] };
    case "client_secret_basic":
      return basic(clientId, authentication.clientSecret);
    case "client_secret_post":
      return {
        parameters: [["client_id", clientId], ["client_secret", authentication.clientSecret]],
        secrets: basic(clientId, authentication.clientSecret).secrets,
      };
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

function basic(clientId: string, clientSecret: Redacted.Redacted): ClientCredentials {
  const authorization = basicAuthorization(clientId, clientSecret);
  const encoded = Redacted.make(Redacted.value(authorization).slice("Basic ".length));
  return { authorization, parameters: [], secrets: [clientSecret, encoded] };
}
