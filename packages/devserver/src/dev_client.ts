/**
 * The clients that a development server knows.
 *
 * Their secrets are fixed and public on purpose: they protect nothing but a server that lives on one
 * machine for the length of a demonstration.
 *
 * @module
 */
import * as Redacted from "effect/Redacted";

/** How a client proves at the token endpoint who it is. */
export type DevClientAuthentication = "none" | "client_secret_basic" | "client_secret_post";

/** One registered client. */
export interface DevClient {
  /** Client identifier, `client_id` on the wire. */
  readonly clientId: string;
  /** Name for people, shown where the user is asked. */
  readonly name: string;
  /** How it proves who it is. */
  readonly authentication: DevClientAuthentication;
  /** Present unless `authentication` is `none`. */
  readonly clientSecret?: Redacted.Redacted | undefined;
  /** Grant types by their registered names, such as `authorization_code`. */
  readonly grantTypes: ReadonlyArray<string>;
  /** Loopback `http` URIs, which match with any port, or `https` URIs. */
  readonly redirectUris: ReadonlyArray<string>;
  /** Scopes it may ask for; absent: all of them. */
  readonly scopes?: ReadonlyArray<string> | undefined;
}

/** Grant type of RFC 8628. */
export const deviceCodeGrantType = "urn:ietf:params:oauth:grant-type:device_code";

/** `/callback` on each name of the loopback interface; any port matches. */
export const loopbackRedirectUris: ReadonlyArray<string> = [
  "http://127.0.0.1/callback",
  "http://[::1]/callback",
  "http://localhost/callback",
];

/**
 * The clients that every development server has.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { builtInClients } from "@bellhop/devserver/dev_client";
 *
 * const ids = builtInClients().map((client) => client.clientId);
 * assert.deepEqual(ids, ["bellhop-cli", "bellhop-web", "bellhop-service", "bellhop-service-post"]);
 * ```
 *
 * @returns A public native client, a web client with a secret, and two services without a user.
 */
export function builtInClients(): ReadonlyArray<DevClient> {
  return [
    {
      clientId: "bellhop-cli",
      name: "Bellhop CLI",
      authentication: "none",
      grantTypes: [deviceCodeGrantType, "authorization_code", "refresh_token"],
      redirectUris: loopbackRedirectUris,
    },
    {
      clientId: "bellhop-web",
      name: "Bellhop Web",
      authentication: "client_secret_basic",
      clientSecret: Redacted.make("bellhop-web-dev-secret"),
      grantTypes: ["authorization_code", "refresh_token", deviceCodeGrantType],
      redirectUris: loopbackRedirectUris,
    },
    service("bellhop-service", "client_secret_basic"),
    service("bellhop-service-post", "client_secret_post"),
  ];
}

function service(clientId: string, authentication: DevClientAuthentication): DevClient {
  return {
    clientId,
    name: authentication === "client_secret_post" ? "Bellhop Service (post)" : "Bellhop Service",
    authentication,
    clientSecret: Redacted.make(`${clientId}-dev-secret`),
    grantTypes: ["client_credentials"],
    redirectUris: [],
    scopes: ["api:read", "api:admin"],
  };
}
