/**
 * `bellhop inspect`: the live inspector by itself, empty or with a recording.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { Mismatch } from "@bellhop/inspector/recording/replay";
import type { Hub } from "@bellhop/inspector/server/hub";
import type { Inspector } from "@bellhop/inspector/server/inspector";
import { type CommandError, configurationError } from "../command_error.ts";
import { announce, type InspectingServices, openPage, start } from "../inspecting.ts";
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
  const { read, makeHub, replay, timelineOf } = yield* Effect.promise(load);
  const recording = read(text);
  if (Result.isFailure(recording)) {
    const { message, hint } = recording.failure;
    return yield* unreadable(message, hint);
  }
  const { header, lines, isCutOff } = recording.success;
  if (isCutOff) yield* note("The recording's last line is cut off, and left out.");
  const { mismatches, steps, unreplayed } = replay(timelineOf(lines));
  yield* note(replayWords(steps, mismatches, unreplayed));
  const hub: Hub = makeHub({ header, maxLines: lines.length + 1, maxSize: Infinity });
  for (const line of lines) hub.record(line);
  yield* encoded(hub);
  return hub;
});

/** Makes all JSON at once, since nothing else runs that this could hold up. */
const encoded = Effect.fnUntraced(function* (hub: Hub) {
  const { take } = yield* hub.subscribe({ isFinite: true });
  while ((yield* take) !== undefined);
}, Effect.scoped);

/** Whether the charts, as they are now, take the steps that were recorded. */
function replayWords(
  steps: number,
  mismatches: ReadonlyArray<Mismatch>,
  unreplayed: ReadonlyArray<unknown>,
): string {
  const left = unreplayed.length === 0
    ? ""
    : `; flows that no chart here could take again: ${unreplayed.length}`;
  const [first] = mismatches;
  if (first === undefined) {
    return `Replayed ${steps} steps through their charts: all as recorded${left}.`;
  }
  const { seq, event, expected, reached = "no state" } = first;
  return `The charts do not take ${mismatches.length} of ${steps} steps as recorded${left}. The ` +
    `first is line ${seq}: "${event}" leads to "${reached}" instead of "${expected}".`;
}

async function load() {
  const [{ read }, { make: makeHub }, { replay }, { timelineOf }] = await Promise.all([
    import("@bellhop/inspector/recording/read"),
    import("@bellhop/inspector/server/hub"),
    import("@bellhop/inspector/recording/replay"),
    import("@bellhop/inspector/recording/timeline"),
  ]);
  return { read, makeHub, replay, timelineOf };
}
