/**
 * Shrinks a plan that violates an invariant to one that a person can read: few faults, few errands, few
 * machines and little time, with the same invariant violated.
 *
 * It is delta debugging over data that exists. A library for properties, such as fast-check, shrinks
 * what it has generated itself, by its own randomness; a plan is drawn from one integer, the same on
 * every runtime, and what remains of it has to be told in a word that brings it back. A run whose plan
 * is shorter takes another course, so nothing is taken for granted: each step is tried.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { fewer } from "./_fewer.ts";
import { quietly } from "./_quietly.ts";
import type { Plan } from "./plan.ts";
import { cutPlan, format, type PlanCut, wholeOf } from "./plan_cut.ts";
import { type Outcome, play, type PlayOptions } from "./simulation.ts";

/** How a plan is shrunk. */
export interface ShrinkOptions extends PlayOptions {
  /**
   * How often a plan is carried out at most.
   *
   * @default 400
   */
  readonly maxRuns?: number | undefined;
  /** What was left of the plan when it failed; absent: all. */
  readonly from?: PlanCut | undefined;
}

/** The smallest plan that was found. */
export interface Shrunk {
  /** What is left of the plan. */
  readonly cut: PlanCut;
  /** What comes of it. Its violation is there, and of the same invariant. */
  readonly outcome: Outcome;
  /** How often a plan was carried out. */
  readonly runs: number;
  /** Whether nothing more could be left out; else there were no more runs. */
  readonly isMinimal: boolean;
}

/** Shrinks a plan; gives `undefined` where it violates nothing. */
export const shrink: (
  plan: Plan,
  options: ShrinkOptions,
) => Effect.Effect<Shrunk | undefined> = Effect.fnUntraced(
  function* (plan: Plan, options: ShrinkOptions) {
    const attempts = new Attempts(plan, options);
    if (!(yield* attempts.begin)) return undefined;
    let before: string;
    do {
      before = format(attempts.cut);
      yield* fewer(attempts.cut.faults, (faults) => attempts.isEnough({ faults }));
      yield* shorten(attempts);
      yield* fewerMachines(attempts);
      yield* fewer(attempts.cut.errands, (errands) => attempts.isEnough({ errands }));
      yield* simplify(attempts);
    } while (before !== format(attempts.cut));
    return attempts.result;
  },
);

/** Ends the plan just after the violation, or after the last thing that it brings about. */
const shorten = Effect.fnUntraced(function* (attempts: Attempts) {
  const { plan, events, violation } = attempts.outcome;
  const violated = events[violation?.seq ?? 0]?.at ?? Infinity;
  const atMillis = violated - (events[0]?.at ?? 0);
  const last = Math.max(0, ...[...plan.faults, ...plan.errands].map((each) => each.atMillis));
  const { durationMillis } = plan;
  for (const millis of [atMillis, last, Math.floor(durationMillis / 2)]) {
    const cut = { durationMillis: millis + 1, ...attempts.until(millis) };
    if (millis + 1 < durationMillis && (yield* attempts.isEnough(cut))) return;
  }
});

const fewerMachines = Effect.fnUntraced(function* (attempts: Attempts) {
  for (let machines = 1; machines < attempts.cut.machines; machines++) {
    if (yield* attempts.isEnough({ machines, ...attempts.on(machines) })) return;
  }
});

/** Takes chance out of faults, and the offsets out of clocks. */
const simplify = Effect.fnUntraced(function* (attempts: Attempts) {
  for (const index of attempts.cut.faults) {
    const { certain } = attempts.cut;
    if (attempts.isByChance(index)) yield* attempts.isEnough({ certain: [...certain, index] });
  }
  if (attempts.outcome.plan.clockOffsetsMillis.some((offset) => offset !== 0)) {
    yield* attempts.isEnough({ isSkewed: false });
  }
});

/** Carries cuts of a plan out, and keeps the smallest one that violates the same invariant. */
class Attempts {
  readonly #plan: Plan;
  readonly #options: ShrinkOptions;
  readonly #maxRuns: number;
  readonly #failed = new Set<string>();
  #runs = 0;
  #isOut = false;
  #cut: PlanCut;
  #outcome: Outcome | undefined;

  constructor(plan: Plan, options: ShrinkOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#maxRuns = options.maxRuns ?? 400;
    this.#cut = options.from ?? wholeOf(plan);
  }

  get cut(): PlanCut {
    return this.#cut;
  }

  /** What came of {@linkcode Attempts.cut}. */
  get outcome(): Outcome {
    return this.#outcome as Outcome;
  }

  get result(): Shrunk {
    return { cut: this.cut, outcome: this.outcome, runs: this.#runs, isMinimal: !this.#isOut };
  }

  /** Whether there is anything to shrink. */
  readonly begin: Effect.Effect<boolean> = Effect.suspend(() =>
    Effect.map(this.#play(this.#cut), (outcome) => {
      this.#outcome = outcome;
      return outcome.violation !== undefined;
    })
  );

  /** Tries a smaller cut, and keeps it if it is enough. */
  isEnough(change: Partial<PlanCut>): Effect.Effect<boolean> {
    const cut = this.#tidy({ ...this.#cut, ...change });
    const name = format(cut);
    if (name === format(this.#cut)) return Effect.succeed(true);
    if (this.#failed.has(name)) return Effect.succeed(false);
    if (this.#runs >= this.#maxRuns) {
      this.#isOut = true;
      return Effect.succeed(false);
    }
    return Effect.map(this.#try(cut), (outcome) => {
      if (outcome?.violation?.invariant !== this.outcome.violation?.invariant) {
        this.#failed.add(name);
        return false;
      }
      this.#cut = cut;
      this.#outcome = outcome;
      return true;
    });
  }

  /** Where the smaller world breaks down it is not the one that is looked for. */
  #try(cut: PlanCut): Effect.Effect<Outcome | undefined> {
    return Effect.catchDefect(this.#play(cut), () => Effect.succeed(undefined));
  }

  #play(cut: PlanCut): Effect.Effect<Outcome> {
    this.#runs += 1;
    return quietly(() => play(cutPlan(this.#plan, cut), this.#options));
  }

  #tidy(cut: PlanCut): PlanCut {
    const faults = new Set(cut.faults);
    return { ...cut, certain: cut.certain.filter((index) => faults.has(index)) };
  }

  /** What begins by then. */
  until(millis: number): Pick<PlanCut, "faults" | "errands"> {
    return this.#some(({ atMillis }) => atMillis <= millis);
  }

  /** What does not need a machine beyond these. */
  on(machines: number): Pick<PlanCut, "faults" | "errands"> {
    return this.#some(({ machine = 0 }) => machine < machines);
  }

  #some(
    isIn: (thing: { readonly atMillis: number; readonly machine?: number | undefined }) => boolean,
  ): Pick<PlanCut, "faults" | "errands"> {
    const { faults, errands } = this.#plan;
    const among = (things: typeof faults | typeof errands) => (index: number) => {
      const thing = things[index];
      return thing !== undefined && isIn(thing);
    };
    return {
      faults: this.#cut.faults.filter(among(faults)),
      errands: this.#cut.errands.filter(among(errands)),
    };
  }

  /** Whether it is chance that decides whom a fault concerns. */
  isByChance(index: number): boolean {
    const fault = this.#plan.faults[index];
    return fault !== undefined && "permille" in fault && fault.permille < 1_000 &&
      !this.#cut.certain.includes(index);
  }
}
