/**
 * Rounds: each subject is measured once a round, one after another, so that what disturbs the machine
 * disturbs them all. A ratio is taken within a round; what is reported is the median of the rounds.
 *
 * @module
 */
import { type Figure, median } from "./figure.ts";

/** One thing to be measured. */
export interface Subject<A = number> {
  readonly name: string;
  /** Measures it once. */
  readonly measure: () => Promise<A>;
}

/** What a subject came to in each round. */
export interface Outcome<A = number> {
  readonly name: string;
  readonly values: ReadonlyArray<A>;
}

/** Measures all subjects round by round, in another order each time, so that none always follows the same. */
export async function inRounds<A>(
  subjects: ReadonlyArray<Subject<A>>,
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<ReadonlyArray<Outcome<A>>> {
  const measured = subjects.map((subject) => ({ ...subject, values: Array<A>() }));
  for (let round = 0; round < warmUp + rounds; round++) {
    const order = shuffled(measured, round);
    for (const { measure, values } of order) {
      const value = await measure();
      if (round >= warmUp) values.push(value);
    }
  }
  return measured;
}

/** Another order for each round, and the same ones in every run. */
function shuffled<A>(values: ReadonlyArray<A>, round: number): ReadonlyArray<A> {
  // Steps of a linear congruential generator: enough to give everyone other neighbours.
  let seed = round + 1;
  const keyed = values.map((value) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return { value, key: seed };
  });
  return keyed.toSorted((a, b) => a.key - b.key).map(({ value }) => value);
}

/** The median over the rounds of one outcome in ratio to another. */
export function ratio(outcome: Outcome | undefined, floor: Outcome | undefined): number {
  if (outcome === undefined || floor === undefined) return Number.NaN;
  return median(outcome.values.map((value, round) => value / (floor.values[round] ?? Number.NaN)));
}

/** The middle half of the rounds' ratios, in words. */
export function spread(outcome: Outcome | undefined, floor: Outcome | undefined): string {
  const ratios = (outcome?.values ?? [])
    .map((value, round) => value / (floor?.values[round] ?? Number.NaN))
    .toSorted((a, b) => a - b);
  return [0.25, 0.75].map((part) => `${ratios[Math.floor(ratios.length * part)]?.toFixed(2)}x`)
    .join(" to ");
}

/** Figures of outcomes, each in ratio to the first. */
export function figuresOf(
  outcomes: ReadonlyArray<Outcome>,
  unit: string,
): ReadonlyArray<Figure> {
  return outcomes.map((outcome) => ({
    subject: outcome.name,
    value: median(outcome.values),
    ratio: ratio(outcome, outcomes[0]),
    unit,
  }));
}
