/**
 * Running a flow: start it, watch what it emits, send it events, take a checkpoint, resume it.
 *
 * A flow runs in a scope. Leaving the scope, or interrupting the fiber that runs it, ends every
 * operation and timer of it.
 *
 * ```ts
 * import { Effect, Fiber } from "effect";
 * import { TestClock } from "effect/testing";
 * import { define } from "@bellhop/core/flow/definition";
 * import { run } from "@bellhop/core/flow/flow";
 * import { strictEqual } from "node:assert/strict";
 * import { setup } from "xstate";
 *
 * const chart = setup({ types: { output: {} as string }, delays: { aMinute: 60_000 } }).createMachine({
 *   id: "resting",
 *   initial: "resting",
 *   states: { resting: { after: { aMinute: "rested" } }, rested: { type: "final" } },
 *   output: "rested",
 * });
 *
 * const program = Effect.gen(function* () {
 *   const fiber = yield* Effect.forkChild(run(define(chart, { operations: {} })));
 *   yield* TestClock.adjust("1 minute");
 *   return yield* Fiber.join(fiber);
 * });
 *
 * strictEqual(await Effect.runPromise(Effect.provide(program, TestClock.layer())), "rested");
 * ```
 *
 * @module
 */
import type * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import type * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  ContextFrom,
  EmittedFrom,
  EventFromLogic,
  EventObject,
  InputFrom,
  OutputFrom,
} from "xstate";
import { Interpreter, type InterpreterOptions } from "./_interpreter.ts";
import type { AnyDefinition } from "./_invocation.ts";
import { check, type Checkpoint } from "./checkpoint.ts";
import { CheckpointError, FlowEnded, OperationUnderWay } from "./checkpoint_error.ts";
import { chartVersion, type FlowDefinition } from "./definition.ts";
import { pathOf } from "./path.ts";

/** How a flow is run. */
export interface RunOptions<Chart extends AnyStateMachine, R = never> {
  /** The chart's input. */
  readonly input?: InputFrom<Chart>;
  /**
   * Runs for each event that the chart emits: in order, in the flow's scope, and never in the way
   * of the flow itself. What still runs when the flow ends is interrupted.
   */
  readonly onEmit?: (event: EmittedFrom<Chart>) => Effect.Effect<void, never, R>;
  /** Names the run in traces. Made up when absent. */
  readonly flowId?: string;
}

/** How a flow is started or resumed. */
export interface StartOptions<Chart extends AnyStateMachine> {
  /** The chart's input. */
  readonly input?: InputFrom<Chart>;
  /** Names the run in traces. Made up when absent. */
  readonly flowId?: string;
}

/** A flow that runs. */
export interface Flow<Chart extends AnyStateMachine> {
  /** Names the run in traces and checkpoints. */
  readonly flowId: string;
  /** What the chart emits, from the beginning, for one reader. Ends with the flow. */
  readonly emitted: Stream.Stream<EmittedFrom<Chart>>;
  /** Dotted path of the current state. */
  readonly path: Effect.Effect<string>;
  /** Puts an event into the flow's mailbox. The chart ignores what its state has no use for. */
  readonly send: (event: EventFromLogic<Chart>) => Effect.Effect<void>;
  /** The flow as it stands now. It goes on: close its scope if another process is to resume it. */
  readonly checkpoint: Effect.Effect<Checkpoint<ContextFrom<Chart>>, CheckpointError>;
  /** Waits for the flow's output. */
  readonly await: Effect.Effect<OutputFrom<Chart>>;
}

/** Runs a flow to its end. The value is the chart's output; only a defect fails it. */
export function run<Chart extends AnyStateMachine, R, R2 = never>(
  definition: FlowDefinition<Chart, R>,
  options: RunOptions<Chart, R2> = {},
): Effect.Effect<OutputFrom<Chart>, never, R | R2> {
  return Effect.flatMap(
    Effect.makeSpan(definition.chart.id),
    (span) =>
      Effect.withFiber<OutputFrom<Chart>, never, R | R2>(({ context }) => {
        const interpreter = new Interpreter(
          definition,
          options as InterpreterOptions,
          { context, span },
        );
        interpreter.start(options.input);
        return outcomeOf(interpreter) as Effect.Effect<OutputFrom<Chart>>;
      }),
  );
}

