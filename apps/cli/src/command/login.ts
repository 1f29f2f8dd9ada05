/**
 * `bellhop login`: signs in, and stores the session under the profile.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { UserCode } from "@bellhop/core/chart/device_authorization";
import type { Client } from "@bellhop/core/protocol/client";
import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
import { fromTokens, type SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { StoreError, Unwritable } from "@bellhop/core/session/store_error";
import * as Browser from "@bellhop/node/browser";
import { clientOf } from "../client.ts";
import { clientCredentialsLogin } from "../client_credentials_login.ts";
import { CommandError, usageError } from "../command_error.ts";
import { deviceLogin, type DeviceLoginServices } from "../device_login.ts";
import { durationFlag, formatMillis } from "../duration.ts";
import { exitCodes } from "../exit_code.ts";
import type { AppError } from "../failure.ts";
import { writeLine } from "../json_lines.ts";
import * as Profile from "../profile.ts";
import { profileOf, registrationFlags } from "../registration_flags.ts";
import { revokeReplaced } from "../replaced_session.ts";
import { flag, Settings } from "../settings.ts";
import * as Storage from "../storage.ts";
import { oneLine } from "../user_code_view.ts";
import { detail, note, warn } from "../words.ts";

const flags = {
  ...registrationFlags,
  timeout: durationFlag("timeout").pipe(
    Flag.withDescription("Gives up after this long, such as 5m; the code's own life unless told"),
    Flag.optional,
  ),
  noBrowser: flag("no-browser", "Do not offer to open the browser"),
  noRevoke: flag(
    "no-revoke",
    "Let the tokens of the session that is replaced expire by themselves: for a server that would " +
      "revoke the new ones with them",
  ),
};

/** The command. */
export const command = Command.make("login", flags, (input) =>
  Effect.gen(function* () {
    const { home, profile: name } = yield* Settings;
    const known = yield* Profile.read(home, name);
    const profile = yield* profileOf(input, known);
    yield* run({
      profile,
      timeoutMillis: Option.getOrUndefined(input.timeout),
      noBrowser: input.noBrowser,
      noRevoke: input.noRevoke,
    }).pipe(Effect.provide(Browser.layer({ withhold: secretVariables(profile) })));
  })).pipe(
    Command.provide(Storage.layer),
    Command.withDescription(
      "Signs in and stores the session. A known profile needs no flags to log in again. A session " +
        "that is replaced is revoked at the server",
    ),
    Command.withShortDescription("Sign in"),
    Command.withExamples([
      {
        command: "bellhop login --issuer https://as.example.com --client-id my-terminal",
        description: "Sign in on another device, with a code",
      },
      {
        command: "bellhop login --grant client-credentials --issuer https://as.example.com " +
          "--client-id my-service --client-secret-env MY_SECRET",
        description: "Get tokens for a service, without a user",
      },
      { command: "bellhop login", description: "Log the same profile in again" },
    ]),
  );

/** Environment variables that are no business of the browser's. */
export function secretVariables({ clientSecret }: Profile.Profile): ReadonlyArray<string> {
  return clientSecret !== undefined && "env" in clientSecret ? [clientSecret.env] : [];
}

/** What a login needs. */
export interface LoginOptions<R = never> {
  readonly profile: Profile.Profile;
  /** Limit of the whole login. */
  readonly timeoutMillis?: number | undefined;
  readonly noBrowser?: boolean | undefined;
  /** Leaves the tokens of the session that is replaced alone. */
  readonly noRevoke?: boolean | undefined;
  /** Runs beside the polling once there is a code. */
  readonly onUserCode?: ((code: UserCode) => Effect.Effect<void, never, R>) | undefined;
}

/** What logging in and storing needs. */
export type LoginServices =
  | DeviceLoginServices
  | SessionVault
  | Storage.Storage
  | FileSystem.FileSystem
  | Path.Path;

/** Signs in, stores the session and the profile, and tells so. */
export const run: <R = never>(
  options: LoginOptions<R>,
) => Effect.Effect<SessionRecord, AppError, LoginServices | R> = Effect.fnUntraced(
  function* <R>(options: LoginOptions<R>) {
    const { profile, timeoutMillis, noRevoke = false } = options;
    const { home, profile: name } = yield* Settings;
    yield* prepareStore;
    const before = Option.getOrUndefined(yield* Profile.read(home, name));
    const signedIn = signIn(options);
    const limited = timeoutMillis === undefined ? signedIn : Effect.timeoutOrElse(signedIn, {
      duration: timeoutMillis,
      orElse: () => Effect.fail(outOfTime(timeoutMillis)),
    });
    // Once there are tokens, no Ctrl-C comes between them and the store.
    const { record, tokens, replaced } = yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const { client, tokens } = yield* restore(limited);
        const { scope, resource } = profile;
        const record = fromTokens(client, tokens, { scope, resource });
        const replaced = yield* keep(record);
        yield* Profile.write(home, name, profile);
        return { record, tokens, replaced };
      })
    );
    if (Option.isSome(replaced) && !noRevoke) {
      yield* revokeReplaced({ record: replaced.value, profile: before, granted: tokens });
    }
    yield* announce(tokens);
    return record;
  },
);

