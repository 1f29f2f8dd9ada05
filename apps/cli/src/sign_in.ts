/**
 * Signing in by whichever grant the profile wants, up to tokens that can be believed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type { UserCode } from "@bellhop/core/chart/device_authorization";
import type { Client } from "@bellhop/core/protocol/client";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { clientOf } from "./client.ts";
import { clientCredentialsLogin } from "./client_credentials_login.ts";
import type { CodeRequest } from "./code_flags.ts";
import { codeLogin, type CodeLoginServices } from "./code_login.ts";
import { type CommandError, usageError } from "./command_error.ts";
import { deviceLogin } from "./device_login.ts";
import type { AppError } from "./failure.ts";
import { choiceWords, chooseGrant } from "./grant_choice.ts";
import { wantsIdentity } from "./identity.ts";
import type { Profile } from "./profile.ts";
import { detail, remark } from "./words.ts";

/** What signing in needs. */
export interface SignInOptions<R = never> {
  readonly profile: Profile;
  /** Limit of the whole login. */
  readonly timeoutMillis?: number | undefined;
  readonly noBrowser?: boolean | undefined;
  /** What the user is to be asked in the browser, where that was said. */
  readonly request?: CodeRequest | undefined;
  /** Whether something was asked for that only a login in the browser can do. */
  readonly needsBrowser?: boolean | undefined;
  /** Runs beside the polling once there is a code. */
  readonly onUserCode?: ((code: UserCode) => Effect.Effect<void, never, R>) | undefined;
}

/** What signing in needs of its surroundings. */
export type SignInServices = CodeLoginServices | FileSystem.FileSystem;

/** What was granted, and to whom. */
export interface SignedIn {
  readonly client: Client;
  readonly tokens: TokenSet;
}

/** Signs in. Nothing is stored. */
export const signIn: <R = never>(
  options: SignInOptions<R>,
) => Effect.Effect<SignedIn, AppError, SignInServices | R> = Effect.fnUntraced(
  function* <R>(options: SignInOptions<R>) {
    const { profile, noBrowser = false, needsBrowser = false } = options;
    yield* refuseContradiction(options);
    yield* detail(`server: ${profile.issuer}`);
    const client = yield* clientOf(profile);
    yield* detail(`client: ${client.clientId} (${client.authentication.method})`);
    const wish = profile.grant;
    const choice = yield* chooseGrant({ wish, server: client.server, noBrowser, needsBrowser });
    const { grant, reason } = choice;
    if (reason !== undefined) yield* remark(choiceWords({ grant, reason }));
    switch (grant) {
      case "client-credentials":
        return { client, tokens: yield* clientCredentialsLogin({ client, profile }) };
      case "code": {
        const { request, timeoutMillis: lifetimeMillis } = options;
        const code = { client, profile, noBrowser, request, lifetimeMillis };
        return { client, tokens: yield* codeLogin(code) };
      }
      case "device":
        return { client, tokens: yield* byDevice(client, options) };
    }
  },
);

/** A device login sends no nonce, and not every server gives it an ID token. */
const byDevice = Effect.fnUntraced(function* <R>(client: Client, options: SignInOptions<R>) {
  const { profile, noBrowser = false, onUserCode } = options;
  const tokens = yield* deviceLogin({ client, profile, noBrowser, onUserCode });
  const canIdentify = tokens.idToken !== undefined && client.server.jwksUri !== undefined;
  if (wantsIdentity(profile) && canIdentify) {
    const { identify } = yield* Effect.promise(() => import("./id_token_check.ts"));
    yield* identify(tokens, { client, profile });
  }
  return tokens;
});

function refuseContradiction(
  { profile, needsBrowser = false }: Pick<SignInOptions, "profile" | "needsBrowser">,
): Effect.Effect<void, CommandError> {
  const { grant, clientSecret, clientKey } = profile;
  if (grant === "client-credentials" && clientSecret === undefined && clientKey === undefined) {
    return Effect.fail(usageError(
      "The client credentials grant is for clients with a secret or a key",
      "Pass --client-secret-file FILE or --client-secret-env NAME, or the same of --client-key",
    ));
  }
  return needsBrowser && grant !== "code" && grant !== "auto"
    ? Effect.fail(usageError(
      "Redirects, prompts and hints are for a login in the browser",
      "Pass --grant code, or leave them out",
    ))
    : Effect.void;
}
