/**
 * `bellhop status`: every profile, its session and what is left of it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Command from "effect/cli/Command";
import { expiresAtMillis } from "@bellhop/core/protocol/token_set";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import type { StoreError } from "@bellhop/core/session/store_error";
import { formatMillis } from "../duration.ts";
import { failureOf } from "../failure.ts";
import { type SessionStanding, standingOf } from "../held_token.ts";
import { loginCommand } from "../login_command.ts";
import { encodeJson } from "../json_lines.ts";
import * as Profile from "../profile.ts";
import { isOf } from "../profile_session.ts";
import { bold, Screen } from "../screen.ts";
import { flag, Settings } from "../settings.ts";
import * as Storage from "../storage.ts";
import { oneLine } from "../user_code_view.ts";
import { failureWords, note } from "../words.ts";

const flags = { watch: flag("watch", "Show it again every second until interrupted") };

/** The command. */
export const command = Command.make("status", flags, ({ watch }) => watch ? watching : once).pipe(
  Command.withDescription("Shows every profile: issuer, client, scope, state and time left"),
  Command.withShortDescription("Show all sessions"),
);

/** One profile, as `--json` writes it. `null` where nothing is known. */
export interface ProfileStatus {
  readonly profile: string;
  readonly issuer: string | null;
  readonly client_id: string | null;
  readonly scope: string | null;
  readonly state: SessionStanding;
  /** Epoch seconds. */
  readonly expires_at: number | null;
}

/** What showing needs. */
export type StatusServices =
  | SessionVault
  | Storage.Storage
  | Settings
  | Screen
  | FileSystem.FileSystem
  | Path.Path;

/** What there is to show at one moment. */
export interface StatusView {
  readonly shown: ReadonlyArray<ProfileStatus>;
  /** The same for people; empty where there is no profile. */
  readonly words: string;
  /** Where the sessions are. */
  readonly place: string;
  /** Of profiles that could not be read. */
  readonly errors: ReadonlyArray<StoreError>;
}

/** Shows every profile. Fails, after all of them are shown, where one could not be read. */
export const run: Effect.Effect<void, StoreError, StatusServices> = Effect.gen(function* () {
  const settings = yield* Settings;
  const screen = yield* Screen;
  const { shown, words, place, errors } = yield* look;
  if (settings.isJson) {
    yield* Console.log(encodeJson(shown));
  } else if (shown.length > 0) {
    yield* Console.log(words);
  } else {
    yield* note(noProfile);
  }
  yield* note(place);
  const [first, ...rest] = errors;
  for (const fault of faultsOf({ errors: rest }, screen)) screen.write(fault);
  if (first !== undefined) return yield* first;
});

const noProfile = "No profile yet. Log in: bellhop login --issuer URL --client-id ID";

/** Opens the store anew each time: the first login may come while somebody watches. */
const existing = { local: true } as const;
const once = Effect.suspend(() => Effect.provide(run, Storage.layerExisting, existing));
const watching = Effect.suspend(() => watch(Effect.provide(look, Storage.layerExisting, existing)));

/** Looks at every profile. */
const look: Effect.Effect<StatusView, StoreError, StatusServices> = Effect.gen(
  function* () {
    const screen = yield* Screen;
    const nowMillis = yield* Clock.currentTimeMillis;
    const { shown, errors } = yield* gather(nowMillis);
    const words = shown.map((status) => wordsOf(status, { nowMillis, screen })).join("\n\n");
    return {
      shown,
      words,
      errors,
      place: `Store: ${Storage.storageWords(yield* Storage.Storage)}`,
    };
  },
);

/**
 * Shows every profile until interrupted. On a terminal it is drawn anew each second; elsewhere, and with
 * `--json`, whenever something other than the time has changed. What could not be read is told, in the
 * drawing or on stderr, and looked at again.
 */
export function watch<E, R>(
  look: Effect.Effect<StatusView, E, R>,
): Effect.Effect<never, E, R | Settings | Screen> {
  let last = "";
  let lastFaults = "";
  return Effect.gen(function* () {
    const { isJson } = yield* Settings;
    const screen = yield* Screen;
    const view = yield* look;
    if (screen.isTerminal && !isJson) {
      const clear = last === "" ? "\u001b[2J" : "";
      last = "drawn";
      yield* Console.log(`${clear}${frameOf(view, screen)}`);
    } else {
      const state = encodeJson(view.shown);
      if (state !== last) {
        last = state;
        yield* Console.log(isJson ? state : view.words === "" ? noProfile : view.words);
      }
      const faults = faultsOf(view, screen).join("");
      if (faults !== lastFaults) screen.write(faults);
      lastFaults = faults;
    }
    yield* Effect.sleep(lookMillis);
  }).pipe(Effect.forever);
}

