/**
 * The helper with which a chart declares an operation: types for XState, and no behaviour.
 *
 * An operation is what touches the world on a chart's behalf. Its value is the chart's next event.
 * How it is done is bound later: by `flow/` as an Effect, or by `chart.provide` as any actor logic.
 *
 * ```ts
 * import { operation } from "@bellhop/core/chart/operation";
 * import { setup } from "xstate";
 *
 * export const chart = setup({
 *   types: { events: {} as { readonly type: "found" } },
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
 * });
 * ```
 *
 * @module
 */
import { type CallbackActorLogic, type EventObject, fromCallback } from "xstate";

/** The declaration of an operation: its input, and the events that may answer it. */
export type OperationLogic<Input, Answer extends EventObject> = CallbackActorLogic<Answer, Input>;

/**
 * Declares an operation of a chart. Under a plain actor it waits for ever: give it behaviour first.
 *
 * @returns Actor logic that carries the types and does nothing.
 */
export function operation<Input, Answer extends EventObject>(): OperationLogic<Input, Answer> {
  return fromCallback<Answer, Input>(() => {});
}
