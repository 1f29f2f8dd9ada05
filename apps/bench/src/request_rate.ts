/**
 * How many times a second something can be asked of the loopback server by so many at once, and what
 * processor time each costs on this side. On a machine with other work the rate says little; the
 * processor time still does.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type { Figure } from "./figure.ts";
import type { Call } from "./peer/call.ts";
import { figuresOf, type Outcome, type Subject } from "./rounds.ts";

/** How often, and by how many at once. */
export interface Load {
  readonly requests: number;
  readonly width: number;
}

/** What one load came to. */
export interface Sample {
  readonly perSecond: number;
  /** Processor time of this process for one request, all its threads. */
  readonly cpuMicros: number;
}

/** Loops that each await one call after another. */
export function rateOfCall(name: string, call: Call, { requests, width }: Load): Subject<Sample> {
  const run = async (): Promise<void> => {
    let left = requests;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await call();
    };
    await Promise.all(Array.from({ length: width }, worker));
  };
  return { name, measure: () => sampled(run, requests) };
}

/** What fibers of a program have about them: some service, as whatever a program is given by layers. */
class Program
  extends Context.Service<Program, "a program's own">()("@bellhop/bench/request_rate/Program") {}
const programs = Context.make(Program, "a program's own");

/** Fibers that each do one request after another, in a context that is not empty, as programs' are. */
export function rateOfEffect(
  name: string,
  effect: Effect.Effect<unknown, Error>,
  { requests, width }: Load,
): Subject<Sample> {
  const run = (): Promise<void> => {
    let left = requests;
    const worker = Effect.gen(function* () {
      while (left-- > 0) yield* effect;
    });
    const workers = Array.from({ length: width }, () => worker);
    return Effect.runPromiseWith(programs)(
      Effect.all(workers, { concurrency: "unbounded", discard: true }),
    );
  };
  return { name, measure: () => sampled(run, requests) };
}

async function sampled(run: () => Promise<void>, requests: number): Promise<Sample> {
  // What the one before left behind is seen to on nobody's account.
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const cpu = process.cpuUsage();
  const began = performance.now();
  await run();
  const millis = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: requests * 1000 / millis, cpuMicros: (user + system) / requests };
}

/** The rates alone. */
function ratesOf(outcomes: ReadonlyArray<Outcome<Sample>>): ReadonlyArray<Outcome> {
  return outcomes.map(({ name, values }) => ({
    name,
    values: values.map(({ perSecond }) => perSecond),
  }));
}

/** The processor times alone. */
export function cpuOf(outcomes: ReadonlyArray<Outcome<Sample>>): ReadonlyArray<Outcome> {
  return outcomes.map(({ name, values }) => ({
    name,
    values: values.map(({ cpuMicros }) => cpuMicros),
  }));
}

/** Figures of the rates; what processor time each costs in ratio to the first is said beside. */
export function rateFigures(outcomes: ReadonlyArray<Outcome<Sample>>): ReadonlyArray<Figure> {
  const cpu = figuresOf(cpuOf(outcomes), "µs");
  return figuresOf(ratesOf(outcomes), "req/s").map((figure, i) => ({
    ...figure,
    note: `${cpu[i]?.value.toFixed(0)} µs CPU, ${cpu[i]?.ratio?.toFixed(2)}x`,
  }));
}

/** The best of `wanted`, by rate in ratio to the floor. */
export function bestRatio(
  figures: ReadonlyArray<Figure>,
  wanted: ReadonlyArray<string>,
): number {
  const ratios = figures.filter(({ subject }) => wanted.includes(subject))
    .map(({ ratio = Number.NaN }) => ratio);
  return Math.max(...ratios);
}
