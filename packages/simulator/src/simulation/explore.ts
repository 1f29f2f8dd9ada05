/**
 * Runs the worlds of many seeds, one after the other, and counts what came of them.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Effect } from "effect";
 * import { mixed } from "@bellhop/simulator/scenario/mixed";
 * import { explore } from "@bellhop/simulator/simulation/explore";
 *
 * const explored = await Effect.runPromise(
 *   explore({ scenario: mixed, firstSeed: 1, runs: 2, faults: "light", processes: 2 }),
 * );
 * equal(explored.runs, 2);
 * ```
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { drawPlan, type PlanOptions } from "./plan.ts";
import { cutPlan, type PlanCut } from "./plan_cut.ts";
import { quietly } from "./_quietly.ts";
import { type Outcome, play, type PlayOptions } from "./simulation.ts";
import { attempt } from "./simulation_error.ts";

/** How many seeds of one violated invariant are kept. */
const MAX_SEEDS = 100;

/** What is explored, and for how long. At least one seed always is. */
export interface ExploreOptions extends Omit<PlanOptions, "seed" | "durationMillis">, PlayOptions {
  /** The first seed; those after it follow by one. */
  readonly firstSeed: number;
  /**
   * How many seeds.
   *
   * @default no bound
   */
  readonly runs?: number | undefined;
  /**
   * For how long, in milliseconds of the real clock. The run that is under way then is finished.
   *
   * @default no bound
   */
  readonly forMillis?: number | undefined;
  /**
   * `failure`: no seed after the first that violates an invariant.
   *
   * @default "end"
   */
  readonly until?: "failure" | "end" | undefined;
  /** How long faults and errands come in each world, in milliseconds. */
  readonly durationMillis?: number | undefined;
  /** What is left of each plan; absent: all. */
  readonly cut?: PlanCut | undefined;
  /** Told after each run. */
  readonly onProgress?: ((exploration: Exploration) => Effect.Effect<void>) | undefined;
}

/** An invariant that did not hold, and where. */
export interface Violations {
  /** Its name. */
  readonly invariant: string;
  /** What must hold. */
  readonly sentence: string;
  /** In how many runs it did not. */
  readonly count: number;
  /** The first of their seeds. */
  readonly seeds: ReadonlyArray<number>;
}

/** What came of exploring, so far or in the end. */
export interface Exploration {
  /** The first seed. */
  readonly firstSeed: number;
  /** How many seeds were run. */
  readonly runs: number;
  /** How many turns processes took. */
  readonly steps: number;
  /** How many things happened. */
  readonly events: number;
  /** How many flows were started. */
  readonly flows: number;
  /** How much time passed in all worlds together, in milliseconds. */
  readonly virtualMillis: number;
  /** How long it took, in milliseconds. */
  readonly realMillis: number;
  /** How much time passes in worlds in one real second, in milliseconds. */
  readonly virtualMillisPerSecond: number;
  /** How many flows are started in one real second. */
  readonly flowsPerSecond: number;
  /** In the order in which they were found. */
  readonly violations: ReadonlyArray<Violations>;
}

/**
 * Runs the worlds of many seeds. Interrupting it ends it between two runs. Where an invariant or the
 * scenario itself throws, it dies of a `SimulationError` that names the seed.
 */
export const explore: (options: ExploreOptions) => Effect.Effect<Exploration> = Effect.fnUntraced(
  function* (options: ExploreOptions) {
    const { firstSeed, runs = Infinity, forMillis = Infinity, onProgress } = options;
    const clock = yield* Clock.Clock;
    const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6;
    const startedMillis = now();
    const tally = new Tally(firstSeed);
    for (;;) {
      const drawn = { ...options, seed: firstSeed + tally.runs };
      const outcome = yield* quietly(() =>
        attempt(drawn, () => {
          const plan = drawPlan(drawn);
          return play(options.cut === undefined ? plan : cutPlan(plan, options.cut), options);
        })
      );
      tally.add(outcome);
      const realMillis = now() - startedMillis;
      if (onProgress !== undefined) yield* onProgress(tally.after(realMillis));
      const isFailed = options.until === "failure" && outcome.violation !== undefined;
      if (isFailed || tally.runs >= runs || realMillis >= forMillis) return tally.after(realMillis);
    }
  },
);

/** Counts what came of runs, and keeps none of them. */
class Tally {
  runs = 0;
  #steps = 0;
  #events = 0;
  #flows = 0;
  #virtualMillis = 0;
  readonly #firstSeed: number;
  readonly #violations = new Map<string, Violations>();

  constructor(firstSeed: number) {
    this.#firstSeed = firstSeed;
  }

  add({ plan, violation, events, steps, virtualMillis }: Outcome): void {
    this.runs += 1;
    this.#steps += steps;
    this.#events += events.length;
    this.#virtualMillis += virtualMillis;
    for (const event of events) {
      if (event.type === "observed" && event.observation.type === "flow.started") this.#flows += 1;
    }
    if (violation === undefined) return;
    const { invariant, sentence } = violation;
    const { count, seeds } = this.#violations.get(invariant) ?? { count: 0, seeds: [] };
    this.#violations.set(invariant, {
      invariant,
      sentence,
      count: count + 1,
      seeds: seeds.length < MAX_SEEDS ? [...seeds, plan.seed] : seeds,
    });
  }

  after(realMillis: number): Exploration {
    const perSecond = (amount: number) =>
      realMillis > 0 ? Math.round((amount * 1_000) / realMillis) : 0;
    return {
      firstSeed: this.#firstSeed,
      runs: this.runs,
      steps: this.#steps,
      events: this.#events,
      flows: this.#flows,
      virtualMillis: this.#virtualMillis,
      realMillis: Math.round(realMillis),
      virtualMillisPerSecond: perSecond(this.#virtualMillis),
      flowsPerSecond: perSecond(this.#flows),
      violations: [...this.#violations.values()],
    };
  }
}
