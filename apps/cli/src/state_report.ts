/**
 * The states of a login as they are entered: JSON lines for programs, words for people where something
 * is unusual.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import type { Observation, Observer } from "@bellhop/core/protocol/observation";
import { Observer as CurrentObserver, together } from "@bellhop/core/protocol/observation";
import { enteredBy, type Progress, stateLine, track } from "./progress.ts";
import { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";

/**
 * Makes the observer of a login, beside whoever observes already.
 *
 * @param progress Is kept up to date.
 */
export const stateReport: (
  progress: Progress,
) => Effect.Effect<Observer, never, Settings | Screen> = Effect.fnUntraced(
  function* (progress: Progress) {
    const { isJson, isQuiet, isVerbose, isShownElsewhere = false } = yield* Settings;
    const screen = yield* Screen;
    const console = yield* Console.Console;
    const outer = yield* CurrentObserver;
    const report = {
      observe: (observation: Observation) => {
        track(progress, observation);
        const entered = enteredBy(observation);
        if (entered === undefined) return;
        if (isJson) return console.log(stateLine(entered));
        const isUnusual = entered.event === "slow_down" || entered.path.endsWith("backingOff");
        const isShown = isShownElsewhere || isVerbose || screen.isTerminal;
        if (isQuiet || isShown || !isUnusual) return;
        screen.write(`state: ${entered.path} (${entered.event})\n`);
      },
    };
    return together(outer, report);
  },
);
