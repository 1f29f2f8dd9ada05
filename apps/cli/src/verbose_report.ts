/**
 * What `--verbose` says while flows run: the states as they are entered, the timers that run and what
 * becomes of them, and how each flow ends.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import {
  type FlowEnded,
  type Observation,
  Observer,
  together,
} from "@bellhop/core/protocol/observation";
import { formatMillis } from "./duration.ts";
import { FlowNames } from "./flow_names.ts";
import { LiveLine } from "./live_line.ts";
import { dim, Screen, wipeLine } from "./screen.ts";
import { Settings } from "./settings.ts";

/** Says it on stderr, above the line that shows where a flow stands. Nothing without `--verbose`. */
export const layer: Layer.Layer<never, never, Settings | Screen> = Layer.unwrap(
  Effect.gen(function* () {
    const { isVerbose, isQuiet } = yield* Settings;
    if (!isVerbose || isQuiet) return Layer.empty;
    const screen = yield* Screen;
    const outer = yield* Observer;
    const { isHushed } = yield* LiveLine;
    const names = new FlowNames();
    const report = {
      observe: (observation: Observation) => {
        if (observation.type === "flow.started") names.track(observation);
        const text = wordsOf(observation, names);
        if (observation.type === "flow.ended") names.track(observation);
        if (text === undefined) return;
        const wipe = screen.isTerminal && !isHushed() ? wipeLine : "";
        screen.write(`${wipe}${dim(screen, text)}\n`);
      },
    };
    return Layer.succeed(Observer, together(outer, report));
  }),
);

/** What an observation is worth saying. */
function wordsOf(observation: Observation, names: FlowNames): string | undefined {
  switch (observation.type) {
    case "flow.started":
      return `${names.of(observation.flowId)}: ${observation.path}`;
    case "flow.transition": {
      const { flowId, from, to, event } = observation;
      return from === to ? undefined : `${names.of(flowId)}: ${to} (${event})`;
    }
    case "timer.armed":
      return timerWords(
        observation,
        names,
        `in ${formatMillis(observation.dueAt - observation.at)}`,
      );
    case "timer.fired":
      return timerWords(observation, names, "fired");
    case "timer.cancelled":
      return timerWords(observation, names, "cancelled");
    case "flow.ended":
      return endWords(observation, names);
    default:
      return undefined;
  }
}

interface OfTimer {
  readonly flowId: string;
  readonly timer: string;
}

/** Below the state that it belongs to; where several flows run, that may not be the line above. */
function timerWords({ flowId, timer }: OfTimer, names: FlowNames, what: string): string {
  return `  ${timer}${names.size > 1 ? ` of ${names.of(flowId)}` : ""}: ${what}`;
}

function endWords({ flowId, path, outcome }: FlowEnded, names: FlowNames): string {
  // A session has no end of its own: it rests until it is closed.
  const isClosed = outcome === "interrupted" && names.chartOf(flowId) === "session";
  return isClosed
    ? `${names.of(flowId)}: closed in ${path}`
    : `${names.of(flowId)}: ended in ${path} (${outcome})`;
}
