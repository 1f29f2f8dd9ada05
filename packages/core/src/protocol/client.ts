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
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import type * as Redacted from "effect/Redacted";
import { visible } from "./redaction.ts";
import type { ServerMetadata } from "./server_metadata.ts";

/** How a client proves who it is at the server's endpoints. */
export type ClientAuthentication =
  | { readonly method: "none" }
  | { readonly method: "client_secret_basic"; readonly clientSecret: Redacted.Redacted }
  | { readonly method: "client_secret_post"; readonly clientSecret: Redacted.Redacted };

/** Registered names of the methods, as `token_endpoint_auth_methods_supported` lists them. */
export type ClientAuthenticationMethod = ClientAuthentication["method"];

/** A registered client. */
export interface Client {
  /** As the server registered it. Not a secret. */
  readonly clientId: string;
  /** The one method that is used at each endpoint. */
  readonly authentication: ClientAuthentication;
  /** The one server that this registration, and its secret, belong to. */
  readonly server: ServerMetadata;
}

/** What is known of a client before a method is chosen. */
export interface ClientOptions {
  /** As the server registered it. */
  readonly clientId: string;
  /** Absent: a public client. */
  readonly clientSecret?: Redacted.Redacted | undefined;
  /**
   * Overrules what the server's metadata says.
   *
   * @default chosen from the metadata: Basic where both are offered or nothing is said
   */
  readonly method?: ClientAuthenticationMethod | undefined;
}

/** Why a client cannot be made. */
export type ClientConfigProblem =
  | "missingClientId"
  | "missingSecret"
  | "unexpectedSecret"
  | "unsupportedMethod";

/** A registration that contradicts itself or the server's metadata. */
export class ClientConfigError extends Data.Error<{
  readonly problem: ClientConfigProblem;
  /** What is wrong. */
  readonly description: string;
  /** What to do about it. */
  readonly hint: string;
}> {
  override readonly name = "ClientConfigError";
  readonly _tag = "ClientConfigError";
  override readonly message: string = this.description;
}

/**
 * Makes a client, choosing its method of authentication from the server's metadata.
 *
 * Nothing is probed: without a secret the method is `none`; with one it is Basic where the server
 * offers it or says nothing, else `client_secret_post`, else the client is refused.
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
): Effect.Effect<Client, ClientConfigError> {
  const { clientId } = options;
  if (clientId === "") {
    return refuse("missingClientId", {
      description: "The client identifier is empty",
      hint: "Pass the client identifier that the server's registration shows",
    });
  }
  return Effect.map(
    chooseAuthentication(server, options),
    (authentication) => ({ clientId, authentication, server }),
  );
}

function chooseAuthentication(
  server: ServerMetadata,
  options: ClientOptions,
): Effect.Effect<ClientAuthentication, ClientConfigError> {
  const { clientSecret, method = preferredMethod(server, clientSecret !== undefined) } = options;
  if (method === undefined) return refuseMethods(server);
  if (method === "none") {
    return clientSecret === undefined ? Effect.succeed({ method }) : refuse("unexpectedSecret", {
      description: `A client secret was given, but the method "none" sends none`,
      hint: "Leave the secret out, or choose another method",
    });
  }
  return clientSecret === undefined
    ? refuse("missingSecret", {
      description: `The method "${method}" needs a client secret`,
      hint: `Pass the client secret, or the method "none" for a public client`,
    })
    : Effect.succeed({ method, clientSecret });
}

function preferredMethod(
  server: ServerMetadata,
  hasSecret: boolean,
): ClientAuthenticationMethod | undefined {
  if (!hasSecret) return "none";
  const offered = server.tokenEndpointAuthMethodsSupported ?? ["client_secret_basic"];
  if (offered.includes("client_secret_basic")) return "client_secret_basic";
  return offered.includes("client_secret_post") ? "client_secret_post" : undefined;
}

function refuseMethods(server: ServerMetadata): Effect.Effect<never, ClientConfigError> {
  const offered = server.tokenEndpointAuthMethodsSupported ?? [];
  const names = offered.slice(0, 10).map((name) => `"${visible(name).slice(0, 60)}"`).join(", ");
  return refuse("unsupportedMethod", {
    description: `The server takes no client secret, it offers ${names || "no method at all"}`,
    hint: "Register the client for client_secret_basic or client_secret_post, " +
      "or name the method if the server's metadata is wrong",
  });
}

function refuse(
  problem: ClientConfigProblem,
  words: { readonly description: string; readonly hint: string },
): Effect.Effect<never, ClientConfigError> {
  return Effect.fail(new ClientConfigError({ problem, ...words }));
}
