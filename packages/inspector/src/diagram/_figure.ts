/** What is drawn of a chart, measured and not yet placed: boxes with their lines, and arrows. */
import type { ChartGraph, GraphEdge, GraphNode } from "./chart_graph.ts";
import { type TextStyle, widthOf, wrap } from "./_text.ts";

/** What a line in a box says. */
export type LineKind = "name" | "description" | "operation" | "inner" | "exit";

/** A line of text; `x` and `y` of its base line are told from the corner of what holds it. */
export interface Line {
  readonly kind: LineKind;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** The transitions that it tells of. */
  readonly edges: ReadonlyArray<GraphEdge>;
  /** Whether a mark of its kind stands before it. */
  readonly isMarked: boolean;
}

/** One state, the point where a state is entered, or what stands for any state. */
export interface Box {
  readonly id: string;
  readonly kind: GraphNode["kind"] | "initial" | "any";
  readonly parent: string;
  readonly width: number;
  /** Of a state that holds others: of its lines. */
  readonly height: number;
  readonly lines: ReadonlyArray<Line>;
}

/** One line of an arrow's label: what one transition needs. */
export interface LabelLine {
  readonly edge: GraphEdge;
  readonly event: string;
  readonly guard: string;
  readonly isDelay: boolean;
  readonly y: number;
  readonly width: number;
}

/** All transitions between the same two states. */
export interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly width: number;
  readonly height: number;
  readonly lines: ReadonlyArray<LabelLine>;
}

/** All that is drawn. */
export interface Figure {
  readonly boxes: ReadonlyArray<Box>;
  readonly arrows: ReadonlyArray<Arrow>;
}

/** Id of what stands for any state. */
const ANY = "#any";
/** Room beside a text in its box. */
const PADDING = 12;
/** Room for the clock before a delay. */
export const CLOCK_WIDTH = 14;
/** The styles of all text. */
const styles: Readonly<Record<LineKind | "event", TextStyle>> = {
  name: { size: 14, isBold: true },
  description: { size: 11, isBold: false },
  operation: { size: 11, isBold: false },
  inner: { size: 11, isBold: false },
  exit: { size: 11, isBold: false },
  event: { size: 11, isBold: false },
};

const LINE_HEIGHT = 15;
const NAME_HEIGHT = 18;
const LABEL_LINE_HEIGHT = 14;
const LABEL_PADDING = 4;
const DOT = 10;
/** Room for the mark before an operation or a reaction. */
const MARK_WIDTH = 12;
/** Between lines of different kinds. */
const GAP = 3;
/** From the base line to the foot of the line. */
const DESCENT = 4;
/** Sentences are broken at these widths. */
const LEAF_WIDTH = 150;
const HOLDER_WIDTH = 320;
const EXIT_WIDTH = 190;

/**
 * Measures all that is drawn of a chart. With `exits` as `lines`, what leads out of the state around
 * is written into its box instead of being an arrow.
 */
export function figureOf(graph: ChartGraph, exits: "arrows" | "lines"): Figure {
  const written = graph.edges.filter((edge) =>
    edge.stays === true || (exits === "lines" && leadsOut(edge))
  );
  const isWritten = new Set(written);
  const outer = graph.edges.filter((edge) => !isWritten.has(edge));
  const linesOf = (id: string) => written.filter(({ from }) => from === id);
  const states = graph.nodes.filter(({ id }) => id !== "").map((node) =>
    boxOf(node, linesOf(node.id))
  );
  const isAnyShown = graph.edges.some(({ from }) => from === "");
  const dots = graph.nodes.filter(({ isInitial }) => isInitial).filter((node) =>
    graph.nodes.find(({ id }) => id === node.parent)?.kind === "compound"
  );
  return {
    boxes: [...isAnyShown ? [anyBox(linesOf(""))] : [], ...dots.map(dotOf), ...states],
    arrows: [...dots.map(entryOf), ...arrowsOf(outer)],
  };
}

function leadsOut({ from, to }: GraphEdge): boolean {
  const end = from.lastIndexOf(".");
  return end >= 0 && !to.startsWith(from.slice(0, end + 1));
}

/** Id of the dot before a state that is entered first. */
function dotId({ id }: GraphNode): string {
  return `#initial ${id}`;
}

function dotOf(node: GraphNode): Box {
  return {
    id: dotId(node),
    kind: "initial",
    parent: node.parent ?? "",
    width: DOT,
    height: DOT,
    lines: [],
  };
}

function entryOf(node: GraphNode): Arrow {
  const id = dotId(node);
  return { id: `${id} entry`, from: id, to: node.id, width: 0, height: 0, lines: [] };
}

function anyBox(written: ReadonlyArray<GraphEdge>): Box {
  const said = [plain("name", "any state"), ...reactionsOf(written)];
  return { id: ANY, kind: "any", parent: "", ...stacked(said) };
}

