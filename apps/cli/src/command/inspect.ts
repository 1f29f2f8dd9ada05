/**
 * `bellhop inspect`: the live inspector by itself, empty or with a recording.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { Inspector } from "@bellhop/inspector/server/inspector";
import { type CommandError, configurationError } from "../command_error.ts";
import { announce, type InspectingServices, openPage, start } from "../inspecting.ts";
import { recordedHub } from "../recorded_hub.ts";
import { flag } from "../settings.ts";
import { note } from "../words.ts";

const flags = {
  open: Flag.String("open").pipe(
    Flag.withDescription("A recording to show, as --record wrote it"),
    Flag.withMetavar("FILE"),
    Flag.optional,
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("Port on 127.0.0.1; 0 takes a free one"),
    Flag.withMetavar("PORT"),
    Flag.filter((port) => port >= 0 && port <= 65_535, () => "Expected a port from 0 to 65535"),
    Flag.withDefault(0),
  ),
  noBrowser: flag("no-browser", "Open no browser, only say where the page is"),
};

/** The command. */
export const command = Command.make("inspect", flags, (input) => run(input)).pipe(
  Command.withDescription(
    "Serves the inspector's page on this machine until Ctrl-C: with a recording by --open, else " +
      "for recordings that are dropped on it. To see a command while it runs, pass it --inspect",
  ),
  Command.withShortDescription("See flows and sessions in the browser"),
);

/** What is shown, and how. */
export interface InspectOptions {
  readonly open: Option.Option<string>;
  readonly port: number;
  readonly noBrowser: boolean;
}

/** What inspecting needs. */
export type InspectServices = InspectingServices | FileSystem.FileSystem;

/** Serves until interrupted. */
const run: (
  options: InspectOptions,
) => Effect.Effect<never, CommandError, InspectServices> = Effect.fnUntraced(
  function* ({ open, port, noBrowser }: InspectOptions) {
    const hub = Option.isSome(open) ? yield* hubOf(open.value) : undefined;
    const words = yield* Effect.context<InspectingServices>();
    const onReady = (inspector: Inspector) =>
      Effect.gen(function* () {
        yield* announce(inspector);
        yield* note("Press Ctrl-C to end.");
        if (!noBrowser) yield* openPage(inspector);
      }).pipe(Effect.provide(words));
    return yield* Layer.launch(yield* start({ hub, port, name: "inspect" }, onReady));
  },
);

/** Larger recordings are not read. */
const maxBytes = 256 * 1024 * 1024;

const hubOf = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem;
  const unreadable = (why: string, hint: string) =>
    configurationError(`The recording ${path} cannot be opened: ${why}`, hint);
  const missing = "Pass a file that --record wrote";
  const { size } = yield* fs.stat(path).pipe(
    Effect.mapError(({ reason }) => unreadable(reason._tag, missing)),
  );
  if (size > maxBytes) return yield* unreadable("it is too large", missing);
  const text = yield* fs.readFileString(path).pipe(
    Effect.mapError(({ reason }) => unreadable(reason._tag, missing)),
  );
  const hub = yield* Effect.mapError(
    recordedHub(text, path.split(/[\\/]/).at(-1)),
    ({ message, hint }) => unreadable(message, hint),
  );
  // A page is told that nothing comes after: a recording's time does not pass.
  yield* hub.close;
  return hub;
});
