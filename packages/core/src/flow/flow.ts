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
import * as Exit from "effect/Exit";
import * as Queue from "effect/Queue";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type {
  AnyStateMachine,
  ContextFrom,
  EmittedFrom,
  EventFromLogic,
  EventObject,
  OutputFrom,
} from "xstate";
import { Interpreter, type InterpreterOptions } from "./_interpreter.ts";
import type { AnyDefinition } from "./_invocation.ts";
import { snapshotOf } from "./_snapshot.ts";
import { check, type Checkpoint } from "./checkpoint.ts";
import { CheckpointError, FlowEnded, OperationUnderWay } from "./checkpoint_error.ts";
import {
  chartVersion,
  type FlowDefinition,
  type InputOption,
  type OptionalOptions,
} from "./definition.ts";
import { pathOf } from "./path.ts";

/** How a flow is started. */
export type StartOptions<Chart extends AnyStateMachine> = InputOption<Chart> & {
  /** Names the run in traces. Made up when absent. */
  readonly flowId?: string;
};

/** How a flow that lives as long as its program is started. */
export type ServiceOptions<Chart extends AnyStateMachine> = StartOptions<Chart> & {
  /**
   * Runs for each event that the chart emits, in order and never in the way of the flow itself.
   * `emitted` then has nothing.
   */
  readonly onEmit?: (event: EmittedFrom<Chart>) => Effect.Effect<void>;
  /**
   * Called after each step with the state's dotted path and the chart's context. It must be quick,
   * and must not throw.
   */
  readonly onStep?: (path: string, context: ContextFrom<Chart>) => void;
  /**
   * Whether the flow is a span, and each operation one below it. A flow without end has none: what
   * its operations do is traced where the operations say.
   *
   * @default true
   */
  readonly isTraced?: boolean;
};

/** How a flow is run. */
export type RunOptions<Chart extends AnyStateMachine, R = never> = StartOptions<Chart> & {
  /**
   * Runs for each event that the chart emits: in order, in the flow's scope, and never in the way
   * of the flow itself. What still runs when the flow ends is interrupted, and what still waits for
   * its turn then is dropped.
   */
  readonly onEmit?: (event: EmittedFrom<Chart>) => Effect.Effect<void, never, R>;
};

/** How many emitted events wait for a reader before the oldest is dropped. */
const EMITTED_KEPT = 1_024;

/** A flow that runs. */
export interface Flow<Chart extends AnyStateMachine> {
  /** Names the run in traces and checkpoints. */
  readonly flowId: string;
  /**
   * What the chart emits, from the beginning, for one reader. Ends with the flow. Of what nobody
   * reads, the last 1,024 events are kept.
   */
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

/**
 * Runs a flow to its end. The value is the chart's output; only a defect fails it.
 *
 * Interruption ends its operations and timers, and returns when their finalizers are done.
 */
export function run<Chart extends AnyStateMachine, R, R2 = never>(
  definition: FlowDefinition<Chart, R>,
  ...[options]: OptionalOptions<Chart, RunOptions<Chart, R2>>
): Effect.Effect<OutputFrom<Chart>, never, R | R2> {
  return Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      Effect.makeSpan(definition.chart.id),
      (span) =>
        Effect.withFiber<OutputFrom<Chart>, never, R | R2>(({ context }) => {
          const interpreter = new Interpreter(
            definition,
            (options ?? {}) as InterpreterOptions,
            { context, span },
          );
          interpreter.start(options?.input);
          return outcomeOf(interpreter, restore) as Effect.Effect<OutputFrom<Chart>>;
        }),
    )
  );
}

function outcomeOf(
  interpreter: Interpreter,
  restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>,
): Effect.Effect<unknown> {
  const loop = Effect.onExitPrimitive(
    restore(Effect.whileLoop(interpreter)),
    (exit) => Exit.isFailure(exit) ? interpreter.stop() : undefined,
  );
  return Effect.flatMap(loop, () => interpreter.end);
}

/** Starts a flow and hands it over while it runs. It ends with the scope. */
export function start<Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  ...[options]: OptionalOptions<Chart, ServiceOptions<Chart>>
): Effect.Effect<Flow<Chart>, never, R | Scope.Scope> {
  return launch(
    definition,
    (options ?? {}) as ServiceOptions<AnyStateMachine>,
    (interpreter) => interpreter.start(options?.input),
  );
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
      { flowId },
      (interpreter) => interpreter.resume({ snapshot, timers, operations }),
    );
  });
}

const launch = Effect.fnUntraced(function* <Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  { flowId, isTraced = true, onEmit, onStep }: ServiceOptions<AnyStateMachine>,
  begin: (interpreter: Interpreter) => void,
) {
  // A scope of its own, so that a flow that ended leaves nothing behind in the caller's.
  const scope = yield* Scope.fork(yield* Scope.Scope);
  const span = isTraced ? yield* Effect.makeSpan(definition.chart.id) : undefined;
  const clock = yield* Clock.Clock;
  const context = (yield* Effect.context<R>()) as Context.Context<never>;
  const emitted = yield* Queue.sliding<EventObject, Cause.Done>(EMITTED_KEPT);
  const output = yield* Deferred.make<unknown>();
  const interpreter = new Interpreter(definition, {
    flowId,
    onEmit: onEmit ?? ((event) => Effect.asVoid(Queue.offer(emitted, event))),
    onStep: onStep === undefined
      ? undefined
      : ({ value, context: remembered }) => onStep(pathOf(value), remembered),
    onEnd: (end) => {
      Queue.endUnsafe(emitted);
      Deferred.doneUnsafe(output, end);
      Effect.runForkWith(context)(Scope.close(scope, Exit.void));
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
}, Effect.uninterruptible);

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
