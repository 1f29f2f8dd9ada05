/**
 * What a chart's state invokes, read off the chart when a flow is resumed.
 *
 * @module
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from "xstate";
import type { CheckpointOperation } from "./checkpoint.ts";
import type { FlowDefinition, Operation } from "./definition.ts";

// The interpreter runs any chart; what a chart's types promise was checked where it was defined.
// deno-lint-ignore no-explicit-any
export type AnyOperation = Operation<any, EventObject, any>;

export interface AnyDefinition {
  readonly chart: AnyStateMachine;
  readonly operations: Readonly<Record<string, AnyOperation>>;
  readonly context: FlowDefinition<AnyStateMachine, unknown>["context"];
}

/** One invocation with its input resolved. */
export interface Invocation extends CheckpointOperation {
  readonly input: unknown;
}

/**
 * Finds the invocations of the active states that were under way. An input is computed from the
 * context alone: the event that once led into the state is gone.
 */
export function invocationsOf(
  snapshot: AnyMachineSnapshot,
  underWay: ReadonlyArray<CheckpointOperation>,
): ReadonlyArray<Invocation> {
  return snapshot._nodes
    .flatMap((node) => node.invoke)
    .filter(({ id }) => underWay.some((operation) => operation.id === id))
    .map(({ id, src, input }) => ({
      id,
      src: src as string,
      input: typeof input === "function"
        ? input({
          context: snapshot.context,
          event: { type: "xstate.init" },
          self: undefined as never,
        })
        : input,
    }));
}
