/**
 * `bellhop logout`: revokes at the server, then forgets.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as HttpClient from "effect/http/HttpClient";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Command from "effect/cli/Command";
import { serverOf, type SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import type { StoreError } from "@bellhop/core/session/store_error";
import { clientAt, secretOf } from "../client.ts";
import { type CommandError, sessionError } from "../command_error.ts";
import { type AppError, failureOf } from "../failure.ts";
import { loginCommand } from "../held_token.ts";
import { writeLine } from "../json_lines.ts";
import * as Profile from "../profile.ts";
import type { Screen } from "../screen.ts";
import { flag, Settings } from "../settings.ts";
import * as Storage from "../storage.ts";
import { note, warn } from "../words.ts";

const flags = {
  all: flag("all", "Every profile"),
  forgetProfile: flag("forget-profile", "Forget the server and the client too"),
};

/** The command. */
export const command = Command.make("logout", flags, (input) => run(input)).pipe(
  Command.provide(Storage.layer),
  Command.withDescription(
    "Revokes the session at the server, then forgets it. Says so when the server could not be told",
  ),
  Command.withShortDescription("Revoke and forget the session"),
);

/** What is forgotten. */
export interface LogoutOptions {
  readonly all: boolean;
  readonly forgetProfile: boolean;
}

/** What logging out needs. */
export type LogoutServices =
  | SessionVault
  | Settings
  | Screen
  | HttpClient.HttpClient
  | FileSystem.FileSystem
  | Path.Path;

/** Logs one profile out, or all of them. */
export const run: (
  options: LogoutOptions,
) => Effect.Effect<void, CommandError | StoreError, LogoutServices> = Effect.fnUntraced(
  function* ({ all, forgetProfile }: LogoutOptions) {
    const { home, profile } = yield* Settings;
    const vault = yield* SessionVault;
    const sessions = yield* vault.list();
    if (all) {
      yield* Effect.forEach(sessions, logout, { discard: true });
      if (sessions.length === 0) yield* note("There was no session.");
      const names = forgetProfile ? yield* Profile.list(home) : [];
      yield* Effect.forEach(names, (name) => Profile.remove(home, name), { discard: true });
      return;
    }
    const hasSession = sessions.includes(profile);
    if (hasSession) yield* logout(profile);
    const isForgotten = forgetProfile && (yield* Profile.remove(home, profile));
    if (isForgotten) yield* note(`Profile "${profile}" is forgotten.`);
    if (hasSession || isForgotten) return;
    return yield* sessionError(
      "no_session",
      `Profile "${profile}" has no session`,
      `There is nothing to do; to log in: ${loginCommand(profile)}`,
    );
  },
);

const logout = Effect.fnUntraced(function* (name: string) {
  const { isJson } = yield* Settings;
  const vault = yield* SessionVault;
  const untold = yield* revoke(name);
  yield* vault.discard(name);
  if (isJson) {
    const description = untold ?? null;
    const line = { type: "logged_out", profile: name, revoked: untold === undefined } as const;
    return yield* writeLine({ ...line, description });
  }
  yield* note(`Logged out of profile "${name}".`);
  if (untold !== undefined) {
    yield* warn(`The server could not be told: ${untold}. Its tokens live until they expire.`);
  }
});

/** Tells the server. Gives why that was not possible, in words. */
const revoke = Effect.fnUntraced(function* (name: string) {
  const vault = yield* SessionVault;
  const stored = yield* Effect.result(vault.get(name));
  if (Result.isFailure(stored)) {
    return stored.failure.reason._tag === "Unreadable"
      ? yield* stored.failure
      : stored.failure.message;
  }
  if (Option.isNone(stored.success)) return undefined;
  const told = yield* Effect.result(revokeTokens(name, stored.success.value.record));
  return Result.isFailure(told) ? failureOf(told.failure).description : undefined;
});

/** The refresh token takes the whole grant with it at most servers; the access token goes in any case. */
const revokeTokens: (
  name: string,
  record: SessionRecord,
) => Effect.Effect<void, AppError, Exclude<LogoutServices, SessionVault | Screen>> = Effect
  .fnUntraced(function* (name: string, record: SessionRecord) {
    const { home, requestLimitMillis } = yield* Settings;
    const profile = Option.getOrUndefined(yield* Profile.read(home, name));
    const isSame = profile?.issuer === record.issuer && profile.clientId === record.clientId;
    const client = yield* clientAt(serverOf(record), {
      clientId: record.clientId,
      tokenAuth: tokenAuths[record.authenticationMethod],
      clientSecret: yield* secretOf(isSame ? profile.clientSecret : undefined),
    });
    const { revoke } = yield* Effect.promise(() => import("@bellhop/core/endpoint/revocation"));
    if (record.refreshToken !== undefined) {
      const tokenTypeHint = "refresh_token";
      yield* revoke(client, record.refreshToken, { tokenTypeHint, requestLimitMillis });
    }
    for (const { tokens } of record.accessTokens) {
      const tokenTypeHint = "access_token";
      yield* revoke(client, tokens.accessToken, { tokenTypeHint, requestLimitMillis });
    }
  });

const tokenAuths: Record<SessionRecord["authenticationMethod"], Profile.TokenAuth> = {
  none: "none",
  client_secret_basic: "basic",
  client_secret_post: "post",
};
