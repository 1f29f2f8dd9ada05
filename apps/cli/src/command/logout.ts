/**
 * `bellhop logout`: revokes at the server, then forgets.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import * as Result from "effect/Result";
import * as Command from "effect/cli/Command";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { sessionError } from "../command_error.ts";
import { type AppError, failureOf } from "../failure.ts";
import { loginCommand } from "../login_command.ts";
import { writeLine } from "../json_lines.ts";
import * as Profile from "../profile.ts";
import { type OpenError, type OpenServices, openSession } from "../profile_session.ts";
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
  Command.provide(Storage.layerExisting),
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
export type LogoutServices = Exclude<OpenServices, Scope.Scope> | Screen;

/** Logs one profile out, or all of them. */
export const run: (
  options: LogoutOptions,
) => Effect.Effect<void, AppError, LogoutServices> = Effect.fnUntraced(
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
  const untold = yield* end(name);
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

/**
 * Ends the session: at the server, under the lease, and in the store.
 *
 * @returns Why the server could not be told, in words; nothing where it was.
 */
const end = Effect.fnUntraced(function* (name: string) {
  const vault = yield* SessionVault;
  const ended = yield* Effect.result(Effect.scoped(revoke(name)));
  if (Result.isSuccess(ended)) return ended.success;
  const { failure } = ended;
  if (isOfStore(failure)) return yield* failure;
  yield* vault.discard(name);
  return failureOf(failure).description;
});

const revoke = Effect.fnUntraced(function* (name: string) {
  const vault = yield* SessionVault;
  const stored = yield* vault.get(name);
  if (Option.isNone(stored)) return undefined;
  const session = yield* openSession({ name, record: stored.value.record });
  const { untold: [first] } = yield* session.revoke();
  return first === undefined ? undefined : failureOf(first).description;
});

/** Whether the store failed in a way in which it cannot be forgotten either. */
function isOfStore(error: OpenError): boolean {
  const fault = error._tag === "SessionError" && error.reason._tag === "StoreFailed"
    ? error.reason.error
    : error;
  return fault._tag === "StoreError" && !opaque.has(fault.reason._tag);
}

/** A record that does not open can be removed all the same. */
const opaque: ReadonlySet<string> = new Set(["Corrupt", "UnknownKey", "NewerFormat"]);
