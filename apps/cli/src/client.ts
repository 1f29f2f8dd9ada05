/**
 * From a profile to a client: the server's metadata, and the secret from where it is.
 *
 * @module
 */
import * as Config from "effect/Config";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type * as HttpClient from "effect/http/HttpClient";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Client from "@bellhop/core/protocol/client";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import * as ServerMetadata from "@bellhop/core/protocol/server_metadata";
import { type CommandError, configurationError } from "./command_error.ts";
import type { Profile, SecretPlace, TokenAuth } from "./profile.ts";
import { Settings } from "./settings.ts";

/** Makes the client of a profile, asking the server for its metadata unless that was given by hand. */
export const clientOf: (
  profile: Profile,
) => Effect.Effect<
  Client.Client,
  CommandError | EndpointError | Client.ClientConfigError | ServerMetadata.ServerMetadataError,
  FileSystem.FileSystem | HttpClient.HttpClient | Settings
> = Effect.fnUntraced(function* (profile: Profile) {
  const clientSecret = yield* secretOf(profile.clientSecret);
  const server = yield* serverOf(profile);
  return yield* clientAt(server, { ...profile, clientSecret });
});

/** What {@linkcode clientAt} needs of a profile. */
export interface ClientAtOptions {
  readonly clientId: string;
  readonly tokenAuth?: TokenAuth | undefined;
  readonly clientSecret: Redacted.Redacted | undefined;
}

/** Makes the client of a server that is known. */
export function clientAt(
  server: ServerMetadata.ServerMetadata,
  { clientId, tokenAuth, clientSecret }: ClientAtOptions,
): Effect.Effect<Client.Client, Client.ClientConfigError> {
  return Client.make(server, {
    clientId,
    clientSecret,
    method: tokenAuth === undefined ? undefined : methods[tokenAuth],
  });
}

const methods: Record<TokenAuth, Client.ClientOptions["method"]> = {
  basic: "client_secret_basic",
  post: "client_secret_post",
  none: "none",
};

const serverOf = Effect.fnUntraced(function* ({ issuer, endpoints }: Profile) {
  if (endpoints !== undefined) return yield* ServerMetadata.make({ issuer, ...endpoints });
  const { requestLimitMillis } = yield* Settings;
  const { discover } = yield* Effect.promise(() => import("@bellhop/core/endpoint/discovery"));
  return yield* discover(issuer, { requestLimitMillis });
});

/** Reads a client secret from where the profile says it is. */
export const secretOf: (
  place: SecretPlace | undefined,
) => Effect.Effect<Redacted.Redacted | undefined, CommandError, FileSystem.FileSystem> = Effect
  .fnUntraced(function* (place: SecretPlace | undefined) {
    if (place === undefined) return undefined;
    return "env" in place ? yield* fromVariable(place.env) : yield* fromFile(place.file);
  });

const fromVariable = Effect.fnUntraced(function* (name: string) {
  const value = yield* Effect.orDie(Config.option(Config.Redacted(name)));
  if (Option.isNone(value) || Redacted.value(value.value) === "") {
    return yield* configurationError(
      `The environment variable "${name}" holds no client secret`,
      "Set it, or pass --client-secret-env or --client-secret-file for another place",
    );
  }
  return value.value;
});

const fromFile = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const text = yield* fs.readFileString(file).pipe(
    Effect.mapError(({ reason }) =>
      configurationError(
        `The client secret cannot be read from "${file}" (${reason._tag})`,
        "Check the path and who may read it, or pass --client-secret-file for another place",
      )
    ),
  );
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") {
    return yield* configurationError(
      `The file "${file}" holds no client secret`,
      "Write the secret into it, or pass --client-secret-file for another place",
    );
  }
  return Redacted.make(secret);
});
