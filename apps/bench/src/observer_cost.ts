/**
 * What one step of a flow costs that nobody watches, beside the same flow without a reporter, which
 * looks for no observer: the least that a program can pay for flows that can be watched. Beside them
 * one that is observed, and the chart's pure transition.
 *
 * @module
 */
import { Effect } from "effect";
import { define } from "@bellhop/core/flow/definition";
import type * as Flow from "@bellhop/core/flow/flow";
import { Observer } from "@bellhop/core/protocol/observation";
import { assign, initialTransition, setup, transition } from "xstate";
import { copyOfFlow } from "./core_copy.ts";
import type { Measure } from "./figure.ts";
import { figuresOf, inRounds, spread } from "./rounds.ts";

const LIMIT_RATIO = 1.02;

/** Of one round. */
const STEPS = 1_000;

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

type Start = typeof Flow.start;

function pure(): Promise<number> {
  let [snapshot] = initialTransition(chart);
  const began = process.threadCpuUsage();
  for (let i = 0; i < STEPS; i++) [snapshot] = transition(chart, snapshot, { type: "tick" });
  return Promise.resolve(nanosSince(began));
}

function interpreted(start: Start, observer: Observer | undefined): () => Promise<number> {
  const program = Effect.gen(function* () {
    const { send } = yield* start(flow);
    const tick = send({ type: "tick" });
    const began = process.threadCpuUsage();
    for (let i = 0; i < STEPS; i++) yield* tick;
    return nanosSince(began);
  });
  return () => Effect.runPromise(Effect.provideService(Effect.scoped(program), Observer, observer));
}

/** Processor time of this thread, so that other work on the machine is nobody's. */
function nanosSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) * 1_000 / STEPS;
}

/** Measures all in turn, in many short rounds: what they differ by is less than what one round does. */
export async function observerCost(isSmoke: boolean): Promise<Measure> {
  const silent = await copyOfFlow("silent");
  const plain = await copyOfFlow("plain");
  const observed = await copyOfFlow("observed");
  let seen = 0;
  const observer: Observer = { observe: () => void seen++ };
  const outcomes = await inRounds([
    { name: "a flow that cannot be watched", measure: interpreted(silent.start, undefined) },
    { name: "a flow that nobody watches", measure: interpreted(plain.start, undefined) },
    { name: "a flow that is observed", measure: interpreted(observed.start, observer) },
    { name: "XState's pure transition alone", measure: pure },
  ], { rounds: isSmoke ? 40 : 250, warmUp: 20 });
  const figures = figuresOf(outcomes, "ns").map((figure, i) => ({
    ...figure,
    note: `rounds ${spread(outcomes[i], outcomes[0])}`,
  }));
  return {
    name: "A flow's step",
    aim: `nobody watches: at most ${LIMIT_RATIO} times one without any reporter`,
    figures,
    isMet: seen > 0 && (figures[1]?.ratio ?? Number.NaN) <= LIMIT_RATIO,
  };
}
