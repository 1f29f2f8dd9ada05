/**
 * One run of a world, from a seed or from a plan.
 *
 * ```ts
 * import { deepEqual, equal } from "node:assert/strict";
 * import { mixed } from "@bellhop/simulator/scenario/mixed";
 * import { play, run } from "@bellhop/simulator/simulation/simulation";
 *
 * const outcome = run({ seed: 7, scenario: mixed, processes: 2 });
 * equal(outcome.violation, undefined);
 * deepEqual(play(outcome.plan, { scenario: mixed }).events, outcome.events);
 * ```
 *
 * @module
 */
import { invariants as all } from "../invariant/invariants.ts";
import type { Invariant } from "../invariant/invariant.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { WorldEvent } from "../world/world_event.ts";
import { drawPlan, type Plan, type PlanOptions } from "./plan.ts";
import { attempt, SimulationError } from "./simulation_error.ts";
import { Stage } from "./_stage.ts";

/** An invariant that did not hold. */
export interface Violation {
  /** Its name. */
  readonly invariant: string;
  /** What must hold. */
  readonly sentence: string;
  /** What happened instead. */
  readonly detail: string;
  /** The number of the event that tells of it, right after the one that did not fit. */
  readonly seq: number;
}

/** What came of a run. */
export interface Outcome {
  /** What ran. */
  readonly scenario: Scenario;
  /** What was done to the world. */
  readonly plan: Plan;
  /** The first invariant that did not hold, if one did not. */
  readonly violation: Violation | undefined;
  /** All that happened. */
  readonly events: ReadonlyArray<WorldEvent>;
  /** How many turns processes took. */
  readonly steps: number;
  /** How much time passed in the world, in milliseconds. */
  readonly virtualMillis: number;
}

/** How a plan is carried out. */
export interface PlayOptions {
  /** What runs in the world. */
  readonly scenario: Scenario;
  /**
   * What must hold.
   *
   * @default all of Bellhop's own
   */
  readonly invariants?: ReadonlyArray<Invariant> | undefined;
}

/** What a run is made of. */
export interface RunOptions extends PlanOptions, PlayOptions {}

/**
 * Runs the world of a seed to its end, or until an invariant does not hold. Throws a
 * {@linkcode SimulationError} where an invariant or the scenario itself throws.
 */
export function run(options: RunOptions): Outcome {
  return attempt(options, () => play(drawPlan(options), options));
}

/** Carries out a plan, to its end or until an invariant does not hold. Throws as {@linkcode run}. */
export function play(plan: Plan, options: PlayOptions): Outcome {
  try {
    return carryOut(plan, options);
  } catch (cause) {
    throw new SimulationError({ seed: plan.seed, scenario: options.scenario.name, cause });
  }
}

function carryOut(plan: Plan, { scenario, invariants = all }: PlayOptions): Outcome {
  const stage = new Stage(plan, scenario);
  const { world } = stage;
  const watchers = invariants.map((invariant) => ({
    invariant,
    watcher: named(invariant, () => invariant.watch(stage)),
  }));
  let violation: Violation | undefined;
  const violate = ({ name, sentence }: Invariant, detail: string) => {
    if (violation !== undefined) return;
    violation = { invariant: name, sentence, detail, seq: world.events.length };
    world.emit({ type: "violated", invariant: name, detail });
    world.stop();
  };
  world.listen((event) => {
    if (violation !== undefined) return;
    for (const { invariant, watcher } of watchers) {
      const detail = named(invariant, () => watcher.on(event));
      if (detail !== undefined) violate(invariant, detail);
    }
  });
  stage.run();
  for (const { invariant, watcher } of watchers) {
    if (violation !== undefined) break;
    const detail = named(invariant, () => watcher.end?.());
    if (detail !== undefined) violate(invariant, detail);
  }
  return {
    scenario,
    plan,
    violation,
    events: world.events,
    steps: world.steps,
    virtualMillis: world.nowMillis - world.startMillis,
  };
}

/** Says which of them it was that threw. */
function named<A>({ name }: Invariant, watch: () => A): A {
  try {
    return watch();
  } catch (cause) {
    throw new Error(`The invariant ${name} threw ${String(cause)}`, { cause });
  }
}
