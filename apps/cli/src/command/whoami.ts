/**
 * `bellhop whoami`: the ID token's claims, or userinfo.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Command from "effect/cli/Command";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { claimsTable } from "../claims_table.ts";
import { type CommandError, sessionError, usageError } from "../command_error.ts";
import type { AppError } from "../failure.ts";
import { encodeJson } from "../json_lines.ts";
import { loginCommand, noSession } from "../login_command.ts";
import { finishRenewal, openOrHold, type OpenServices } from "../profile_session.ts";
import { Screen } from "../screen.ts";
import { flag, Settings } from "../settings.ts";
import * as Storage from "../storage.ts";
import type { Claims } from "../userinfo.ts";
import { detail } from "../words.ts";

const flags = {
  userinfo: flag("userinfo", "Ask the server, even where there is an ID token: it may tell more"),
};

/** The command. */
export const command = Command.make("whoami", flags, (input) => Effect.scoped(run(input))).pipe(
  Command.provide(Storage.layerExisting),
  Command.withDescription(
    "Shows who is logged in: the claims of the session's ID token as it was validated at the login, or, " +
      "where there is none, what the server's userinfo endpoint says. Exits with 8 where nobody is",
  ),
  Command.withShortDescription("Show who is logged in"),
);

/** What `whoami` needs. */
type WhoamiServices = OpenServices | Screen;

interface WhoamiOptions {
  /** Asks the server, whatever the session knows. */
  readonly userinfo: boolean;
}

/** Shows the claims. */
const run: (
  options: WhoamiOptions,
) => Effect.Effect<void, AppError, WhoamiServices> = Effect.fnUntraced(function* (
  { userinfo }: WhoamiOptions,
) {
  const { isJson, profile: name } = yield* Settings;
  const vault = yield* SessionVault;
  const stored = yield* vault.get(name);
  if (Option.isNone(stored)) return yield* noSession(name);
  const { record } = stored.value;
  yield* refuseEnded(record, name);
  const known = yield* fromIdToken(record);
  const shown = known === undefined || userinfo
    ? yield* fromUserinfo({ record, name, subject: known?.subject })
    : known.members;
  const claims = publicOf(shown);
  yield* Console.log(isJson ? encodeJson(claims) : claimsTable(claims, yield* Screen));
});

function refuseEnded({ status }: SessionRecord, name: string): Effect.Effect<void, CommandError> {
  return status === "active" ? Effect.void : Effect.fail(sessionError(
    "reauthorization_required",
    `The session of profile "${name}" has ended`,
    `Log in again: ${loginCommand(name)}`,
  ));
}

/** An ID token that was not asked for was not validated either. */
const fromIdToken = Effect.fnUntraced(function* ({ accessTokens }: SessionRecord) {
  const idToken = accessTokens
    .filter(({ requestedScope }) => requestedScope.includes("openid"))
    .find(({ tokens }) => tokens.idToken !== undefined)?.tokens.idToken;
  const { claimsOf } = yield* Effect.promise(() => import("@bellhop/core/grant/openid_connect"));
  const claims = claimsOf(idToken === undefined ? {} : { idToken });
  if (Result.isFailure(claims)) {
    yield* detail(`no claims from the session: ${claims.failure.message}`);
    return undefined;
  }
  return claims.success;
});

interface Asked {
  readonly record: SessionRecord;
  readonly name: string;
  readonly subject: string | undefined;
}

const fromUserinfo = Effect.fnUntraced(function* ({ record, name, subject }: Asked) {
  const { userinfoEndpoint: url } = record.endpoints;
  if (url === undefined) return yield* nothingKnown(name, subject);
  yield* detail(`asks: ${url}`);
  const session = yield* openOrHold({ name, record });
  const { userinfo } = yield* Effect.promise(() => import("../userinfo.ts"));
  const claims = yield* userinfo(url, { session, subject });
  yield* finishRenewal(session);
  return claims;
});

function nothingKnown(name: string, subject: string | undefined): CommandError {
  return subject !== undefined
    ? usageError(
      "The session's server has no userinfo endpoint to ask",
      "Leave out --userinfo to see the claims of the ID token",
    )
    : usageError(
      "The session has no ID token, and its server no userinfo endpoint to ask",
      `Log in with the scope openid: ${loginCommand(name)} --scope openid`,
    );
}

/** What ties a token to one login, and tells nothing about the user. */
const bindings: ReadonlySet<string> = new Set(["nonce", "at_hash", "c_hash", "s_hash"]);

function publicOf(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !bindings.has(name)));
}
