/**
 * `pnpm demo`: provides the layers of the demonstration, and maps the end to an exit code.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as CliOutput from "effect/cli/CliOutput";
import * as Command from "effect/cli/Command";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Browser from "@bellhop/node/browser";
import { layerConfig } from "../cli_config.ts";
import type { AppError } from "../failure.ts";
import * as Http from "../http.ts";
import { exitCodeOf, presenter, report } from "../report.ts";
import * as Screen from "../screen.ts";
import { flag } from "../settings.ts";
import { version } from "../version.ts";
import { tell } from "./story.ts";

const demo = Command.make(
  "demo",
  {
    interactive: flag(
      "interactive",
      "You approve the login in the browser, not a simulated person",
    ),
  },
  ({ interactive }) => tell({ isInteractive: interactive }),
).pipe(
  Command.withDescription(
    "Shows a session from its login to its logout, state by state. Ends by itself",
  ),
);

const layers = Layer.mergeAll(
  NodeServices.layer,
  Http.layer,
  Browser.layer(),
  layerConfig,
  Layer.effect(CliOutput.Presenter, Effect.map(Screen.Screen, presenter)).pipe(
    Layer.provideMerge(Screen.layerStdout),
  ),
);

const program: Effect.Effect<void, AppError> = Command.runWith(demo, { version: version() })(
  process.argv.slice(2),
).pipe(
  Effect.onError((cause) => report(cause, false)),
  Effect.provide(layers),
);

NodeRuntime.runMain(program, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(exitCodeOf(exit)),
});
