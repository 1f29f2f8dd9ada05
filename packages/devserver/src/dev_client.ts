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
export type DevClientAuthentication =
  | "none"
  | "client_secret_basic"
  | "client_secret_post"
  | "client_secret_jwt"
  | "private_key_jwt";

/** A public key as JSON Web Key. RFC 7517 section 4. */
export interface DevClientKey {
  /** Such as `EC`. */
  readonly kty: string;
  /** Other members, none of a private key. */
  readonly [member: string]: string;
}

/** One registered client. */
export interface DevClient {
  /** Client identifier, `client_id` on the wire. */
  readonly clientId: string;
  /** Name for people, shown where the user is asked. */
  readonly name: string;
  /** How it proves who it is. */
  readonly authentication: DevClientAuthentication;
  /** Present where `authentication` begins with `client_secret`. */
  readonly clientSecret?: Redacted.Redacted | undefined;
  /** Present where `authentication` is `private_key_jwt`: what its signatures are verified with. */
  readonly publicKeys?: ReadonlyArray<DevClientKey> | undefined;
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

const servicePublicKey: DevClientKey = {
  kty: "EC",
  crv: "P-256",
  alg: "ES256",
  kid: "bellhop-service-key-1",
  x: "81w6CJQlszIy75NHIFUdC24mRr1eVWJ42hNSuDAJiWs",
  y: "pJ5pRqO7_ZVSioC643wahArYca6scylyDI7Rnzhm7mQ",
};

/**
 * The private key of `bellhop-service-key`, for ES256. Fixed and public on purpose, as the secrets.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { serviceKey } from "@bellhop/devserver/dev_client";
 *
 * const { alg, kid } = JSON.parse(Redacted.value(serviceKey()));
 * assert.deepEqual([alg, kid], ["ES256", "bellhop-service-key-1"]);
 * ```
 *
 * @returns A JSON Web Key as JSON text.
 */
export function serviceKey(): Redacted.Redacted {
  const d = "-EPduR44WRzKWoQP28rAp5ml5-JOmETbHJltMWz10YA";
  return Redacted.make(JSON.stringify({ ...servicePublicKey, d }));
}

/**
 * The clients that every development server has.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { builtInClients } from "@bellhop/devserver/dev_client";
 *
 * const ids = builtInClients().map((client) => client.clientId);
 * assert.deepEqual(ids, [
 *   "bellhop-cli",
 *   "bellhop-web",
 *   "bellhop-service",
 *   "bellhop-service-post",
 *   "bellhop-service-secret-jwt",
 *   "bellhop-service-key",
 * ]);
 * ```
 *
 * @returns A public native client, a web client with a secret, and four services without a user.
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
    secretService("bellhop-service", "client_secret_basic"),
    secretService("bellhop-service-post", "client_secret_post"),
    secretService("bellhop-service-secret-jwt", "client_secret_jwt"),
    { ...service("bellhop-service-key", "private_key_jwt"), publicKeys: [servicePublicKey] },
  ];
}

const serviceNames: Readonly<Record<DevClientAuthentication, string>> = {
  none: "Bellhop Service",
  client_secret_basic: "Bellhop Service",
  client_secret_post: "Bellhop Service (post)",
  client_secret_jwt: "Bellhop Service (secret JWT)",
  private_key_jwt: "Bellhop Service (key)",
};

function secretService(clientId: string, authentication: DevClientAuthentication): DevClient {
  const clientSecret = Redacted.make(`${clientId}-dev-secret`);
  return { ...service(clientId, authentication), clientSecret };
}

function service(clientId: string, authentication: DevClientAuthentication): DevClient {
  return {
    clientId,
    name: serviceNames[authentication],
    authentication,
    grantTypes: ["client_credentials"],
    redirectUris: [],
    scopes: ["api:read", "api:admin"],
  };
}
