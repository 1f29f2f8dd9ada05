/**
 * From a profile to a client: the server's metadata, and the credentials from where they are.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Mac from "effect/crypto/Mac";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Signature from "effect/crypto/Signature";
import type * as HttpClient from "effect/http/HttpClient";
import * as Client from "@bellhop/core/protocol/client";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import * as ServerMetadata from "@bellhop/core/protocol/server_metadata";
import type { CommandError } from "./command_error.ts";
import { type Credentials, credentialsOf } from "./credentials.ts";
import type { ClientAlgorithm, Profile, TokenAuth } from "./profile.ts";
import { Settings } from "./settings.ts";

/** Makes the client of a profile, asking the server for its metadata unless that was given by hand. */
export const clientOf: (
  profile: Profile,
) => Effect.Effect<
  Client.Client,
  CommandError | EndpointError | Client.ClientConfigError | ServerMetadata.ServerMetadataError,
  FileSystem.FileSystem | HttpClient.HttpClient | Settings
> = Effect.fnUntraced(function* (profile: Profile) {
  const credentials = yield* credentialsOf(profile);
  const server = yield* serverOf(profile);
  return yield* clientAt(server, { ...profile, ...credentials });
});

/** What {@linkcode clientAt} needs of a profile. */
export interface ClientAtOptions extends Credentials {
  readonly clientId: string;
  readonly tokenAuth?: TokenAuth | undefined;
  /** How it signs, where it does. */
  readonly clientAlgorithm?: ClientAlgorithm | undefined;
}

/** Makes the client of a server that is known. */
export function clientAt(
  server: ServerMetadata.ServerMetadata,
  { clientId, tokenAuth, clientSecret, clientKey, clientAlgorithm }: ClientAtOptions,
): Effect.Effect<Client.Client, Client.ClientConfigError> {
  const options: Client.AnyClientOptions = {
    clientId,
    clientSecret,
    key: clientKey,
    method: tokenAuth === undefined ? undefined : methods[tokenAuth],
    algorithm: clientAlgorithm,
  };
  return Effect.provide(Client.make(server, options), crypto);
}

const crypto = Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

const methods: Record<TokenAuth, Client.ClientAuthenticationMethod> = {
  basic: "client_secret_basic",
  post: "client_secret_post",
  none: "none",
  "private-key-jwt": "private_key_jwt",
  "client-secret-jwt": "client_secret_jwt",
};

const tokenAuths: Record<Client.ClientAuthenticationMethod, TokenAuth> = {
  client_secret_basic: "basic",
  client_secret_post: "post",
  none: "none",
  private_key_jwt: "private-key-jwt",
  client_secret_jwt: "client-secret-jwt",
};

/** The flag's name of a method. */
export function tokenAuthOf(method: Client.ClientAuthenticationMethod): TokenAuth {
  return tokenAuths[method];
}

const serverOf = Effect.fnUntraced(function* ({ issuer, endpoints }: Profile) {
  if (endpoints !== undefined) return yield* ServerMetadata.make({ issuer, ...endpoints });
  const { requestLimitMillis } = yield* Settings;
  const { discover } = yield* Effect.promise(() => import("@bellhop/core/endpoint/discovery"));
  return yield* discover(issuer, { requestLimitMillis });
});