const signIn = Effect.fnUntraced(function* <R>(options: LoginOptions<R>) {
  const { profile, noBrowser = false, onUserCode } = options;
  yield* refuseWithoutSecret(profile);
  yield* detail(`server: ${profile.issuer}`);
  const client: Client = yield* clientOf(profile);
  yield* detail(`client: ${client.clientId} (${client.authentication.method})`);
  const tokens: TokenSet = yield* profile.grant === "client-credentials"
    ? clientCredentialsLogin({ client, profile })
    : deviceLogin({ client, profile, noBrowser, onUserCode });
  return { client, tokens };
});

function refuseWithoutSecret(
  { grant, clientSecret }: Profile.Profile,
): Effect.Effect<void, CommandError> {
  return grant === "client-credentials" && clientSecret === undefined
    ? Effect.fail(usageError(
      "The client credentials grant is for clients with a secret",
      "Pass --client-secret-file FILE or --client-secret-env NAME",
    ))
    : Effect.void;
}

/** Finds out before the user is asked to do anything whether the session can be stored. */
const prepareStore = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const settings = yield* Settings;
  const vault = yield* SessionVault;
  yield* vault.get(settings.profile);
  yield* detail(`store: ${Storage.storageWords(yield* Storage.Storage)}`);
  if (settings.store === "memory") return;
  yield* Effect.andThen(
    fs.makeDirectory(settings.home, { recursive: true, mode: 0o700 }),
    fs.access(settings.home, { writable: true }),
  ).pipe(Effect.mapError((error) => unwritable(error, settings.home)));
});

/**
 * Whoever logs in last has the session. It is written under the lease where that can be had, so that no
 * renewal of the session before is under way, whose tokens nobody would know of.
 *
 * @returns The record that was replaced, exactly as it was.
 */
const keep = Effect.fnUntraced(function* (record: SessionRecord) {
  const { profile, requestLimitMillis } = yield* Settings;
  const vault = yield* SessionVault;
  const put = Effect.gen(function* () {
    const stored = yield* vault.get(profile);
    const ifVersion = Option.isSome(stored) ? stored.value.version : null;
    yield* vault.put(profile, record, { ifVersion });
    return Option.map(stored, (before) => before.record);
  });
  const leaseOptions = { ttlMillis: leaseMillis, waitMillis: requestLimitMillis + leaseMillis };
  return yield* Effect.andThen(
    Effect.ignore(vault.lease(profile, leaseOptions)),
    Effect.retry(put, { times: 5, while: ({ reason }) => reason._tag === "Conflict" }),
  );
}, Effect.scoped);

/** More than writing takes. */
const leaseMillis = 10_000;

const announce = Effect.fnUntraced(function* (tokens: TokenSet) {
  const settings = yield* Settings;
  const expiresAt = expiresAtMillis(tokens);
  if (settings.isJson) {
    yield* writeLine({
      type: "authorized",
      profile: settings.profile,
      scope: tokens.scope.join(" "),
      expires_at: expiresAt === undefined ? null : Math.floor(expiresAt / 1000),
    });
  }
  const life = tokens.expiresInSeconds === undefined
    ? ""
    : `, the token lives for ${formatMillis(tokens.expiresInSeconds * 1000)}`;
  const scope = tokens.scope.length === 0 ? "" : ` with ${oneLine(tokens.scope.join(" "))}`;
  yield* note(`Logged in as profile "${settings.profile}"${scope}${life}.`);
  if (settings.store === "memory") {
    yield* warn("The store is memory: this session is gone now.");
  } else {
    yield* note(`Stored in ${Storage.storageWords(yield* Storage.Storage)}.`);
  }
});

function outOfTime(millis: number): CommandError {
  return new CommandError({
    exitCode: exitCodes.timedOut,
    code: "timeout",
    description: `Nobody had answered after --timeout ${formatMillis(millis)}`,
    hint: "Start again for a new code, or allow more time",
  });
}

function unwritable({ reason }: PlatformError, location: string): StoreError {
  const description = reason._tag === "PermissionDenied" ? "permission denied" : reason._tag;
  const hint = "Check the directory's owner and mode, or pass another one as --home DIR";
  return new StoreError({ reason: new Unwritable({ location, description, hint }) });
}
