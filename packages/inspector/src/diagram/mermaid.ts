/**
 * A chart as a Mermaid state diagram, which many Markdown viewers draw.
 *
 * ```ts
 * import { clientCredentials } from "@bellhop/core/chart/client_credentials";
 * import { graphOf } from "@bellhop/inspector/diagram/graph_of";
 * import { mermaid } from "@bellhop/inspector/diagram/mermaid";
 * import { strictEqual } from "node:assert/strict";
 *
 * const [first, second] = mermaid(graphOf(clientCredentials)).split("\n");
 *
 * strictEqual(first, "stateDiagram-v2");
 * strictEqual(second, "  [*] --> trying");
 * ```
 *
 * @module
 */
import type { ChartGraph, GraphEdge, GraphNode } from "./chart_graph.ts";

/**
 * Draws a chart. An edge stands in the innermost state that holds both its ends; one that leaves any
 * state begins at `anyState`, and one that is passed without an event bears its guard. What stays in
 * its state is left out.
 */
export function mermaid(graph: ChartGraph): string {
  const drawing: Drawing = {
    nodes: graph.nodes,
    edges: graph.edges.filter(({ stays }) => stays !== true),
    ids: idsOf(graph.nodes),
  };
  return ["stateDiagram-v2", ...linesOf("", drawing, "  ")].join("\n");
}

interface Drawing {
  readonly nodes: ReadonlyArray<GraphNode>;
  readonly edges: ReadonlyArray<GraphEdge>;
  /** Mermaid's name for each path. */
  readonly ids: ReadonlyMap<string, string>;
}

/** A state's own name where no other has it; Mermaid knows no names within names. */
function idsOf(nodes: ReadonlyArray<GraphNode>): ReadonlyMap<string, string> {
  const states = nodes.filter(({ id }) => id !== "");
  const isPlain = ({ name }: GraphNode) =>
    /^\w+$/.test(name) && name !== "anyState" &&
    states.filter((other) => other.name === name).length === 1;
  const ids = states.map((node, index): [string, string] => [
    node.id,
    isPlain(node) ? node.name : `state${index}_${node.id.replaceAll(/\W/g, "_")}`,
  ]);
  return new Map([["", "anyState"], ...ids]);
}

function linesOf(path: string, drawing: Drawing, indent: string): ReadonlyArray<string> {
  const { nodes, edges, ids } = drawing;
  const children = nodes.filter(({ parent }) => parent === path);
  const parent = nodes.find(({ id }) => id === path);
  const idOf = ({ id }: GraphNode) => ids.get(id) ?? id;
  const initial = parent?.kind === "parallel" ? [] : children.filter((node) => node.isInitial);
  return [
    ...children.filter((node) => idOf(node) !== node.name).map((node) =>
      `${indent}state "${escape(node.name)}" as ${idOf(node)}`
    ),
    ...initial.map((node) => `${indent}[*] --> ${idOf(node)}`),
    ...children.flatMap((child, index) => {
      const inner = linesOf(child.id, drawing, `${indent}  `);
      const between = parent?.kind === "parallel" && index > 0 ? [`${indent}--`] : [];
      return inner.length === 0
        ? between
        : [...between, `${indent}state ${idOf(child)} {`, ...inner, `${indent}}`];
    }),
    ...joined(edges.filter((edge) => holderOf(edge) === path), ids).map((line) =>
      `${indent}${line}`
    ),
    ...children.filter(({ kind }) => kind === "final").map((node) =>
      `${indent}${idOf(node)} --> [*]`
    ),
  ];
}

/** One line for all edges between the same two states. */
function joined(
  edges: ReadonlyArray<GraphEdge>,
  ids: ReadonlyMap<string, string>,
): ReadonlyArray<string> {
  const labels = new Map<string, ReadonlySet<string>>();
  for (const edge of edges) {
    const ends = `${ids.get(edge.from)} --> ${ids.get(edge.to)}`;
    labels.set(ends, new Set([...labels.get(ends) ?? [], labelOf(edge)]));
  }
  return [...labels].map(([ends, all]) => `${ends}: ${[...all].join(", ")}`);
}

function labelOf({ kind, event, guard }: GraphEdge): string {
  return escape(kind === "always" ? guard ?? "else" : event);
}

/** Mermaid ends a statement at a semicolon, and a name at a quotation mark. */
function escape(text: string): string {
  return text.replaceAll(/[#;"<>\n]/g, (letter) => `#${letter.codePointAt(0)};`);
}

/** Path of the innermost state around both ends. */
function holderOf({ from, to }: GraphEdge): string {
  const around = from.split(".").slice(0, -1);
  const other = to.split(".").slice(0, -1);
  const end = around.findIndex((name, index) => name !== other[index]);
  return around.slice(0, end < 0 ? around.length : end).join(".");
}
