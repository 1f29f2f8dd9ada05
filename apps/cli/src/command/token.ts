/**
 * `bellhop token`: prints a valid access token, and nothing else.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { SessionVault } from "@bellhop/core/session/session_vault";
import type { StoreError } from "@bellhop/core/session/store_error";
import type { CommandError } from "../command_error.ts";
import { durationFlag } from "../duration.ts";
import { heldToken } from "../held_token.ts";
import type { Settings } from "../settings.ts";
import * as Storage from "../storage.ts";

const flags = {
  minTtl: durationFlag("min-ttl").pipe(
    Flag.withDescription("How long the token must still live, such as 60s"),
    Flag.withDefault(0),
  ),
};

/** The command. */
export const command = Command.make("token", flags, ({ minTtl }) => run({ minTtlMillis: minTtl }))
  .pipe(
    Command.provide(Storage.layer),
    Command.withDescription(
      "Prints the access token and nothing else. Exits with 8 where there is none, or an expired one",
    ),
    Command.withShortDescription("Print the access token"),
    Command.withExamples([{
      command: `curl -H "Authorization: Bearer $(bellhop token)" https://api.example.com/`,
      description: "Hand the token to another program",
    }]),
  );

/** What `token` is asked for. */
export interface TokenOptions {
  readonly minTtlMillis: number;
}

/** Prints the token. */
function run(
  options: TokenOptions,
): Effect.Effect<void, CommandError | StoreError, SessionVault | Settings> {
  return Effect.flatMap(
    heldToken(options),
    ({ accessToken }) => Console.log(Redacted.value(accessToken)),
  );
}
