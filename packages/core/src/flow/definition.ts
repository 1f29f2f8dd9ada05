/**
 * A flow's definition: a chart, and what its operations do.
 *
 * The chart's type tells which operations it declares, with which input and which answers; a missing
 * operation, a wrong answer or a missing service is a compile error.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { operation } from "@bellhop/core/chart/operation";
 * import { define } from "@bellhop/core/flow/definition";
 * import { run } from "@bellhop/core/flow/flow";
 * import { strictEqual } from "node:assert/strict";
 * import { setup } from "xstate";
 *
 * const chart = setup({
 *   types: { events: {} as { readonly type: "found" }, output: {} as string },
 *   actors: { look: operation<{ readonly where: string }, { readonly type: "found" }>() },
 * }).createMachine({
 *   id: "looking",
 *   initial: "looking",
 *   states: {
 *     looking: {
 *       invoke: { id: "look", src: "look", input: { where: "here" } },
 *       on: { found: "done" },
 *     },
 *     done: { type: "final" },
 *   },
 *   output: "it was here",
 * });
 *
 * const looking = define(chart, {
 *   operations: {
 *     look: { onResume: "rerun", run: () => Effect.succeed({ type: "found" }) },
 *   },
 * });
 *
 * strictEqual(await Effect.runPromise(run(looking)), "it was here");
 * ```
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import type * as Schema from "effect/Schema";
import type {
  AnyStateMachine,
  CallbackActorLogic,
  ContextFrom,
  EventObject,
  InputFrom,
  StateMachine,
} from "xstate";

/** What one operation of a chart does. */
export interface Operation<Input, Answer extends EventObject, R> {
  /**
   * Touches the world once. The value is the chart's next event. It never fails: what goes wrong is
   * an event too. A defect ends the flow.
   */
  readonly run: (input: Input) => Effect.Effect<Answer, never, R>;
  /**
   * What happens on resume when the checkpoint was taken while this was under way:
   * - `rerun`: it starts again from the beginning;
   * - `never`: it must not run twice, so that no checkpoint can be taken during it;
   * - a function: it is not run again, and this event is its answer.
   */
  readonly onResume: "rerun" | "never" | ((input: Input) => Answer);
}

/** What a chart's machine declares as actors. */
type ActorsOf<Chart extends AnyStateMachine> = Chart extends StateMachine<
  infer _Context,
  infer _Event,
  infer _Children,
  infer Actor,
  infer _Action,
  infer _Guard,
  infer _Delay,
  infer _Value,
  infer _Tag,
  infer _Input,
  infer _Output,
  infer _Emitted,
  infer _Meta,
  infer _Schema,
  infer _TransitionMeta
> ? Actor
  : never;

/** One {@linkcode Operation} for each that the chart declares, by its name. */
export type OperationsOf<Chart extends AnyStateMachine, R> = {
  readonly [Actor in ActorsOf<Chart> as Actor["src"] & string]: Actor["logic"] extends
    CallbackActorLogic<infer Answer, infer Input, infer _Emitted> ? Operation<Input, Answer, R>
    : never;
};

/** A codec for a chart's context, so that checkpoints of the flow can be sealed and opened. */
export type ContextCodec<Chart extends AnyStateMachine> = Schema.Codec<
  ContextFrom<Chart>,
  // The encoded side is JSON whose shape is the codec's own business.
  // deno-lint-ignore no-explicit-any
  any
>;

/** A chart with its operations: what `Flow.run` runs. */
export interface FlowDefinition<Chart extends AnyStateMachine, R> {
  /** The machine. */
  readonly chart: Chart;
  /** What its operations do. */
  readonly operations: OperationsOf<Chart, R>;
  /** Absent: checkpoints can be taken and resumed, but not sealed. */
  readonly context: ContextCodec<Chart> | undefined;
}

/** The chart's input: needed where the chart takes one. */
export type InputOption<Chart extends AnyStateMachine> = undefined extends InputFrom<Chart>
  ? { readonly input?: InputFrom<Chart> }
  : { readonly input: InputFrom<Chart> };

/** An options argument, which may be left out where the chart takes no input. */
export type OptionalOptions<Chart extends AnyStateMachine, Options> = undefined extends
  InputFrom<Chart> ? [options?: Options]
  : [options: Options];

/** The services that a chart's operations need, read off the operations themselves. */
type ServicesOf<Operations> = {
  [Name in keyof Operations]: Operations[Name] extends {
    readonly run: (input: never) => Effect.Effect<infer _A, infer _E, infer R>;
  } ? R
    : never;
}[keyof Operations];

/** Ties a chart to what its operations do. */
export function define<
  Chart extends AnyStateMachine,
  // `any` is the open end of R: what it stands for is read off by ServicesOf.
  // deno-lint-ignore no-explicit-any
  const Operations extends OperationsOf<Chart, any>,
>(
  chart: Chart,
  options: {
    readonly operations: Operations;
    readonly context?: ContextCodec<Chart> | undefined;
  },
): FlowDefinition<Chart, ServicesOf<Operations>> {
  return {
    chart,
    operations: options.operations,
    context: options.context,
  };
}

/** The chart's version, as a checkpoint records it. A chart without one has version `0`. */
export function chartVersion(chart: AnyStateMachine): string {
  return chart.version ?? "0";
}
