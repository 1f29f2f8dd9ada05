/**
 * The authorization code grant as the command line runs it: in the user's browser, its answer received on
 * the loopback interface or pasted.
 *
 * @module
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type * as Terminal from "effect/Terminal";
import type { Digest } from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import type * as HttpClient from "effect/http/HttpClient";
import type { ExpectedTokens } from "@bellhop/core/grant/authorization_code";
import type { AuthorizationCodeError } from "@bellhop/core/grant/authorization_code_error";
import type { Client } from "@bellhop/core/protocol/client";
import type { IdTokenError } from "@bellhop/core/protocol/id_token_error";
import { Observer } from "@bellhop/core/protocol/observation";
import { visible } from "@bellhop/core/protocol/redaction";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { Browser, type BrowserError } from "@bellhop/node/browser";
import type { LoopbackListenerError } from "@bellhop/node/loopback_listener_error";
import { pasteWords, showAuthorizationUrl } from "./authorization_url_view.ts";
import type { CodeRequest } from "./code_flags.ts";
import { type CommandError, usageError } from "./command_error.ts";
import type { IdentifyOptions } from "./id_token_check.ts";
import { canIdentify, wantsIdentity } from "./identity.ts";
import { writeLine } from "./json_lines.ts";
import { pastedLines } from "./paste.ts";
import type { Profile } from "./profile.ts";
import type { Progress } from "./progress.ts";
import { Screen, wipeLine } from "./screen.ts";
import { Settings } from "./settings.ts";
import { stateReport } from "./state_report.ts";
import { drawProgress } from "./user_code_view.ts";

/** What a login in the browser needs. */
export interface CodeLoginOptions {
  readonly client: Client;
  readonly profile: Profile;
  /** Leaves the browser alone, and shows the URL. */
  readonly noBrowser: boolean;
  /** What the user is to be asked. */
  readonly request?: CodeRequest | undefined;
  /** How long the browser is waited for; ten minutes unless told. */
  readonly lifetimeMillis?: number | undefined;
}

type ValidateServices = HttpClient.HttpClient | Settings;
type ShowServices = Settings | Screen | Browser | Terminal.Terminal;

/** What showing, waiting and validating needs. */
export type CodeLoginServices =
  | HttpClient.HttpClient
  | Settings
  | Screen
  | Browser
  | Digest
  | Terminal.Terminal;

/** How it can end without tokens. */
export type CodeLoginError =
  | CommandError
  | AuthorizationCodeError<IdTokenError>
  | LoopbackListenerError;

/** Logs in. Ctrl-C interrupts, also while keys are read. */
export const codeLogin: (
  options: CodeLoginOptions,
) => Effect.Effect<TokenSet, CodeLoginError, CodeLoginServices> = Effect.fnUntraced(
  function* (options: CodeLoginOptions) {
    const { client, profile, request, noBrowser, lifetimeMillis } = options;
    yield* refuseWithoutKeys(options);
    const { login } = yield* Effect.promise(() => import("@bellhop/node/terminal_login"));
    const { requestLimitMillis } = yield* Settings;
    const progress: Progress = { path: "" };
    const observer = yield* stateReport(progress);
    const quit = yield* Deferred.make<void>();
    const shown = yield* Deferred.make<void>();
    const canPaste = yield* hasTerminal;
    const authorized = login<void, IdTokenError, ValidateServices, ShowServices>({
      ...request,
      client,
      scope: profile.scope,
      resource: profile.resource,
      audience: profile.audience,
      lifetimeMillis,
      requestLimitMillis,
      listen: { port: profile.redirect?.port, redirectUri: profile.redirect?.uri },
      opensBrowser: !noBrowser,
      onAuthorizationUrl: ({ url }) =>
        Effect.andThen(show(url, options), Deferred.succeed(shown, undefined)),
      onNoBrowser: (error) => explain(error, client),
      pasted: canPaste ? pastedLines(Deferred.succeed(quit, undefined)) : undefined,
      onUselessPaste: ({ message, hint }) => aside(`${message}. ${hint}.`),
      validate: wantsIdentity(profile)
        ? (tokens: TokenSet, expected: ExpectedTokens) => check(tokens, { ...expected, profile })
        : undefined,
    }).pipe(
      Effect.provideService(Observer, observer),
      Effect.provide(SecureRandom.layerWebCrypto),
    );
    const drawn = Effect.andThen(Deferred.await(shown), draw(progress));
    const interrupted = Effect.andThen(Deferred.await(quit), Effect.interrupt);
    const { tokens } = yield* Effect.raceFirst(authorized, Effect.raceFirst(drawn, interrupted));
    return tokens;
  },
);

/** Finds out before the user is asked to do anything whether the ID token could be checked. */
function refuseWithoutKeys(
  { client, profile }: CodeLoginOptions,
): Effect.Effect<void, CommandError> {
  return wantsIdentity(profile) && !canIdentify(profile, client.server)
    ? Effect.fail(usageError(
      `The scope "openid" brings an ID token, and no "jwks_uri" is known to check it with`,
      "Pass --jwks-uri URL with the other endpoints, or leave openid out of --scope",
    ))
    : Effect.void;
}

const check = Effect.fnUntraced(function* (tokens: TokenSet, options: IdentifyOptions) {
  const { identify } = yield* Effect.promise(() => import("./id_token_check.ts"));
  yield* identify(tokens, options);
});

/** Whether somebody can be asked. */
const hasTerminal = Effect.gen(function* () {
  const { isJson } = yield* Settings;
  const { hasKeys } = yield* Screen;
  return hasKeys && !isJson;
});

const show = Effect.fnUntraced(function* (
  redacted: Redacted.Redacted,
  { noBrowser }: CodeLoginOptions,
) {
  const { isJson } = yield* Settings;
  const url = Redacted.value(redacted);
  if (isJson) return yield* writeLine({ type: "authorization_url", url });
  const { isAvailable } = yield* Browser;
  const screen = yield* Screen;
  const isOpening = isAvailable && !noBrowser;
  showAuthorizationUrl(url, { screen, isOpening, canPaste: yield* hasTerminal });
});

/** Says why no browser came up, and what to do then. */
const explain = Effect.fnUntraced(function* ({ message }: BrowserError, { server }: Client) {
  const { isJson, isQuiet } = yield* Settings;
  if (isJson || isQuiet) return;
  const { isAvailable } = yield* Browser;
  const other = server.deviceAuthorizationEndpoint === undefined
    ? ""
    : ", or stop this and use --grant device";
  yield* aside(`${message}. Open the page by hand${other}.`);
  // It was believed that one would open, so that nobody was told how to go on without.
  if (isAvailable && (yield* hasTerminal)) yield* aside(pasteWords().join("\n"));
});

/** Says something in place of the live line, which is drawn again beneath it. */
const aside = Effect.fnUntraced(function* (text: string) {
  const screen = yield* Screen;
  screen.write(`${screen.isTerminal ? wipeLine : ""}${visible(text)}\n`);
});

const draw = Effect.fnUntraced(function* (progress: Progress) {
  const { isJson, isQuiet } = yield* Settings;
  const screen = yield* Screen;
  return yield* screen.isTerminal && !isJson && !isQuiet
    ? drawProgress(progress, screen)
    : Effect.never;
});
