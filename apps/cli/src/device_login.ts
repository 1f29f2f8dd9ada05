/**
 * The device authorization grant as the command line runs it: observed, and shown to whoever waits.
 *
 * @module
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Terminal from "effect/Terminal";
import type { UserCode } from "@bellhop/core/chart/device_authorization";
import type { DeviceAuthorizationError } from "@bellhop/core/grant/device_authorization_error";
import type { Client } from "@bellhop/core/protocol/client";
import { Observer } from "@bellhop/core/protocol/observation";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { Browser } from "@bellhop/node/browser";
import { userCodeLine, writeLine } from "./json_lines.ts";
import { offerBrowser } from "./open_key.ts";
import type { Profile } from "./profile.ts";
import type { Progress } from "./progress.ts";
import { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { stateReport } from "./state_report.ts";
import { drawProgress, showUserCode } from "./user_code_view.ts";

/** What a device login needs. */
export interface DeviceLoginOptions<R = never> {
  readonly client: Client;
  readonly profile: Profile;
  /** Leaves the browser alone. */
  readonly noBrowser: boolean;
  /** Runs beside the polling once there is a code. */
  readonly onUserCode?: ((code: UserCode) => Effect.Effect<void, never, R>) | undefined;
}

/** What showing and asking needs. */
export type DeviceLoginServices =
  | HttpClient.HttpClient
  | Settings
  | Screen
  | Browser
  | Terminal.Terminal;

/** Logs in. Ctrl-C interrupts, also while keys are read. */
export const deviceLogin: <R = never>(
  options: DeviceLoginOptions<R>,
) => Effect.Effect<TokenSet, DeviceAuthorizationError, DeviceLoginServices | R> = Effect.fnUntraced(
  function* <R>(options: DeviceLoginOptions<R>) {
    const { authorize } = yield* Effect.promise(() =>
      import("@bellhop/core/grant/device_authorization")
    );
    const { requestLimitMillis } = yield* Settings;
    const { client, profile, onUserCode } = options;
    const progress: Progress = { path: "" };
    const observer = yield* stateReport(progress);
    const quit = yield* Deferred.make<void>();
    const tokens = authorize({
      client,
      scope: profile.scope,
      resource: profile.resource,
      audience: profile.audience,
      requestLimitMillis,
      onUserCode: (code) =>
        Effect.all([
          showWaiting(code, { options, progress, quit }),
          onUserCode === undefined ? Effect.void : onUserCode(code),
        ], { concurrency: "unbounded", discard: true }),
    }).pipe(Effect.provideService(Observer, observer));
    const interrupted = Effect.andThen(Deferred.await(quit), Effect.interrupt);
    return yield* Effect.raceFirst(tokens, interrupted);
  },
);

interface Waiting {
  readonly options: Pick<DeviceLoginOptions, "noBrowser">;
  readonly progress: Progress;
  readonly quit: Deferred.Deferred<void>;
}

const showWaiting = Effect.fnUntraced(function* (code: UserCode, waiting: Waiting) {
  const { isJson, isQuiet } = yield* Settings;
  if (isJson) return yield* writeLine(userCodeLine(code));
  const { options, progress, quit } = waiting;
  const screen = yield* Screen;
  yield* showUserCode(code, screen);
  if (!screen.isTerminal || isQuiet) return;
  const { isAvailable } = yield* Browser;
  const isOffered = screen.hasKeys && isAvailable && !options.noBrowser;
  if (isOffered) screen.write("  Press Enter to open the page in your browser.\n\n");
  const offer = offerBrowser({
    url: code.verificationUriComplete ?? code.verificationUri,
    screen,
    onInterrupt: Deferred.succeed(quit, undefined),
  });
  yield* Effect.all([drawProgress(progress, screen), isOffered ? offer : Effect.void], {
    concurrency: "unbounded",
    discard: true,
  });
});
