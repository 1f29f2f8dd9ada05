/**
 * What one step of a flow costs, with and without an observer, over the chart's pure transition.
 *
 * @module
 */
import { Effect } from "effect";
import { define } from "@bellhop/core/flow/definition";
import { start } from "@bellhop/core/flow/flow";
import { Observer } from "@bellhop/core/protocol/observation";
import { assign, initialTransition, setup, transition } from "xstate";
import { type Measure, median } from "./figure.ts";

const chart = setup({
  types: { context: {} as { readonly count: number }, events: {} as { readonly type: "tick" } },
  actions: { count: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: "ticking",
  context: { count: 0 },
  initial: "tick",
  states: {
    tick: { on: { tick: { target: "tock", actions: "count" } } },
    tock: { on: { tick: { target: "tick", actions: "count" } } },
  },
});

const flow = define(chart, { operations: {} });

function pure(steps: number): Promise<number> {
  let [snapshot] = initialTransition(chart);
  const began = performance.now();
  for (let i = 0; i < steps; i++) [snapshot] = transition(chart, snapshot, { type: "tick" });
  return Promise.resolve((performance.now() - began) * 1e6 / steps);
}

function interpreted(observer: Observer | undefined): (steps: number) => Promise<number> {
  return (steps) => {
    const program = Effect.gen(function* () {
      const { send } = yield* start(flow);
      const tick = send({ type: "tick" });
      const began = performance.now();
      for (let i = 0; i < steps; i++) yield* tick;
      return (performance.now() - began) * 1e6 / steps;
    });
    return Effect.runPromise(Effect.provideService(Effect.scoped(program), Observer, observer));
  };
}

/** Measures the three in turn, round by round. */
export async function observerCost(isSmoke: boolean): Promise<Measure> {
  const steps = isSmoke ? 5_000 : 30_000;
  let seen = 0;
  const subjects = [
    ["XState's pure transition alone", pure],
    ["a flow's step, nobody watches", interpreted(undefined)],
    ["a flow's step, observed", interpreted({ observe: () => void seen++ })],
  ] as const;
  const rounds: Array<Array<number>> = [];
  for (let round = 0; round < (isSmoke ? 5 : 11); round++) {
    const row: Array<number> = [];
    for (const [, measure] of subjects) row.push(await measure(steps));
    rounds.push(row);
  }
  const figures = subjects.map(([subject], i) => ({
    subject,
    value: median(rounds.slice(1).map((row) => row[i] ?? Number.NaN)),
    unit: "ns",
  }));
  const [floor, unwatched] = figures.map(({ value }) => value);
  return {
    name: "A flow's step",
    aim: "nobody watches: at most 1.25 times the pure transition",
    figures,
    isMet: seen > 0 && (unwatched ?? Number.NaN) <= (floor ?? 0) * 1.25,
  };
}