function boxOf(node: GraphNode, written: ReadonlyArray<GraphEdge>): Box {
  const isLeaf = node.kind === "atomic" || node.kind === "final";
  const name = plain("name", node.name);
  const rest = [
    ...node.operations.map((text) => plain("operation", text)),
    ...reactionsOf(written),
  ];
  const room = stacked([name, ...rest]).width - 2 * PADDING;
  const maxWidth = Math.max(isLeaf ? LEAF_WIDTH : HOLDER_WIDTH, room);
  const sentence = wrap(node.description, styles.description, maxWidth);
  const lines = stacked([name, ...sentence.map((text) => plain("description", text)), ...rest]);
  return { id: node.id, kind: node.kind, parent: node.parent ?? "", ...lines };
}

interface Said {
  readonly kind: LineKind;
  readonly text: string;
  readonly edges: ReadonlyArray<GraphEdge>;
  /** Whether it goes on with what the line before began, and needs no mark. */
  readonly isRest?: boolean;
}

function plain(kind: LineKind, text: string): Said {
  return { kind, text, edges: [] };
}

/** How transitions read that are written into the box of their state. */
function reactionsOf(written: ReadonlyArray<GraphEdge>): ReadonlyArray<Said> {
  const inner = written.filter(({ stays }) => stays).map((edge): Said => {
    const outcome = edge.actions.length === 0 ? "ignored" : edge.actions.join(", ");
    return { kind: "inner", text: `${triggerOf(edge)} / ${outcome}`, edges: [edge] };
  });
  const out = written.filter(({ stays }) => !stays);
  const targets = [...new Set(out.map(({ to }) => to))];
  return [
    ...inner,
    ...targets.flatMap((to) => {
      const edges = out.filter((edge) => edge.to === to);
      const text = `${edges.map(triggerOf).join(", ")} → ${to}`;
      const lines = wrap(text, styles.exit, EXIT_WIDTH);
      return lines.map((line, at): Said => ({ kind: "exit", text: line, edges, isRest: at > 0 }));
    }),
  ];
}

function triggerOf({ kind, event, guard }: GraphEdge): string {
  if (guard === undefined) return event;
  return kind === "always" ? `[${guard}]` : `${event} [${guard}]`;
}

function stacked(all: ReadonlyArray<Said>): Pick<Box, "lines" | "width" | "height"> {
  const lines: Array<Line> = [];
  let y = PADDING - 2;
  let width = 0;
  for (const said of all) {
    const { kind, text, edges } = said;
    const before = lines.at(-1)?.kind;
    const isApart = before !== undefined && before !== kind && kind !== "description";
    y += (kind === "name" ? NAME_HEIGHT : LINE_HEIGHT) + (isApart ? GAP : 0);
    const x = kind === "name" || kind === "description" ? PADDING : PADDING + MARK_WIDTH;
    const lineWidth = widthOf(text, styles[kind]);
    const isMarked = x > PADDING && said.isRest !== true;
    lines.push({ kind, text, x, y: y - DESCENT, width: lineWidth, edges, isMarked });
    width = Math.max(width, x + lineWidth + PADDING);
  }
  return { lines, width, height: y + PADDING - 2 };
}

function arrowsOf(edges: ReadonlyArray<GraphEdge>): ReadonlyArray<Arrow> {
  const byEnds = new Map<string, Array<GraphEdge>>();
  for (const edge of edges) {
    const ends = `${edge.from === "" ? ANY : edge.from} ${edge.to}`;
    byEnds.set(ends, [...byEnds.get(ends) ?? [], edge]);
  }
  return [...byEnds].map(([id, all]) => arrowOf(id, all));
}

function arrowOf(id: string, edges: ReadonlyArray<GraphEdge>): Arrow {
  const [from = "", to = ""] = id.split(" ");
  const lines = edges.map((edge, index): LabelLine => {
    const event = edge.kind === "always" ? "" : edge.event;
    const guard = guardText(edge);
    const isDelay = edge.kind === "delay";
    const words = [event, guard].filter((word) => word !== "").join(" ");
    return {
      edge,
      event,
      guard,
      isDelay,
      y: LABEL_PADDING + (index + 1) * LABEL_LINE_HEIGHT - DESCENT,
      width: widthOf(words, styles.event) + (isDelay ? CLOCK_WIDTH : 0),
    };
  });
  return {
    id,
    from,
    to,
    lines,
    width: lines.reduce((most, { width }) => Math.max(most, width), 0) + 2 * LABEL_PADDING,
    height: lines.length * LABEL_LINE_HEIGHT + 2 * LABEL_PADDING,
  };
}

/** What is passed without an event and without a guard is passed at once. */
function guardText({ kind, guard }: GraphEdge): string {
  if (guard !== undefined) return `[${guard}]`;
  return kind === "always" ? "at once" : "";
}
