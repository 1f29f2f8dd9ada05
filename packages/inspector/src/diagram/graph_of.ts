/**
 * The graph of a chart, read from its machine.
 *
 * ```ts
 * import { deviceAuthorization } from "@bellhop/core/chart/device_authorization";
 * import { graphOf } from "@bellhop/inspector/diagram/graph_of";
 * import { strictEqual } from "node:assert/strict";
 *
 * const graph = graphOf(deviceAuthorization);
 *
 * const slowDown = graph.edges.find(({ event }) => event === "slow_down");
 * strictEqual(slowDown?.from, "awaitingUser.polling");
 * strictEqual(slowDown?.to, "awaitingUser.waiting");
 * ```
 *
 * @module
 */
import { chartVersion } from "@bellhop/core/flow/definition";
import { eventName } from "@bellhop/core/flow/path";
import type { AnyStateMachine, AnyStateNode } from "xstate";
import type { ChartGraph, GraphEdge, GraphNode } from "./chart_graph.ts";

/** Reads the graph of any machine: its states as they are written, and every transition of each. */
export function graphOf(chart: AnyStateMachine): ChartGraph {
  const states = [...allStates(chart.root)];
  return {
    id: chart.id,
    version: chartVersion(chart),
    description: chart.root.description ?? "",
    nodes: states.map(nodeOf),
    edges: states.flatMap((state) => [
      ...alternativesOf(state, "always", state.always ?? []),
      ...[...state.transitions].flatMap(([type, all]) =>
        alternativesOf(state, eventName(type), all)
      ),
    ]),
  };
}

/** What is read of a transition. */
interface Alternative {
  readonly target?: ReadonlyArray<AnyStateNode> | undefined;
  readonly guard?: unknown;
  readonly actions: ReadonlyArray<unknown>;
}

function* allStates(state: AnyStateNode): Generator<AnyStateNode> {
  yield state;
  for (const child of Object.values(state.states)) yield* allStates(child);
}

function nodeOf(state: AnyStateNode): GraphNode {
  const { parent } = state;
  const isInitial = parent !== undefined &&
    (parent.type === "parallel" || parent.initial.target.includes(state));
  return {
    id: pathOf(state),
    name: state.key,
    ...(parent === undefined ? {} : { parent: pathOf(parent) }),
    kind: state.type === "history" ? "atomic" : state.type,
    isInitial,
    description: state.description ?? "",
    operations: state.invoke.map(({ src }) => nameOf(src, "operation")),
  };
}

/** The edges of all that one event may bring about in a state. */
function alternativesOf(
  state: AnyStateNode,
  event: string,
  all: ReadonlyArray<Alternative>,
): ReadonlyArray<GraphEdge> {
  const from = pathOf(state);
  return all.flatMap((alternative, index) => {
    const guard = guardOf(alternative, index);
    const targets = alternative.target?.map(pathOf) ?? [];
    const edge = {
      from,
      event,
      kind: kindOf(event),
      ...(guard === undefined ? {} : { guard }),
      actions: alternative.actions.map((action) => nameOf(action, "action")),
    };
    const id = `${from}/${event}/${index}`;
    if (targets.length === 0) return [{ id, ...edge, to: from, stays: true as const }];
    return targets.map((to, turn) => ({ id: turn === 0 ? id : `${id}/${turn}`, ...edge, to }));
  });
}

function kindOf(event: string): GraphEdge["kind"] {
  if (event === "always") return "always";
  return event.startsWith("after ") ? "delay" : "event";
}

function guardOf({ guard }: Alternative, index: number): string | undefined {
  if (guard !== undefined) return nameOf(guard, "guard");
  return index === 0 ? undefined : "else";
}

/** The name under which something was declared, or what it is where it was written in place. */
function nameOf(declared: unknown, otherwise: string): string {
  if (typeof declared === "string") return declared;
  if (typeof declared === "object" && declared !== null && "type" in declared) {
    return String(declared.type);
  }
  return otherwise;
}

function pathOf(state: AnyStateNode): string {
  return state.path.join(".");
}
