/** What of a chart is drawn as a line and what is said in words, and how much room each needs. */
import type { ChartGraph, GraphEdge, GraphNode } from "@bellhop/inspector/diagram/chart_graph";

/** All transitions from one state to another. */
export interface Bundle {
  /** Unique in its chart. */
  readonly id: string;
  /** Path of the state that it leaves. */
  readonly from: string;
  /** Path of the state that it enters. */
  readonly to: string;
  /** What takes it, in the chart's order. */
  readonly transitions: ReadonlyArray<GraphEdge>;
}

/** Width and height, in pixels. */
export interface Extent {
  /** Width. */
  readonly width: number;
  /** Height. */
  readonly height: number;
}

const CHARACTERS_A_LINE = 24;
const LABEL_LINE = 17;
const TIMER = 21;
const LABEL_CHARACTER = 6.65;

/** Whether a transition is said in its state and not drawn: it stays there, or comes from everywhere. */
function isSaid({ from, to }: GraphEdge): boolean {
  return from === to || from === "";
}

/** The lines of a chart: one for each pair of states that anything leads between. */
export function bundlesOf(graph: ChartGraph): ReadonlyArray<Bundle> {
  const byPair = new Map<string, Array<GraphEdge>>();
  for (const edge of graph.edges) {
    if (isSaid(edge)) continue;
    const pair = `${edge.from} → ${edge.to}`;
    const known = byPair.get(pair);
    if (known === undefined) byPair.set(pair, [edge]);
    else known.push(edge);
  }
  return [...byPair].map(([id, transitions]) => ({
    id,
    from: transitions[0]?.from ?? "",
    to: transitions[0]?.to ?? "",
    transitions,
  }));
}

/** The events that a state takes without leaving it, each once. */
export function staysIn(graph: ChartGraph, path: string): ReadonlyArray<string> {
  const stays = graph.edges.filter(({ from, to }) => from === path && to === path);
  return [...new Set(stays.map(({ event }) => event))];
}

/** The events that lead to a state from the whole chart, each once. */
export function fromAnywhereTo(graph: ChartGraph, path: string): ReadonlyArray<string> {
  const all = graph.edges.filter(({ from, to }) => from === "" && to === path && to !== "");
  return [...new Set(all.map(({ event }) => event))];
}

/** What a transition is called on its line. */
export function wordsOf({ event, guard }: GraphEdge): string {
  const name = event === "always" ? "" : event;
  const condition = guard === undefined ? "" : guard === "else" ? "else" : `[${guard}]`;
  return `${name} ${condition}`.trim() || "always";
}

/** The lines of words on a line. */
function labelOf({ transitions }: Bundle): ReadonlyArray<string> {
  return [...new Set(transitions.map(wordsOf))];
}

/** How much room the words on a line need. */
export function labelExtent(bundle: Bundle): Extent {
  const lines = labelOf(bundle);
  const longest = Math.max(...lines.map((line) => line.length));
  return {
    width: Math.ceil(longest * LABEL_CHARACTER) + 10,
    height: lines.length * LABEL_LINE + 4,
  };
}

/** How much room the words of one transition of several need, its guard below its event. */
export function floatingExtent(transitions: ReadonlyArray<GraphEdge>): Extent {
  const all = transitions.map((transition) => wordsOf(transition).split(/ (?=\[|else$)/));
  const longest = Math.max(...all.flat().map((part) => part.length));
  return {
    width: Math.ceil(longest * LABEL_CHARACTER) + 10,
    height: Math.max(...all.map(({ length }) => length)) * 15 + 4,
  };
}

/** Whether a chart has so many lines that states show their names alone, and lines no words until they matter. */
export function isDense(graph: ChartGraph): boolean {
  return bundlesOf(graph).length > 30;
}

/** Whether a state is left by a timer, which counts down in it. */
export function hasTimer(graph: ChartGraph, path: string): boolean {
  return graph.edges.some(({ from, kind }) => kind === "delay" && from === path);
}

/** How much room a state needs that shows its name, its operations, and what counts down in it. */
export function denseExtent({ name, operations }: GraphNode, hasTimer: boolean): Extent {
  return {
    width: Math.max(hasTimer ? 124 : 92, Math.ceil(name.length * 7.2) + 30),
    height: 38 + (operations.length > 0 ? 18 : 0) + (hasTimer ? TIMER : 0),
  };
}

/** What a state without states in it shows beside its name and its sentence. */
export interface StateParts {
  /** What it says under its sentence. */
  readonly words: ReadonlyArray<string>;
  /** Whether something counts down in it. */
  readonly hasTimer: boolean;
}

/** How much room a state without states in it needs. */
export function stateExtent(node: GraphNode, { words, hasTimer }: StateParts): Extent {
  const lines = Math.min(3, Math.ceil(node.description.length / CHARACTERS_A_LINE));
  const chips = node.operations.length > 0 ? 22 : 0;
  const timer = hasTimer ? TIMER : 0;
  const heading = 30;
  return {
    width: Math.max(node.kind === "final" ? 148 : 164, node.name.length * 7.6 + 30),
    height: heading + lines * 16 + chips + timer + words.length * 18 + 12,
  };
}

/** What a state says under its description. */
export function sentencesOf(
  stays: ReadonlyArray<string>,
  fromAnywhere: ReadonlyArray<string>,
): ReadonlyArray<string> {
  return [
    ...(stays.length > 0 ? [`stays on ${stays.join(", ")}`] : []),
    ...(fromAnywhere.length > 0 ? [`from anywhere by ${fromAnywhere.join(", ")}`] : []),
  ];
}
