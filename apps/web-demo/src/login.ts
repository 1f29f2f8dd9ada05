/**
 * How the demonstration logs users in: OpenID Connect at one server, by a client with a secret.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type * as HttpClient from "effect/http/HttpClient";
import * as JwksCache from "@bellhop/core/endpoint/jwks_cache";
import { validator } from "@bellhop/core/grant/openid_connect";
import * as Client from "@bellhop/core/protocol/client";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import type { ClientConfigError } from "@bellhop/core/protocol/client_config_error";
import * as WebLogin from "@bellhop/web/web_login";
import type { WebLoginConfigError } from "@bellhop/web/web_login_config_error";
import type { Crypto, Storage } from "./storage.ts";

/** Where users sign in, and where they come from. */
export interface LoginOptions {
  /** The authorization server, as it describes itself. */
  readonly server: ServerMetadata;
  /** Where users reach this application. */
  readonly origin: string;
}

/** Why there are no logins. */
export type LoginConfigError = ClientConfigError | WebLoginConfigError;

/** Provides logins at the server. */
export function layer(
  { origin, server }: LoginOptions,
): Layer.Layer<
  WebLogin.WebLogin,
  LoginConfigError,
  Crypto | HttpClient.HttpClient | Storage
> {
  return Layer.unwrap(
    Effect.gen(function* () {
      const client = yield* Client.make(server, {
        clientId: "bellhop-web",
        clientSecret: Redacted.make("bellhop-web-dev-secret"),
      });
      return WebLogin.layer({
        client,
        origin,
        scope: ["openid", "profile", "email", "offline_access", "api:read"],
        prompt: ["consent"],
        validate: validator(),
        onFailure: ({ reason }) => Effect.logInfo(`Refused: ${reason._tag}`),
      });
    }),
  ).pipe(Layer.provide(JwksCache.layer()));
}
