/**
 * A chart as text for terminals: its states as a tree, and under each what leads where.
 *
 * ```ts
 * import { deviceAuthorization } from "@bellhop/core/chart/device_authorization";
 * import { ascii } from "@bellhop/inspector/diagram/ascii";
 * import { graphOf } from "@bellhop/inspector/diagram/graph_of";
 * import { ok } from "node:assert/strict";
 *
 * const text = ascii(graphOf(deviceAuthorization), { current: "awaitingUser.polling" });
 *
 * ok(text.includes("after interval → awaitingUser.polling"));
 * ```
 *
 * @module
 */
import type { ChartGraph, GraphEdge, GraphNode } from "./chart_graph.ts";

/** How a chart is written. */
export interface AsciiOptions {
  /** Path of the state that a flow is in: it is marked. */
  readonly current?: string | undefined;
  /**
   * How wide the text may be; no more than 100 columns, and no less than 40.
   *
   * @default 100
   */
  readonly columns?: number | undefined;
  /** Whether sentences are dim and names bold, by the terminal's escape sequences. */
  readonly isStyled?: boolean | undefined;
}

const MAX_COLUMNS = 100;
const MIN_COLUMNS = 40;

/** Writes a chart, a line feed between its lines. */
export function ascii(graph: ChartGraph, options: AsciiOptions = {}): string {
  const { columns = MAX_COLUMNS, current, isStyled = false } = options;
  const writing: Writing = {
    graph,
    current,
    isStyled,
    columns: Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, columns)),
  };
  const [root] = graph.nodes;
  const edges = graph.edges.filter(({ from }) => from === "");
  return [
    `${styled(graph.id, BOLD, writing)} (version ${graph.version})`,
    ...root === undefined ? [] : sentence(root, "│ ", writing),
    ...edges.length === 0 ? [] : ["│ from any state:", ...transitions(edges, "│   ", writing)],
    ...below("", "", writing),
  ].join("\n");
}

interface Writing {
  readonly graph: ChartGraph;
  readonly current: string | undefined;
  readonly columns: number;
  readonly isStyled: boolean;
}

const BOLD = 1;
const DIM = 2;

function styled(text: string, code: number, { isStyled }: Writing): string {
  return isStyled ? `\u001b[${code}m${text}\u001b[0m` : text;
}

function below(path: string, indent: string, writing: Writing): ReadonlyArray<string> {
  const children = writing.graph.nodes.filter(({ parent }) => parent === path);
  return children.flatMap((node, index) => {
    const isLast = index === children.length - 1;
    const inner = `${indent}${isLast ? "  " : "│ "}`;
    const hasStates = writing.graph.nodes.some(({ parent }) => parent === node.id);
    const rest = `${inner}${hasStates ? "│ " : "  "}`;
    const edges = writing.graph.edges.filter(({ from }) => from === node.id);
    return [
      `${indent}${isLast ? "└─" : "├─"}${headOf(node, writing)}`,
      ...sentence(node, rest, writing),
      ...node.operations.map((name) => `${rest}runs ${name}`),
      ...transitions(edges, rest, writing),
      ...below(node.id, inner, writing),
    ];
  });
}

function headOf(node: GraphNode, writing: Writing): string {
  const isCurrent = node.id === writing.current;
  const isAround = writing.current?.startsWith(`${node.id}.`) === true;
  const marks = [
    ...node.isInitial ? ["start"] : [],
    ...node.kind === "final" ? ["end"] : [],
    ...node.kind === "parallel" ? ["all at once"] : [],
  ];
  return [
    isCurrent ? "●" : isAround ? "○" : "─",
    styled(node.name, BOLD, writing),
    ...marks.length === 0 ? [] : [`(${marks.join(", ")})`],
    ...isCurrent ? ["◀ here"] : [],
  ].join(" ");
}

function sentence(
  { description }: GraphNode,
  indent: string,
  writing: Writing,
): ReadonlyArray<string> {
  return wrapped(description, writing.columns - indent.length).map((line) =>
    `${indent}${styled(line, DIM, writing)}`
  );
}

/** Where one line holds each, their arrows stand below each other. */
function transitions(
  edges: ReadonlyArray<GraphEdge>,
  indent: string,
  { columns }: Writing,
): ReadonlyArray<string> {
  const room = columns - indent.length;
  const leading = edges.filter(({ stays }) => stays !== true);
  const width = leading.reduce((most, edge) => Math.max(most, triggerOf(edge).length), 0);
  return edges.flatMap((edge) => {
    const line = wordsOf(edge, width);
    if (line.length <= room) return [`${indent}${line}`];
    const [first = "", ...rest] = wrapped(wordsOf(edge, 0), room - 2);
    return [`${indent}${first}`, ...rest.map((part) => `${indent}  ${part}`)];
  });
}

function wordsOf(edge: GraphEdge, width: number): string {
  const trigger = triggerOf(edge);
  const { to, stays, actions } = edge;
  if (stays !== true) return `${trigger.padEnd(width)} → ${to}`;
  return actions.length === 0 ? `${trigger} (ignored)` : `${trigger} / ${actions.join(", ")}`;
}

function triggerOf({ event, guard }: GraphEdge): string {
  return guard === undefined ? event : `${event} [${guard}]`;
}

/** Breaks a text between words, and a word that is too long wherever the line ends. */
function wrapped(text: string, width: number): ReadonlyArray<string> {
  const room = Math.max(1, width);
  const lines: Array<string> = [];
  const words = text.split(" ").filter((word) => word !== "").flatMap((word) => pieces(word, room));
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function pieces(word: string, room: number): ReadonlyArray<string> {
  const count = Math.ceil(word.length / room);
  return Array.from({ length: count }, (_, turn) => word.slice(turn * room, (turn + 1) * room));
}