const lookMillis = 1_000;

/** Each in its own lines. */
function faultsOf({ errors }: Pick<StatusView, "errors">, screen: Screen): ReadonlyArray<string> {
  return errors.map((error) => failureWords(screen, failureOf(error)));
}

/** Draws over what is there line by line, which does not flicker. */
function frameOf(view: StatusView, screen: Screen): string {
  const { words, place } = view;
  const faults = faultsOf(view, screen).map((text) => text.trimEnd());
  const text = [words === "" ? noProfile : words, "", place, ...faults].join("\n");
  return `\u001b[H${text.replaceAll("\n", "\u001b[K\n")}\u001b[K\n\u001b[J`;
}

const gather = Effect.fnUntraced(function* (nowMillis: number) {
  const { home } = yield* Settings;
  const vault = yield* SessionVault;
  const names = new Set([...yield* Profile.list(home), ...yield* vault.list()]);
  const shown: Array<ProfileStatus> = [];
  const errors: Array<StoreError> = [];
  for (const name of [...names].toSorted()) {
    const profile = yield* Effect.result(Profile.read(home, name));
    const stored = yield* Effect.result(vault.get(name));
    if (Result.isFailure(profile)) errors.push(profile.failure);
    if (Result.isFailure(stored)) errors.push(stored.failure);
    const known = Option.getOrUndefined(Result.getOrElse(profile, () => Option.none()));
    const record = Option.getOrUndefined(Result.getOrElse(stored, () => Option.none()))?.record;
    const state = Result.isFailure(stored)
      ? "unreadable"
      : record === undefined
      ? "absent"
      : standingOf(record, { nowMillis, grant: isOf(known, record) ? known?.grant : undefined });
    shown.push(statusOf(name, state, { known, record }));
  }
  return { shown, errors };
});

interface Known {
  readonly known: Profile.Profile | undefined;
  readonly record: SessionRecord | undefined;
}

function statusOf(
  profile: string,
  state: SessionStanding,
  { known, record }: Known,
): ProfileStatus {
  const server = record ?? known;
  return {
    profile,
    issuer: server?.issuer ?? null,
    client_id: server?.clientId ?? null,
    scope: scopeOf({ known, record }),
    state,
    expires_at: expiryOf(record),
  };
}

/** What was granted; what would be asked for where nothing was. */
function scopeOf({ known, record }: Known): string | null {
  const scope = record?.accessTokens[0]?.tokens.scope ?? known?.scope;
  return scope === undefined ? null : scope.join(" ");
}

function expiryOf(record: SessionRecord | undefined): number | null {
  const tokens = record?.accessTokens[0]?.tokens;
  const expiresAt = tokens === undefined ? undefined : expiresAtMillis(tokens);
  return expiresAt === undefined ? null : Math.floor(expiresAt / 1000);
}

interface WordsOptions {
  readonly nowMillis: number;
  readonly screen: Screen;
}

function wordsOf(status: ProfileStatus, { nowMillis, screen }: WordsOptions): string {
  const lines = [`${bold(screen, status.profile)}: ${stateWords(status, nowMillis)}`];
  if (status.issuer !== null) lines.push(`  issuer  ${oneLine(status.issuer)}`);
  if (status.client_id !== null) lines.push(`  client  ${oneLine(status.client_id)}`);
  if (status.scope !== null && status.scope !== "") {
    lines.push(`  scope   ${oneLine(status.scope)}`);
  }
  return lines.join("\n");
}

function stateWords({ profile, state, expires_at }: ProfileStatus, nowMillis: number): string {
  const leftMillis = expires_at === null ? undefined : expires_at * 1000 - nowMillis;
  const left = leftMillis === undefined
    ? "lifetime unknown"
    : leftMillis > 0
    ? `${formatMillis(leftMillis)} left`
    : `expired ${formatMillis(-leftMillis)} ago`;
  switch (state) {
    case "absent":
      return "not logged in";
    case "fresh":
      return `fresh, ${left}`;
    case "stale":
      return `stale, ${left}, renewed with the next use`;
    case "renewing":
      return `renewing, ${left}`;
    case "expired":
      return `${left}, log in again: ${loginCommand(profile)}`;
    case "reauthorizationRequired":
      return `reauthorizationRequired, log in again: ${loginCommand(profile)}`;
    default:
      return state;
  }
}
