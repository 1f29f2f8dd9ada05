/**
 * What `--verbose` says while flows run: the states as they are entered, and the timers that run.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { notify, type Observation, Observer } from "@bellhop/core/protocol/observation";
import { formatMillis } from "./duration.ts";
import { dim, Screen } from "./screen.ts";
import { Settings } from "./settings.ts";

/** Says it on stderr, above the line that shows where a login stands. Nothing without `--verbose`. */
export const layer: Layer.Layer<never, never, Settings | Screen> = Layer.unwrap(
  Effect.gen(function* () {
    const { isVerbose, isQuiet } = yield* Settings;
    if (!isVerbose || isQuiet) return Layer.empty;
    const screen = yield* Screen;
    const outer = yield* Observer;
    const wipe = screen.isTerminal ? "\r\u001b[2K" : "";
    const words = makeWords();
    return Layer.succeed(Observer, {
      observe: (observation) => {
        if (outer !== undefined) notify(outer, observation);
        const text = words(observation);
        if (text !== undefined) screen.write(`${wipe}${dim(screen, text)}\n`);
      },
    });
  }),
);

/** Gives what an observation is worth saying, of flows by the names of their charts. */
function makeWords(): (observation: Observation) => string | undefined {
  const charts = new Map<string, string>();
  return (observation) => {
    switch (observation.type) {
      case "flow.started":
        charts.set(observation.flowId, observation.chart);
        return `${observation.chart}: ${observation.path}`;
      case "flow.transition": {
        const { flowId, from, to, event } = observation;
        return from === to ? undefined : `${charts.get(flowId) ?? "flow"}: ${to} (${event})`;
      }
      case "timer.armed":
        return `  ${observation.timer}: in ${formatMillis(observation.dueAt - observation.at)}`;
      case "flow.ended":
        charts.delete(observation.flowId);
        return undefined;
      default:
        return undefined;
    }
  };
}
