/**
 * Draws charts as Mermaid state diagrams and keeps the documentation's pictures equal to them.
 *
 * `node tools/chart_diagram.ts --write` renews the fences; its test fails where one has drifted.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { authorizationCode } from "@bellhop/core/chart/authorization_code";
import { deviceAuthorization } from "@bellhop/core/chart/device_authorization";
import { session } from "@bellhop/core/chart/session";
import type { AnyStateMachine, AnyStateNode } from "xstate";

const root = new URL("../", import.meta.url);

/** Which page shows which chart, between `<!-- chart: id -->` and the end of the fence after it. */
export const pages: ReadonlyArray<readonly [path: string, chart: AnyStateMachine]> = [
  ["README.md", deviceAuthorization],
  ["docs/authorization_code.md", authorizationCode],
  ["docs/device_authorization.md", deviceAuthorization],
  ["docs/session.md", session],
];

/**
 * Draws a chart. An edge stands in the innermost state that holds both its ends; one that leaves any
 * state begins at `anyState`, and one that is passed without an event bears its guard.
 */
export function mermaid(chart: AnyStateMachine): string {
  const edges = [...allStates(chart.root)].flatMap(edgesOf);
  return ["stateDiagram-v2", ...linesOf(chart.root, edges, "  ")].join("\n");
}

/** A page's text with its chart's fence made anew. */
export function withDiagram(text: string, chart: AnyStateMachine): string {
  const start = text.indexOf(`<!-- chart: ${chart.id} -->`);
  const end = text.indexOf("\n```\n", start);
  if (start < 0 || end < 0) throw new Error(`No fence for the chart "${chart.id}"`);
  const fence = `<!-- chart: ${chart.id} -->\n\n\`\`\`mermaid\n${mermaid(chart)}`;
  return text.slice(0, start) + fence + text.slice(end);
}

/** Reads a page of the repository. */
export function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

interface Edge {
  readonly from: AnyStateNode;
  readonly to: AnyStateNode;
  readonly label: string;
}

function* allStates(node: AnyStateNode): Generator<AnyStateNode> {
  yield node;
  for (const child of Object.values(node.states)) yield* allStates(child);
}

function edgesOf(from: AnyStateNode): ReadonlyArray<Edge> {
  const answered = [...from.transitions.values()].flat().flatMap(({ eventType, target }) =>
    (target ?? []).map((to) => ({ from, to, label: labelOf(eventType) }))
  );
  const passed = (from.always ?? []).flatMap(({ guard, target }) =>
    (target ?? []).map((to) => ({ from, to, label: typeof guard === "string" ? guard : "else" }))
  );
  return [...passed, ...answered];
}

function labelOf(eventType: string): string {
  return eventType.startsWith("xstate.after.")
    ? `after ${eventType.split(".")[2] ?? ""}`
    : eventType;
}

function linesOf(
  node: AnyStateNode,
  edges: ReadonlyArray<Edge>,
  indent: string,
): ReadonlyArray<string> {
  const children = Object.values(node.states);
  const [initial] = node.initial?.target ?? [];
  return [
    ...(initial === undefined ? [] : [`${indent}[*] --> ${initial.key}`]),
    ...children.flatMap((child) =>
      Object.keys(child.states).length === 0
        ? []
        : [`${indent}state ${child.key} {`, ...linesOf(child, edges, `${indent}  `), `${indent}}`]
    ),
    ...joined(edges.filter(({ from, to }) => commonParent(from, to) === node)).map((line) =>
      `${indent}${line}`
    ),
    ...children.filter(({ type }) => type === "final").map(({ key }) => `${indent}${key} --> [*]`),
  ];
}

/** One line for all edges between the same two states. */
function joined(edges: ReadonlyArray<Edge>): ReadonlyArray<string> {
  const labels = new Map<string, Array<string>>();
  for (const { from, to, label } of edges) {
    const ends = `${from.parent === undefined ? "anyState" : from.key} --> ${to.key}`;
    labels.set(ends, [...new Set([...labels.get(ends) ?? [], label])]);
  }
  return [...labels].map(([ends, all]) => `${ends}: ${all.join(", ")}`);
}

function commonParent(one: AnyStateNode, other: AnyStateNode): AnyStateNode | undefined {
  if (one.parent === undefined) return one;
  const parents = new Set<AnyStateNode>();
  for (let node: AnyStateNode | undefined = one.parent; node !== undefined; node = node.parent) {
    parents.add(node);
  }
  let node = other.parent;
  while (node !== undefined && !parents.has(node)) node = node.parent;
  return node;
}

if (process.argv.includes("--write")) {
  for (const [path, chart] of pages) {
    writeFileSync(new URL(path, root), withDiagram(read(path), chart));
  }
}