function outcomeOf(interpreter: Interpreter): Effect.Effect<unknown> {
  const loop = Effect.onInterrupt(Effect.whileLoop(interpreter), () => interpreter.stop());
  return Effect.flatMap(loop, () => interpreter.end);
}

/** Starts a flow and hands it over while it runs. It ends with the scope. */
export function start<Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  options: StartOptions<Chart> = {},
): Effect.Effect<Flow<Chart>, never, R | Scope.Scope> {
  return launch(definition, options.flowId, (interpreter) => interpreter.start(options.input));
}

/**
 * Goes on from a checkpoint. Timers that are overdue fire at once, in the order they were due; what
 * is left of the others is waited for; operations that were under way start again.
 *
 * @returns The flow, or a typed refusal when the checkpoint is of another chart or version.
 */
export function resume<Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  checkpoint: Checkpoint<ContextFrom<Chart>>,
): Effect.Effect<Flow<Chart>, CheckpointError, R | Scope.Scope> {
  const { flowId, timers, operations } = checkpoint;
  return Effect.flatMap(check(definition, checkpoint), () => {
    const snapshot = snapshotOf(definition.chart, checkpoint);
    return launch(
      definition,
      flowId,
      (interpreter) => interpreter.resume({ snapshot, timers, operations }),
    );
  });
}

function snapshotOf(
  chart: AnyStateMachine,
  { value, context, operations }: Checkpoint<unknown>,
): AnyMachineSnapshot {
  const snapshot: AnyMachineSnapshot = chart.resolveState({ value, context });
  // Without these, leaving the state would ask to stop a child that has no id.
  snapshot.children = Object.fromEntries(operations.map(({ id }) => [id, { id } as never]));
  return snapshot;
}

const launch = Effect.fnUntraced(function* <Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  flowId: string | undefined,
  begin: (interpreter: Interpreter) => void,
) {
  const scope = yield* Scope.Scope;
  const span = yield* Effect.makeSpan(definition.chart.id);
  const clock = yield* Clock.Clock;
  const context = (yield* Effect.context<R>()) as Context.Context<never>;
  const emitted = yield* Queue.unbounded<EventObject, Cause.Done>();
  const output = yield* Deferred.make<unknown>();
  const interpreter = new Interpreter(definition, {
    flowId,
    onEmit: (event) => Effect.asVoid(Queue.offer(emitted, event)),
    onEnd: (end) => {
      Queue.endUnsafe(emitted);
      Deferred.doneUnsafe(output, end);
    },
  }, { context, span });
  yield* Scope.addFinalizer(scope, Effect.suspend(() => interpreter.stop()));
  begin(interpreter);
  const flow: Flow<Chart> = {
    flowId: interpreter.flowId,
    emitted: Stream.fromQueue(emitted) as Flow<Chart>["emitted"],
    path: Effect.sync(() => pathOf(interpreter.snapshot?.value ?? "")),
    send: (event) => Effect.sync(() => interpreter.send(event as EventObject)),
    checkpoint: Effect.suspend(() => take(definition, interpreter, clock)),
    await: Deferred.await(output) as Effect.Effect<OutputFrom<Chart>>,
  };
  return flow;
});

function take<Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  interpreter: Interpreter,
  clock: Clock.Clock,
): Effect.Effect<Checkpoint<ContextFrom<Chart>>, CheckpointError> {
  const { snapshot, operations, timers, flowId } = interpreter;
  const bindings = (definition as unknown as AnyDefinition).operations;
  const once = operations.find(({ src }) => bindings[src]?.onResume === "never");
  if (snapshot === undefined || snapshot.status !== "active") {
    return Effect.fail(new CheckpointError({ reason: new FlowEnded() }));
  }
  if (once !== undefined) {
    return Effect.fail(
      new CheckpointError({ reason: new OperationUnderWay({ operation: once.src }) }),
    );
  }
  return Effect.succeed({
    format: 1,
    chart: definition.chart.id,
    chartVersion: chartVersion(definition.chart),
    flowId,
    at: clock.currentTimeMillisUnsafe(),
    value: snapshot.value,
    context: snapshot.context,
    timers,
    operations,
  });
}
