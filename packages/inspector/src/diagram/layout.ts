/**
 * Where everything of a chart is drawn: boxes in boxes, and arrows that go round them.
 *
 * ```ts
 * import { refreshToken } from "@bellhop/core/chart/refresh_token";
 * import { Effect } from "effect";
 * import { graphOf } from "@bellhop/inspector/diagram/graph_of";
 * import { layout } from "@bellhop/inspector/diagram/layout";
 * import { ok } from "node:assert/strict";
 *
 * const { boxes } = await Effect.runPromise(layout(graphOf(refreshToken)));
 *
 * ok(boxes.some(({ id }) => id === "trying.backingOff"));
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk.bundled.js";
import { type Arrow, type Box, figureOf, type LabelLine, type Line } from "./_figure.ts";
import type { ChartGraph, GraphEdge, GraphNode } from "./chart_graph.ts";

/** A point, in pixels from the upper left corner of the drawing. */
export interface Point {
  /** To the right. */
  readonly x: number;
  /** Downwards. */
  readonly y: number;
}

/** A rectangle, in the same pixels. */
export interface Area extends Point {
  /** From `x` to the right. */
  readonly width: number;
  /** From `y` downwards. */
  readonly height: number;
}

/** A line of text. */
export interface PlacedLine extends Point {
  /**
   * What it says of its state: its name, its sentence, an operation, a reaction within it, or where
   * it leads that no arrow shows.
   */
  readonly kind: "name" | "description" | "operation" | "inner" | "exit";
  /** What is written. */
  readonly text: string;
  /** How wide it is. */
  readonly width: number;
  /** The transitions that it tells of. */
  readonly edges: ReadonlyArray<GraphEdge>;
  /** Whether a mark of its kind stands before it. */
  readonly isMarked: boolean;
}

/** A state, the dot before the one that is entered first, or what stands for any state. */
export interface PlacedBox extends Area {
  /** The state's path; otherwise it begins with `#`. */
  readonly id: string;
  /** What it is. */
  readonly kind: GraphNode["kind"] | "initial" | "any";
  /** Path of the state around it. */
  readonly parent: string;
  /** What is written in it; `y` is of the base line. */
  readonly lines: ReadonlyArray<PlacedLine>;
}

/** A line of an arrow's label. */
export interface PlacedLabelLine extends Point {
  /** The transition that it is of. */
  readonly edge: GraphEdge;
  /** Its event; empty where none is needed. */
  readonly event: string;
  /** Its guard in brackets; empty where it has none. */
  readonly guard: string;
  /** Whether time brings it about, so that a clock stands before it. */
  readonly isDelay: boolean;
  /** How wide it is, the clock included. */
  readonly width: number;
}

/** All transitions between the same two states. */
export interface PlacedArrow {
  /** Unique in its drawing. */
  readonly id: string;
  /** Id of the box that it leaves. */
  readonly from: string;
  /** Id of the box that it enters. */
  readonly to: string;
  /** From its beginning to its head. */
  readonly points: ReadonlyArray<Point>;
  /** Where its label is; absent before the state that is entered first. */
  readonly label?: Area | undefined;
  /** What its label says. */
  readonly lines: ReadonlyArray<PlacedLabelLine>;
}

/** A chart, laid out. */
export interface ChartLayout {
  /** Of the whole drawing. */
  readonly width: number;
  /** Of the whole drawing. */
  readonly height: number;
  /** Each after the one around it. */
  readonly boxes: ReadonlyArray<PlacedBox>;
  /** In the chart's order. */
  readonly arrows: ReadonlyArray<PlacedArrow>;
}

/** How a chart is laid out. */
export interface LayoutOptions {
  /**
   * Where it flows to.
   *
   * @default "down"
   */
  readonly direction?: "right" | "down" | undefined;
  /**
   * How transitions are shown that leave the state around theirs: as arrows, or as lines in their
   * state's box, which is easier to read where there are many. Unless told, lines in a chart of more
   * than 20 states.
   */
  readonly exits?: "arrows" | "lines" | undefined;
}

/** Lays a chart out. The same chart gives the same layout, on every machine. */
export function layout(graph: ChartGraph, options: LayoutOptions = {}): Effect.Effect<ChartLayout> {
  const { direction = "down", exits = graph.nodes.length > MANY_STATES ? "lines" : "arrows" } =
    options;
  const { boxes, arrows } = figureOf(graph, exits);
  const root: ElkNode = {
    id: "",
    layoutOptions: {
      ...rootOptions,
      "elk.direction": direction.toUpperCase(),
    },
    children: childrenOf("", { boxes, direction }),
    edges: arrows.map(elkEdge),
  };
  return Effect.map(
    arranged(root),
    (placed) => ({
      width: Math.ceil(placed.width ?? 0),
      height: Math.ceil(placed.height ?? 0),
      boxes: placedBoxes(placed, boxes),
      arrows: placedArrows(placed.edges ?? [], arrows),
    }),
  );
}

/** ELK is large, and loaded when something is laid out for the first time. */
function arranged(root: ElkNode): Effect.Effect<ElkNode> {
  return Effect.flatMap(
    Effect.promise(() => import("elkjs/lib/elk.bundled.js")),
    ({ default: elk }) => {
      // A bundler may give the class itself where Node gives what holds it.
      const Elk = elk.default ?? elk;
      return Effect.promise(() => new Elk().layout(root));
    },
  );
}

