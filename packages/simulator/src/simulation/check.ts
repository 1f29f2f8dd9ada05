/**
 * A check of a scenario, for a test of one's own program: many worlds, and a report where something
 * does not hold.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { HttpClient } from "effect/http";
 * import { make } from "@bellhop/simulator/scenario/program";
 * import { apiUrl } from "@bellhop/simulator/scenario/simulated_client";
 * import { check } from "@bellhop/simulator/simulation/check";
 * import { equal, match } from "node:assert/strict";
 *
 * const scenario = make({
 *   name: "careless",
 *   start: () =>
 *     Effect.map(HttpClient.HttpClient, (http) => ({
 *       call: Effect.scoped(Effect.orDie(http.get(apiUrl))),
 *     })),
 * });
 * const error = await Effect.runPromise(Effect.flip(check(scenario, { runs: 5 })));
 * equal(error.invariant, "noFault");
 * match(error.message, /ended "call" with a defect/);
 * match(error.message, /Simulation\.check\(scenario, \{ firstSeed: \d, runs: 1, .*keep: "/);
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { Scenario } from "../scenario/scenario.ts";
import { type Exploration, explore, type ExploreOptions } from "./explore.ts";
import { failureReport } from "./failure_report.ts";
import { drawPlan } from "./plan.ts";
import { format, parse, type PlanCut } from "./plan_cut.ts";
import { replayLines } from "./replay.ts";
import { shrink } from "./shrink.ts";
import { ViolationError } from "./violation_error.ts";

/** Which worlds are run. */
export interface CheckOptions
  extends Pick<ExploreOptions, "processes" | "faults" | "durationMillis" | "invariants"> {
  /**
   * The first seed; those after it follow by one. A test that has the same worlds each time tells of
   * its program alone; a fresh seed finds more.
   *
   * @default 1
   */
  readonly firstSeed?: number | undefined;
  /**
   * How many seeds. One takes some 20 to 100 ms, and a violation is run up to 400 times more, to make
   * it smaller: a test needs a limit of a minute.
   *
   * @default 50
   */
  readonly runs?: number | undefined;
  /** What is left of each plan, as a failure's report names it; absent: all. */
  readonly keep?: string | undefined;
}

/**
 * Runs the worlds of many seeds until something does not hold. That world is made smaller, and its
 * report is what the check fails with. The module's example shows it.
 *
 * @param scenario What runs in the worlds.
 * @returns What was run. Dies of a `RangeError` where `keep` is no word of a report, and of a
 * `SimulationError` that names the seed where an invariant or the scenario itself throws.
 */
export const check: (
  scenario: Scenario,
  options?: CheckOptions,
) => Effect.Effect<Exploration, ViolationError> = Effect.fnUntraced(
  function* (scenario: Scenario, options: CheckOptions = {}) {
    const { firstSeed = 1, runs = 50, keep } = options;
    const cut = keep === undefined ? undefined : cutOf(keep);
    const world = { ...options, scenario, cut };
    const explored = yield* explore({ ...world, firstSeed, runs, until: "failure" });
    const [violated] = explored.violations;
    if (violated === undefined) return explored;
    const { seeds: [seed = firstSeed], invariant } = violated;
    const plan = drawPlan({ ...world, seed });
    const maxRuns = cut === undefined ? undefined : 1;
    const { invariants, faults, durationMillis } = options;
    const shrunk = yield* shrink(plan, { scenario, invariants, from: cut, maxRuns });
    const drawn = { faults, durationMillis, invariants, processes: plan.machines };
    if (shrunk === undefined) {
      const again = replayLines(scenario, { ...drawn, seed, cut });
      const report = [
        `Seed ${seed}: ${invariant} is violated, and not a second time`,
        ...FICKLE,
        ...again,
      ];
      return yield* new ViolationError({ seed, invariant, keep, report: report.join("\n") });
    }
    const report = failureReport(shrunk.outcome, { ...drawn, cut: shrunk.cut });
    return yield* new ViolationError({ seed, invariant, keep: format(shrunk.cut), report });
  },
);

/** What makes two runs of one seed differ. */
const FICKLE: ReadonlyArray<string> = [
  "  Something in it does not come from the seed: time, randomness, HTTP and stores must come from",
  "  Effect's services, nothing may wait for a promise, and nothing may be kept from one run to the next.",
];

function cutOf(keep: string): PlanCut {
  const cut = parse(keep);
  if (cut === undefined) throw new RangeError(`keep must be a word of a report, not "${keep}"`);
  return cut;
}
