/**
 * The clients that scenarios use, as they are registered at a world's authorization server.
 *
 * @module
 */
import * as Redacted from "effect/Redacted";
import type { Client } from "@bellhop/core/protocol/client";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import type { RegisteredClient } from "../server/server_options.ts";

const issuer = "https://as.example.com";

/** What discovery would tell. */
export const serverMetadata: ServerMetadata = {
  issuer,
  authorizationEndpoint: `${issuer}/authorize`,
  tokenEndpoint: `${issuer}/token`,
  deviceAuthorizationEndpoint: `${issuer}/device_authorization`,
  revocationEndpoint: `${issuer}/revoke`,
  introspectionEndpoint: `${issuer}/introspect`,
  codeChallengeMethodsSupported: ["S256"],
  authorizationResponseIssParameterSupported: true,
};

/** Where browsers come back to. */
export const redirectUri = "http://127.0.0.1/callback";

/** An API that takes this server's tokens. */
export const apiUrl = `${issuer}/api`;

const serviceSecret = "pl4nted-service-secret";

/** A public client, for people. */
export const publicClient: Client = {
  clientId: "app",
  authentication: { method: "none" },
  server: serverMetadata,
};

/** A confidential client, for a machine's own access. */
export const serviceClient: Client = {
  clientId: "service",
  authentication: { method: "client_secret_basic", clientSecret: Redacted.make(serviceSecret) },
  server: serverMetadata,
};

/** Both, as the server knows them. */
export const registeredClients: ReadonlyArray<RegisteredClient> = [
  { clientId: "app", redirectUris: [redirectUri] },
  { clientId: "service", clientSecret: serviceSecret },
];