const MANY_STATES = 20;

/** A state does not take these over from the one around it: each is told. */
const layered = {
  "elk.layered.cycleBreaking.strategy": "DEPTH_FIRST",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.thoroughness": "30",
  "elk.spacing.nodeNode": "24",
  "elk.spacing.edgeNode": "16",
  "elk.spacing.edgeEdge": "12",
  "elk.spacing.edgeLabel": "4",
  "elk.spacing.nodeSelfLoop": "18",
  "elk.layered.spacing.nodeNodeBetweenLayers": "32",
  "elk.layered.spacing.edgeNodeBetweenLayers": "16",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
};

const rootOptions = {
  ...layered,
  "elk.algorithm": "layered",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.randomSeed": "1",
  "elk.padding": "[top=24,left=24,bottom=24,right=24]",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
};

type Direction = NonNullable<LayoutOptions["direction"]>;

interface Holding {
  readonly boxes: ReadonlyArray<Box>;
  readonly direction: Direction;
}

function childrenOf(parent: string, holding: Holding): Array<ElkNode> {
  return holding.boxes.filter((box) => box.parent === parent).map((box) => {
    const children = childrenOf(box.id, holding);
    return children.length === 0
      ? { id: box.id, width: box.width, height: box.height, layoutOptions: placeOf(box) }
      : { id: box.id, children, layoutOptions: roomOf(box, holding.direction) };
  });
}

function placeOf({ kind, parent }: Box): Record<string, string> {
  if (kind === "initial") return { "elk.layered.layering.layerConstraint": "FIRST" };
  const isEnd = kind === "final" && parent === "";
  return isEnd ? { "elk.layered.layering.layerConstraint": "LAST" } : {};
}

/**
 * Above the states that it holds, a state has room for its own lines. The smallest size is told the
 * other way round where the chart flows down: ELK turns the whole drawing, but not this.
 */
function roomOf({ width, height }: Box, direction: Direction): Record<string, string> {
  return {
    ...layered,
    "elk.padding": `[top=${height + 8},left=20,bottom=20,right=20]`,
    "elk.nodeSize.constraints": "[MINIMUM_SIZE]",
    "elk.nodeSize.minimum": direction === "down"
      ? `(${height}, ${width})`
      : `(${width}, ${height})`,
  };
}

function elkEdge({ id, from, to, width, height, lines }: Arrow): ElkExtendedEdge {
  const labels = lines.length === 0 ? [] : [{
    text: id,
    width,
    height,
    layoutOptions: { "elk.edgeLabels.placement": "CENTER", "elk.edgeLabels.inline": "true" },
  }];
  const isEntry = lines.length === 0;
  const entry = {
    "elk.layered.priority.direction": "100",
    "elk.layered.priority.shortness": "100",
    "elk.layered.priority.straightness": "100",
  };
  return { id, sources: [from], targets: [to], labels, ...isEntry ? { layoutOptions: entry } : {} };
}

function placedBoxes(root: ElkNode, boxes: ReadonlyArray<Box>): ReadonlyArray<PlacedBox> {
  const areas = new Map<string, Area>();
  keepAreas(root, areas);
  return boxes.map(({ id, kind, parent, lines }) => {
    const area = areas.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
    return { id, kind, parent, ...area, lines: lines.map((line) => movedLine(line, area)) };
  });
}

function keepAreas(node: ElkNode, areas: Map<string, Area>): void {
  for (const child of node.children ?? []) {
    areas.set(child.id, areaOf(child));
    keepAreas(child, areas);
  }
}

type Shape = { [Side in keyof Area]?: number };

function areaOf({ x = 0, y = 0, width = 0, height = 0 }: Shape): Area {
  const left = Math.round(x);
  const top = Math.round(y);
  return {
    x: left,
    y: top,
    width: Math.round(x + width) - left,
    height: Math.round(y + height) - top,
  };
}

function movedLine(line: Line, { x, y }: Point): PlacedLine {
  return { ...line, x: x + line.x, y: y + line.y };
}

function placedArrows(
  edges: ReadonlyArray<ElkExtendedEdge>,
  arrows: ReadonlyArray<Arrow>,
): ReadonlyArray<PlacedArrow> {
  const byId = new Map(edges.map((edge) => [edge.id, edge]));
  return arrows.map(({ id, from, to, lines }) => {
    const edge = byId.get(id);
    const [label] = edge?.labels ?? [];
    const area = label === undefined ? undefined : areaOf(label);
    const points = edge === undefined ? [] : pointsOf(edge);
    const placed = area === undefined ? [] : lines.map((line) => movedLabelLine(line, area));
    return { id, from, to, points, ...(area === undefined ? {} : { label: area }), lines: placed };
  });
}

function pointsOf({ sections = [] }: ElkExtendedEdge): ReadonlyArray<Point> {
  return sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({
      x: Math.round(x),
      y: Math.round(y),
    }))
  );
}

function movedLabelLine(line: LabelLine, { x, y, width }: Area): PlacedLabelLine {
  return { ...line, x: x + Math.floor((width - line.width) / 2), y: y + line.y };
}
