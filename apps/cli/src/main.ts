/**
 * The `bellhop` command line app: provides the layers, and maps the end to an exit code.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as CliOutput from "effect/cli/CliOutput";
import * as Command from "effect/cli/Command";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { bellhop } from "./bellhop.ts";
import { layerConfig } from "./cli_config.ts";
import type { AppError } from "./failure.ts";
import * as Http from "./http.ts";
import { exitCodeOf, presenter, report, wantsJson } from "./report.ts";
import * as Screen from "./screen.ts";
import { version } from "./version.ts";

const args = process.argv.slice(2);

const layerPresenter = Layer.effect(CliOutput.Presenter, Effect.map(Screen.Screen, presenter));

const layers = Layer.mergeAll(
  NodeServices.layer,
  Http.layer,
  layerConfig,
  layerPresenter.pipe(Layer.provideMerge(Screen.layer)),
);

const program: Effect.Effect<void, AppError> = Command.runWith(bellhop, { version: version() })(
  args,
)
  .pipe(
    Effect.onError((cause) => report(cause, wantsJson(args))),
    Effect.provide(layers),
  );

// Whoever reads may stop reading, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

NodeRuntime.runMain(program, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(exitCodeOf(exit)),
});
