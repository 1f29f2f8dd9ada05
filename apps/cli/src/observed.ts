/**
 * What watches a command: what `--verbose` says, `--record` and `--inspect`.
 *
 * @module
 */
import * as Layer from "effect/Layer";
import type { CommandError } from "./command_error.ts";
import * as Inspecting from "./inspecting.ts";
import * as LiveLine from "./live_line.ts";
import * as Recording from "./recording.ts";
import * as VerboseReport from "./verbose_report.ts";

/** What watching needs. */
export type ObservedServices = Recording.RecordingServices | Inspecting.InspectingServices;

/** Watches the command that it is provided to, in as many ways as are asked for. */
export function layer(name: string): Layer.Layer<never, CommandError, ObservedServices> {
  return Recording.layer(name).pipe(
    Layer.provideMerge(Inspecting.layer(name)),
    Layer.provideMerge(VerboseReport.layer),
  );
}

/** The same for a command that shows no live line by itself, and hushes this one before it writes. */
export function layerWithLine(name: string): Layer.Layer<never, CommandError, ObservedServices> {
  return layer(name).pipe(Layer.provideMerge(LiveLine.layer));
}

/**
 * The same for a command that runs no flow: a recording of it is empty, and to inspect it is refused.
 *
 * @param instead What to do instead.
 */
export function layerRefusing(
  name: string,
  instead: string,
): Layer.Layer<never, CommandError, ObservedServices> {
  return Recording.layer(name).pipe(Layer.provideMerge(Inspecting.refusing(instead)));
}
