/**
 * Operations under way.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import * as Tracer from "effect/Tracer";
import type { EventObject } from "xstate";
import type { AnyOperation } from "./_invocation.ts";
import type { OperationRun } from "./_reporter.ts";

/** An operation that the chart asked for. */
export interface RunningOperation extends OperationRun {
  readonly input: unknown;
  /** Absent until it was launched. */
  fiber: Fiber.Fiber<EventObject> | undefined;
}

/** Whose operation it is. */
export interface OperationHost {
  readonly context: Context.Context<never>;
  /** Absent: operations have no spans either, but those of what they do. */
  readonly span: Tracer.Span | undefined;
  /** Name of the operation's own span. */
  readonly name: string;
}

/**
 * Runs an operation as a fiber, its span a child of the flow's if that has one.
 *
 * Operations that begin together are called in the chart's order, whichever of their fibers has its
 * first turn.
 */
export function fork(
  operation: AnyOperation,
  input: unknown,
  { context, span, name }: OperationHost,
): Fiber.Fiber<EventObject> {
  const effect = called(operation, input);
  if (span === undefined) return Effect.runForkWith(context)(effect);
  const spanned = Effect.withSpan(effect, name, { captureStackTrace: false });
  return Effect.runForkWith(Context.add(context, Tracer.ParentSpan, span))(spanned);
}

function called(operation: AnyOperation, input: unknown): Effect.Effect<EventObject> {
  try {
    return operation.run(input) as Effect.Effect<EventObject>;
  } catch (fault) {
    return Effect.die(fault);
  }
}

const NONE: ReadonlyArray<never> = Object.freeze([]);

/** All but one. The empty list is one and the same, since a flow that waits keeps it. */
export function without<A>(all: ReadonlyArray<A>, one: A): ReadonlyArray<A> {
  const rest = all.filter((each) => each !== one);
  return rest.length === 0 ? NONE : rest;
}
