/**
 * `bellhop discover`: a server's metadata, what of it Bellhop can use, and what looks wrong.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import { writeLine } from "../json_lines.ts";
import { membersOf, problemsOf, usableOf } from "../metadata_review.ts";
import { bold, Screen } from "../screen.ts";
import { Settings } from "../settings.ts";
import { oneLine } from "../user_code_view.ts";

const flags = {
  issuer: Argument.String("URL").pipe(
    Argument.withDescription("The issuer, exactly as the server names itself"),
  ),
};

/** The command. */
export const command = Command.make("discover", flags, (input) => run(input)).pipe(
  Command.withDescription(
    "Shows a server's metadata, what of it Bellhop can use, and what looks wrong",
  ),
  Command.withShortDescription("Show a server's metadata"),
);

/** Whose metadata. */
export interface DiscoverOptions {
  readonly issuer: string;
}

/** Asks the server and shows what it says. */
const run: (
  options: DiscoverOptions,
) => Effect.Effect<void, EndpointError, HttpClient.HttpClient | Settings | Screen> = Effect
  .fnUntraced(function* ({ issuer }: DiscoverOptions) {
    const { isJson, requestLimitMillis } = yield* Settings;
    const { discover } = yield* Effect.promise(() => import("@bellhop/core/endpoint/discovery"));
    const server = yield* discover(issuer, { requestLimitMillis });
    if (isJson) {
      return yield* writeLine({
        type: "metadata",
        issuer: server.issuer,
        metadata: membersOf(server),
        usable: usableOf(server),
        problems: problemsOf(server),
      });
    }
    yield* Console.log(wordsOf(server, yield* Screen));
  });

function wordsOf(server: ServerMetadata, screen: Screen): string {
  const problems = problemsOf(server);
  return [
    bold(screen, "Metadata"),
    ...Object.entries(membersOf(server)).map(([name, value]) => `  ${name}: ${textOf(value)}`),
    "",
    bold(screen, "Bellhop can use"),
    ...usableOf(server).map((text) => `  ${text}`),
    "",
    bold(screen, "What looks wrong"),
    ...(problems.length === 0 ? ["nothing"] : problems).map((text) => `  ${oneLine(text)}`),
  ].join("\n");
}

function textOf(value: unknown): string {
  return oneLine(Array.isArray(value) ? value.join(", ") : String(value));
}
