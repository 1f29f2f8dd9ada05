/**
 * A client as it is registered at one authorization server, and how it proves who it is.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const server = { issuer: "https://as.example.com" };
 * const terminal = await Effect.runPromise(make(server, { clientId: "tv" }));
 * const service = await Effect.runPromise(make(server, {
 *   clientId: "service",
 *   clientSecret: Redacted.make("gX1fBat3bV"),
 * }));
 *
 * assert.equal(terminal.authentication.method, "none");
 * assert.equal(service.authentication.method, "client_secret_basic");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3 | RFC 6749 section 2.3}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Mac from "effect/crypto/Mac";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import type * as Signature from "effect/crypto/Signature";
import { chooseAuthentication } from "./_client_choice.ts";
import { ClientConfigError, type ClientConfigProblem } from "./client_config_error.ts";
import type {
  ClientAuthentication,
  ClientAuthenticationMethod,
  ClientSecretJwt,
  PrivateKeyJwt,
} from "./client_method.ts";
import type {
  AnyClientOptions,
  ClientKeyOptions,
  ClientOptions,
  ClientSecretJwtOptions,
} from "./client_options.ts";
import type { ServerMetadata } from "./server_metadata.ts";

export { ClientConfigError };
export type {
  AnyClientOptions,
  ClientAuthentication,
  ClientAuthenticationMethod,
  ClientConfigProblem,
  ClientKeyOptions,
  ClientOptions,
  ClientSecretJwt,
  ClientSecretJwtOptions,
  PrivateKeyJwt,
};

/** A registered client. */
export interface Client {
  /** As the server registered it. Not a secret. */
  readonly clientId: string;
  /** The one method that is used at each endpoint. */
  readonly authentication: ClientAuthentication;
  /** The one server that this registration, and its secret, belong to. */
  readonly server: ServerMetadata;
}

/**
 * Makes a client, choosing its method of authentication from the server's metadata.
 *
 * Nothing is probed: with a key the method is `private_key_jwt`; without a secret it is `none`; with
 * one it is Basic where the server offers it or says nothing, else `client_secret_post`, else
 * `client_secret_jwt`, else the client is refused.
 *
 * Only a client that signs needs crypto services, and only here: it keeps them for its requests.
 * Where a secret was given without a method and the metadata leaves nothing but `client_secret_jwt`,
 * they are taken if they are there; if not, `missingCrypto` says so.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const client = await Effect.runPromise(make(
 *   {
 *     issuer: "https://as.example.com",
 *     tokenEndpointAuthMethodsSupported: ["client_secret_post", "private_key_jwt"],
 *   },
 *   { clientId: "service", clientSecret: Redacted.make("gX1fBat3bV") },
 * ));
 *
 * assert.equal(client.authentication.method, "client_secret_post");
 * ```
 *
 * @param server The server where the client is registered.
 * @param options Its identifier, its secret if it has one, the method if it is prescribed.
 */
export function make(
  server: ServerMetadata,
  options: ClientOptions,
): Effect.Effect<Client, ClientConfigError>;
/**
 * Makes a client that signs with its secret.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Mac, SecureRandom } from "effect/crypto";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const program = make({ issuer: "https://as.example.com" }, {
 *   clientId: "service",
 *   clientSecret: Redacted.make("a-secret-of-at-least-thirty-two-bytes"),
 *   method: "client_secret_jwt",
 * });
 * const crypto = Mac.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto));
 *
 * const { authentication } = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.equal(authentication.method, "client_secret_jwt");
 * ```
 *
 * @param server The server where the client is registered.
 * @param options Its identifier and its secret.
 */
export function make(
  server: ServerMetadata,
  options: ClientSecretJwtOptions,
): Effect.Effect<Client, ClientConfigError, Mac.Mac | SecureRandom.SecureRandom>;
/**
 * Makes a client that signs with a private key.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { SecureRandom, Signature } from "effect/crypto";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const key = Redacted.make(JSON.stringify({
 *   kty: "OKP",
 *   crv: "Ed25519",
 *   x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
 *   d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
 * }));
 * const program = make({ issuer: "https://as.example.com" }, { clientId: "service", key });
 * const crypto = Signature.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto));
 *
 * const { authentication } = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.equal(authentication.method, "private_key_jwt");
 * ```
 *
 * @param server The server where the client is registered.
 * @param options Its identifier and its key.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-2.2 | RFC 7523 section 2.2}
 */
export function make(
  server: ServerMetadata,
  options: ClientKeyOptions,
): Effect.Effect<Client, ClientConfigError, SecureRandom.SecureRandom | Signature.Signature>;
/**
 * Makes a client of whatever sort, for programs that are configured from outside.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Mac, SecureRandom, Signature } from "effect/crypto";
 * import { type AnyClientOptions, make } from "@bellhop/core/protocol/client";
 *
 * const configured: AnyClientOptions = JSON.parse(`{ "clientId": "tv", "method": "none" }`);
 * const program = make({ issuer: "https://as.example.com" }, configured);
 * const crypto = Layer.merge(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
 *   Layer.provideMerge(SecureRandom.layerWebCrypto),
 * );
 *
 * const { authentication } = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.deepEqual(authentication, { method: "none" });
 * ```
 *
 * @param server The server where the client is registered.
 * @param options What is known of the client.
 */
export function make(
  server: ServerMetadata,
  options: AnyClientOptions,
): Effect.Effect<
  Client,
  ClientConfigError,
  Mac.Mac | SecureRandom.SecureRandom | Signature.Signature
>;
export function make(
  server: ServerMetadata,
  options: AnyClientOptions,
): Effect.Effect<
  Client,
  ClientConfigError,
  Mac.Mac | SecureRandom.SecureRandom | Signature.Signature
> {
  const { clientId } = options;
  if (clientId === "") {
    return Effect.fail(
      new ClientConfigError({
        problem: "missingClientId",
        description: "The client identifier is empty",
        hint: "Pass the client identifier that the server's registration shows",
      }),
    );
  }
  return Effect.map(
    chooseAuthentication(server, options),
    (authentication) => ({ clientId, authentication, server }),
  );
}
