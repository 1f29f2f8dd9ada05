/**
 * The line at the foot of a terminal that shows, with `--verbose`, what a flow waits for and how long
 * that takes. A login has one of its own, which is there always.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { type Observation, Observer, together } from "@bellhop/core/protocol/observation";
import { formatMillis } from "./duration.ts";
import { FlowNames } from "./flow_names.ts";
import { dim, Screen, wipeLine } from "./screen.ts";
import { Settings } from "./settings.ts";

/** The line of a command. */
export interface LiveLine {
  /** Wipes it for good: to be done before anything is written to stdout, which may be the same screen. */
  readonly hush: Effect.Effect<void>;
  /** Whether it is wiped for good, and the line that the cursor is in may be somebody else's. */
  readonly isHushed: () => boolean;
}

/** Key of the {@linkcode LiveLine}. Its default is none. */
export const LiveLine: Context.Reference<LiveLine> = Context.Reference(
  "bellhop/live_line/LiveLine",
  { defaultValue: (): LiveLine => ({ hush: Effect.void, isHushed: () => false }) },
);

const drawEveryMillis = 250;

/** Draws it while the command runs that it is provided to, but not beside JSON lines, nor without `--verbose`. */
export const layer: Layer.Layer<never, never, Settings | Screen> = Layer.effectContext(
  Effect.gen(function* () {
    const { isVerbose, isQuiet, isJson } = yield* Settings;
    const screen = yield* Screen;
    if (!isVerbose || isQuiet || !screen.isTerminal) return Context.empty();
    const outer = yield* Observer;
    const waits = new Waits();
    let isDrawn = false;
    let isHushed = false;
    const show = (text: string | undefined) => {
      if (text === undefined && !isDrawn) return;
      const line = (text ?? "").slice(0, Math.max(10, screen.columns() - 1));
      screen.write(`${wipeLine}${dim(screen, line)}`);
      isDrawn = text !== undefined;
    };
    const hush = Effect.sync(() => {
      isHushed = true;
      show(undefined);
    });
    const draw = Effect.gen(function* () {
      const nowMillis = yield* Clock.currentTimeMillis;
      if (!isHushed) show(waits.words(nowMillis));
      yield* Effect.sleep(drawEveryMillis);
    });
    yield* Effect.addFinalizer(() => hush);
    if (!isJson) yield* Effect.forkScoped(Effect.forever(draw));
    const observer = { observe: (observation: Observation) => waits.track(observation) };
    return Context.make(Observer, together(outer, observer)).pipe(
      Context.add(LiveLine, { hush, isHushed: () => isHushed }),
    );
  }),
);

/** A session that rests: nobody waits for this. */
const restingTimer = "after renewalPoint";

interface Standing {
  path: string;
  /** When it came there, in epoch milliseconds. */
  at: number;
  operations: number;
  readonly timers: Map<string, number>;
}

/** What the flows that run wait for. */
class Waits {
  readonly #names = new FlowNames();
  readonly #standings = new Map<string, Standing>();

  track(observation: Observation): void {
    this.#names.track(observation);
    if (observation.type === "flow.started") {
      const { flowId, path, at } = observation;
      this.#standings.set(flowId, { path, at, operations: 0, timers: new Map() });
    }
    if (observation.type === "flow.ended") this.#standings.delete(observation.flowId);
    const flowId = "flowId" in observation ? observation.flowId : undefined;
    const standing = flowId === undefined ? undefined : this.#standings.get(flowId);
    if (standing !== undefined) move(standing, observation);
  }

  /** Nothing where no flow waits. */
  words(nowMillis: number): string | undefined {
    const lines: Array<string> = [];
    for (const [flowId, { path, at, operations, timers }] of this.#standings) {
      if (operations === 0 && timers.size === 0) continue;
      const parts = [`${this.#names.of(flowId)}: ${path}`, `for ${formatMillis(nowMillis - at)}`];
      for (const [timer, dueAt] of timers) {
        parts.push(`${timer} in ${formatMillis(dueAt - nowMillis)}`);
      }
      lines.push(parts.join(" · "));
    }
    return lines.length === 0 ? undefined : lines.join("; ");
  }
}

function move(standing: Standing, observation: Observation): void {
  switch (observation.type) {
    case "flow.transition":
      if (observation.from !== observation.to) standing.at = observation.at;
      standing.path = observation.to;
      return;
    case "operation.started":
      standing.operations += 1;
      return;
    case "operation.ended":
      standing.operations -= 1;
      return;
    case "timer.armed":
      if (observation.timer !== restingTimer) {
        standing.timers.set(observation.timer, observation.dueAt);
      }
      return;
    case "timer.fired":
    case "timer.cancelled":
      standing.timers.delete(observation.timer);
      return;
  }
}
