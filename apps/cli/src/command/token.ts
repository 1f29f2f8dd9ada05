/**
 * `bellhop token`: prints a valid access token, and nothing else.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { type CommandError, sessionError } from "../command_error.ts";
import { durationFlag, formatMillis } from "../duration.ts";
import type { AppError } from "../failure.ts";
import { livingToken, restingToken } from "../held_token.ts";
import { LiveLine } from "../live_line.ts";
import { loginCommand, noSession } from "../login_command.ts";
import { finishRenewal, openOrHold, type OpenServices } from "../profile_session.ts";
import type { Screen } from "../screen.ts";
import { Settings } from "../settings.ts";
import * as Storage from "../storage.ts";
import { warn } from "../words.ts";

const flags = {
  minTtl: durationFlag("min-ttl").pipe(
    Flag.withDescription("How long the token must still live, such as 60s"),
    Flag.withDefault(0),
  ),
};

/** The command. */
export const command = Command.make(
  "token",
  flags,
  ({ minTtl }) => Effect.scoped(run({ minTtlMillis: minTtl })),
).pipe(
  Command.provide(Storage.layerExisting),
  Command.withDescription(
    "Prints the access token and nothing else, renewing it if that is due. " +
      "Exits with 8 where there is none, or where only a login helps",
  ),
  Command.withShortDescription("Print the access token"),
  Command.withExamples([{
    command: `curl -H "Authorization: Bearer $(bellhop token)" https://api.example.com/`,
    description: "Hand the token to another program",
  }]),
);

/** What `token` is asked for. */
interface TokenOptions {
  readonly minTtlMillis: number;
}

/** What `token` needs. */
type TokenServices = OpenServices | Screen;

/**
 * Prints the token. A renewal that is due but can wait begins before that and is finished after it,
 * within the scope.
 */
const run: (options: TokenOptions) => Effect.Effect<void, AppError, TokenServices> = Effect
  .fnUntraced(function* ({ minTtlMillis }: TokenOptions) {
    const { profile: name, inspects = false, record: recording } = yield* Settings;
    const vault = yield* SessionVault;
    const stored = yield* vault.get(name);
    if (Option.isNone(stored)) return yield* noSession(name);
    const { record } = stored.value;
    const nowMillis = yield* Clock.currentTimeMillis;
    const resting = restingToken(record, { nowMillis, minTtlMillis, spread: yield* Random.next });
    // A session that is to be seen is opened also where its token is good as it is.
    const isSeen = inspects || recording !== undefined;
    if (resting !== undefined && !isSeen) return yield* print(resting);
    const session = yield* openOrHold({ name, record }, minTtlMillis);
    const tokens = yield* session.token({ minTtlMillis }).pipe(
      Effect.catchReason("SessionError", "Expired", (_, error) =>
        Effect.fail(
          livingToken(record, { nowMillis }) === undefined ? error : tooShort(name, minTtlMillis),
        )),
    );
    yield* print(tokens);
    yield* warnOfShortLife(tokens, minTtlMillis);
    yield* finishRenewal(session);
  });

const print = Effect.fnUntraced(function* ({ accessToken }: TokenSet) {
  const { hush } = yield* LiveLine;
  yield* hush;
  yield* Console.log(Redacted.value(accessToken));
});

/** It lives, but not long enough, and nothing can renew it. */
function tooShort(name: string, minTtlMillis: number): CommandError {
  return sessionError(
    "session_expired",
    `The token of profile "${name}" lives for less than --min-ttl ${
      formatMillis(minTtlMillis)
    }, and there is no refresh token`,
    `Log in again: ${loginCommand(name)}`,
  );
}

/** What the server gives is handed out, however short it lives. */
const warnOfShortLife = Effect.fnUntraced(function* (tokens: TokenSet, minTtlMillis: number) {
  const leftMillis = (expiresAtMillis(tokens) ?? Infinity) - (yield* Clock.currentTimeMillis);
  if (leftMillis >= minTtlMillis) return;
  yield* warn(
    `The server's token lives for ${formatMillis(leftMillis)} only, less than --min-ttl ${
      formatMillis(minTtlMillis)
    }`,
  );
});
