/**
 * `bellhop call`: one request with the session's token.
 *
 * No redirect is followed, so that the token goes nowhere but to the URL that was given.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import * as Option from "effect/Option";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import { stripped } from "@bellhop/core/protocol/secure_url";
import { SessionVault } from "@bellhop/core/session/session_vault";
import {
  type ApiRequestOptions,
  type ApiRequestServices,
  checked,
  requestOf,
} from "../api_request.ts";
import { unreachableApi } from "../api_unreachable.ts";
import { CommandError } from "../command_error.ts";
import { exitCodes } from "../exit_code.ts";
import type { AppError } from "../failure.ts";
import { LiveLine } from "../live_line.ts";
import { loginCommand, noSession } from "../login_command.ts";
import { finishRenewal, openOrHold, type OpenServices } from "../profile_session.ts";
import { Screen } from "../screen.ts";
import { flag, Settings } from "../settings.ts";
import * as Storage from "../storage.ts";
import { note } from "../words.ts";

const flags = {
  url: Argument.String("URL").pipe(
    Argument.withDescription("An https URL, or an http one on this machine"),
  ),
  method: Flag.String("request").pipe(
    Flag.withAlias("X"),
    Flag.withDescription("Method; GET unless told, POST with -d"),
    Flag.withMetavar("METHOD"),
    Flag.optional,
  ),
  headers: Flag.String("header").pipe(
    Flag.withAlias("H"),
    Flag.withDescription("A header; may be repeated"),
    Flag.withMetavar(`"NAME: VALUE"`),
    Flag.atLeast(0),
  ),
  data: Flag.String("data").pipe(
    Flag.withAlias("d"),
    Flag.withDescription("Body; @FILE for a file as it is, @- for stdin"),
    Flag.withMetavar("DATA"),
    Flag.optional,
  ),
  include: flag("include", "Write the answer's status and headers before its body").pipe(
    Flag.withAlias("i"),
  ),
  fail: flag("fail", "Exit with 5 and write no body where the status is 400 or more"),
};

/** The command. */
export const command = Command.make("call", flags, (input) => Effect.scoped(run(input))).pipe(
  Command.provide(Storage.layerExisting),
  Command.withDescription(
    "Makes a request with the session's token, which is renewed where that is due or the API does " +
      "not take it, and writes the answer's body to stdout. Exits with 0 whatever the status, " +
      "unless --fail. Follows no redirect",
  ),
  Command.withShortDescription("Call an API with the token"),
  Command.withExamples([
    { command: "bellhop call https://api.example.com/me", description: "GET" },
    {
      command:
        `bellhop call https://api.example.com/notes -H "Content-Type: application/json" -d @note.json`,
      description: "POST a file",
    },
  ]),
);

/** What is asked, and how the answer is shown. */
export interface CallOptions extends ApiRequestOptions {
  /** Writes status and headers too. */
  readonly include: boolean;
  /** Makes a status of 400 or more a failure. */
  readonly fail: boolean;
}

/** What a call needs. */
export type CallServices = ApiRequestServices | OpenServices | Screen;

/** Makes the request; nothing is sent where the session has no token and can get none. */
export const run: (options: CallOptions) => Effect.Effect<void, AppError, CallServices> = Effect
  .fnUntraced(
    function* (options: CallOptions) {
      yield* checked(options);
      const { profile: name } = yield* Settings;
      const vault = yield* SessionVault;
      const stored = yield* vault.get(name);
      if (Option.isNone(stored)) return yield* noSession(name);
      const session = yield* openOrHold({ name, record: stored.value.record });
      const request = yield* requestOf(options);
      const url = stripped(options.url);
      const { send } = yield* Effect.promise(() => import("../carried_request.ts"));
      const response = yield* send(request, session);
      const { hush } = yield* LiveLine;
      yield* hush;
      yield* explain(response);
      const isBad = options.fail && response.status >= 400;
      const shown = yield* Effect.exit(
        isBad
          ? Effect.fail(badStatus(response.status, url))
          : show(response, { isIncluding: options.include, url }),
      );
      yield* breakLine;
      yield* finishRenewal(session);
      return yield* shown;
    },
  );

interface ShowOptions {
  readonly isIncluding: boolean;
  readonly url: string;
}

const show = Effect.fnUntraced(function* (
  response: HttpClientResponse,
  { isIncluding, url }: ShowOptions,
) {
  const stdio = yield* Stdio.Stdio;
  const head = isIncluding ? Stream.make(headOf(response)) : Stream.empty;
  const body = response.stream.pipe(
    Stream.catchReason("HttpClientError", "EmptyBodyError", () => Stream.empty),
  );
  yield* Stream.concat(head, body).pipe(
    Stream.run(stdio.stdout({ endOnDone: false })),
    Effect.catchTag("HttpClientError", (error) => Effect.fail(unreachableApi(error, url))),
    // Whoever read stdout has gone: that is theirs to decide.
    Effect.catchTag("PlatformError", () => Effect.void),
  );
});

function headOf({ status, headers }: HttpClientResponse): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, "", ""].join("\r\n");
}

/** What `--verbose` says next is no part of a body that does not end its line. */
const breakLine = Effect.gen(function* () {
  const { isVerbose, isQuiet } = yield* Settings;
  const screen = yield* Screen;
  if (isVerbose && !isQuiet && screen.isTerminal) screen.write("\n");
});

/** Says what to do about an answer that refuses the token, in the words of RFC 6750 section 3. */
const explain = Effect.fnUntraced(function* ({ status, headers }: HttpClientResponse) {
  const { profile } = yield* Settings;
  const challenge = headers["www-authenticate"] ?? "";
  if (status === 401) {
    yield* note(`The API does not accept the token (401). Log in again: ${loginCommand(profile)}`);
  }
  if (status === 403 && challenge.includes("insufficient_scope")) {
    const scope = /scope="([^"]{1,500})"/.exec(challenge)?.[1];
    const more = scope === undefined ? "more scopes" : `--scope "… ${scope}"`;
    yield* note(`The token does not reach that far (403). Log in with ${more}`);
  }
  if (status >= 300 && status < 400 && headers["location"] !== undefined) {
    yield* note(`The API redirects to ${stripped(headers["location"])}, which is not followed`);
  }
});

function badStatus(status: number, url: string): CommandError {
  return new CommandError({
    exitCode: exitCodes.refused,
    code: `http_${status}`,
    description: `The API at "${url}" answered with status ${status}`,
    hint: "Leave out --fail to see its answer",
  });
}
