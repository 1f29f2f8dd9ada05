/**
 * The same flow on XState's own `createActor`, for programs and tools that hold actors.
 *
 * Operations run as Effects on the runtime of whoever asks, timers on its clock. The trace is the
 * interpreter's: the same path by the same events at the same times. A defect in an operation is the
 * actor's error. An `Observer` sees nothing of it: use XState's own inspection.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { actor } from "@bellhop/core/flow/actor";
 * import { define } from "@bellhop/core/flow/definition";
 * import { strictEqual } from "node:assert/strict";
 * import { setup, toPromise } from "xstate";
 *
 * const chart = setup({ types: { output: {} as string } }).createMachine({
 *   id: "resting",
 *   initial: "resting",
 *   states: { resting: { after: { 10: "rested" } }, rested: { type: "final" } },
 *   output: "rested",
 * });
 *
 * const program = Effect.gen(function* () {
 *   const resting = yield* actor(define(chart, { operations: {} }));
 *   resting.start();
 *   return yield* Effect.promise(() => toPromise(resting));
 * });
 *
 * strictEqual(await Effect.runPromise(Effect.scoped(program)), "rested");
 * ```
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import {
  type Actor,
  type ActorOptions,
  type AnyStateMachine,
  createActor,
  type EventObject,
  fromCallback,
} from "xstate";
import type { AnyDefinition, AnyOperation } from "./_invocation.ts";
import type { FlowDefinition, InputOption, OptionalOptions } from "./definition.ts";

/** How the actor is made. */
export type ActorFlowOptions<Chart extends AnyStateMachine> = InputOption<Chart> & {
  /** Timers. Effect's `Clock` unless told; XState's `SimulatedClock` fits. */
  readonly clock?: ActorOptions<Chart>["clock"];
  /** XState's inspection, as `createActor` takes it. */
  readonly inspect?: ActorOptions<Chart>["inspect"];
};

/** Makes an actor of a flow, not yet started. It stops with the scope. */
export function actor<Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  ...[options]: OptionalOptions<Chart, ActorFlowOptions<Chart>>
): Effect.Effect<Actor<Chart>, never, R | Scope.Scope> {
  return Effect.gen(function* () {
    const context = yield* Effect.context<R>();
    const fork = Effect.runForkWith(context) as unknown as Fork;
    const operations = (definition as unknown as AnyDefinition).operations;
    const actors = Object.fromEntries(
      Object.entries(operations).map(([src, operation]) => [src, behaviour(operation, fork)]),
    );
    const made = createActor(definition.chart.provide({ actors } as never) as Chart, {
      ...options,
      clock: options?.clock ?? clockOf(yield* Clock.Clock, fork),
    } as ActorOptions<Chart>);
    yield* Effect.addFinalizer(() => Effect.sync(() => made.stop()));
    return made;
  });
}

type Fork = <A>(effect: Effect.Effect<A>) => Fiber.Fiber<A>;

function behaviour(operation: AnyOperation, fork: Fork): unknown {
  return fromCallback<EventObject, unknown>(({ input, self, sendBack }) => {
    let stopped = false;
    const fiber = fork(Effect.suspend(() => operation.run(input)) as Effect.Effect<EventObject>);
    fiber.addObserver((exit) => {
      if (stopped) return;
      if (Exit.isSuccess(exit)) return sendBack(exit.value);
      // A defect is the actor's error, as XState tells it of its own logic.
      const error = Cause.squash(exit.cause);
      sendBack({ type: `xstate.error.actor.${self.id}`, actorId: self.id, error });
    });
    return () => {
      stopped = true;
      fiber.interruptUnsafe();
    };
  });
}

function clockOf(
  clock: Clock.Clock,
  fork: Fork,
): NonNullable<ActorOptions<AnyStateMachine>["clock"]> {
  const sleepers = new Map<number, Fiber.Fiber<void>>();
  let last = 0;
  return {
    setTimeout(wake: () => void, millis: number) {
      const id = ++last;
      const sleeper = fork(clock.sleep(Duration.millis(millis)));
      sleepers.set(id, sleeper);
      sleeper.addObserver((exit) => {
        if (sleepers.delete(id) && Exit.isSuccess(exit)) wake();
      });
      return id;
    },
    clearTimeout(id: number) {
      const sleeper = sleepers.get(id);
      sleepers.delete(id);
      sleeper?.interruptUnsafe();
    },
  };
}
