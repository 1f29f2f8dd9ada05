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
import type { Client } from "@bellhop/core/protocol/client";
import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
import { fromTokens, type SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { StoreError, Unwritable } from "@bellhop/core/session/store_error";
import * as Browser from "@bellhop/node/browser";
import { CommandError } from "../command_error.ts";
import { codeFlags, codeRequestOf } from "../code_flags.ts";
import { secretVariables } from "../credentials.ts";
import { durationFlag, formatMillis } from "../duration.ts";
import { exitCodes } from "../exit_code.ts";
import type { AppError } from "../failure.ts";
import { writeLine } from "../json_lines.ts";
import * as Profile from "../profile.ts";
import { profileOf, registrationFlags } from "../registration_flags.ts";
import { revokeReplaced } from "../replaced_session.ts";
import { flag, Settings } from "../settings.ts";
import { signIn, type SignInOptions, type SignInServices } from "../sign_in.ts";
import * as Storage from "../storage.ts";
import { oneLine } from "../user_code_view.ts";
import { detail, note, warn } from "../words.ts";

const flags = {
  ...registrationFlags,
  ...codeFlags,
  timeout: durationFlag("timeout").pipe(
    Flag.withDescription(
      "Gives up after this long, such as 5m; the code's own life, or ten minutes, unless told",
    ),
    Flag.optional,
  ),
  noBrowser: flag("no-browser", "Open no browser; --grant code shows the page's address instead"),
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
    const request = yield* codeRequestOf(input);
    const isRedirected = Option.isSome(input.redirectPort) || Option.isSome(input.redirectUri);
    yield* run({
      profile,
      request,
      needsBrowser: isRedirected || Object.keys(request).length > 0,
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
        description: "Sign in: in the browser, or with a code where there is none",
      },
      {
        command: "bellhop login --grant code --no-browser --redirect-port 8400",
        description: "Sign in by a browser elsewhere, whose last address you paste",
      },
      {
        command: "bellhop login --grant client-credentials --issuer https://as.example.com " +
          "--client-id my-service --client-secret-env MY_SECRET",
        description: "Get tokens for a service, without a user",
      },
      { command: "bellhop login", description: "Log the same profile in again" },
    ]),
  );

/** What a login needs. */
export interface LoginOptions<R = never> extends SignInOptions<R> {
  /** Leaves the tokens of the session that is replaced alone. */
  readonly noRevoke?: boolean | undefined;
}

/** What logging in and storing needs. */
export type LoginServices =
  | SignInServices
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
        yield* Profile.write(home, name, withAlgorithm(profile, client));
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

/** What a client signs with by default follows the metadata, which renewals do not ask for. */
function withAlgorithm(profile: Profile.Profile, { authentication }: Client): Profile.Profile {
  return authentication.method === "client_secret_jwt"
    ? { ...profile, clientAlgorithm: authentication.algorithm }
    : profile;
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
    hint: "Start again, or allow more time",
  });
}

function unwritable({ reason }: PlatformError, location: string): StoreError {
  const description = reason._tag === "PermissionDenied" ? "permission denied" : reason._tag;
  const hint = "Check the directory's owner and mode, or pass another one as --home DIR";
  return new StoreError({ reason: new Unwritable({ location, description, hint }) });
}
