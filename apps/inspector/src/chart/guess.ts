/** A chart put together from the steps of one flow, for a chart that nobody knows here. */
import type { GraphEdge } from "@bellhop/inspector/diagram/chart_graph";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import type { Box, LaidChart, LaidEdge, LaidNode } from "./laid_chart.ts";

const WIDTH = 190;
const HEIGHT = 66;
const GAP_X = 150;
const GAP_Y = 40;

/** Draws what was seen: a column for each number of steps from the beginning. */
export function guessOf(flow: FlowTrace): LaidChart {
  const edges = edgesOf(flow);
  const columns = columnsOf(flow, edges);
  const boxes = new Map<string, Box>();
  for (const [column, paths] of columns.entries()) {
    for (const [row, path] of paths.entries()) {
      const x = 20 + column * (WIDTH + GAP_X);
      boxes.set(path, { x, y: 20 + row * (HEIGHT + GAP_Y), width: WIDTH, height: HEIGHT });
    }
  }
  const rows = Math.max(1, ...columns.map((paths) => paths.length));
  return {
    id: flow.chart,
    version: flow.chartVersion,
    description: "",
    isGuess: true,
    isDense: false,
    width: 40 + columns.length * (WIDTH + GAP_X) - GAP_X,
    height: 40 + rows * (HEIGHT + GAP_Y) - GAP_Y,
    nodes: [...boxes].map(([id, box]): LaidNode => ({
      id,
      name: id,
      parent: "",
      kind: flow.endSeq !== undefined && id === flow.path ? "final" : "atomic",
      isInitial: flow.steps[0]?.to === id,
      description: "",
      operations: [],
      stays: edges.filter(({ from, to }) => from === id && to === id).map(({ event }) => event),
      fromAnywhere: [],
      hasTimer: edges.some(({ from, kind }) => from === id && kind === "delay"),
      ...box,
    })),
    edges: edges.filter(({ from, to }) => from !== to).map((edge) => lineOf(edge, boxes)),
  };
}

function edgesOf(flow: FlowTrace): ReadonlyArray<GraphEdge> {
  const edges = new Map<string, GraphEdge>();
  for (const { from, to, event } of flow.steps) {
    const id = `${from}/${event}/${to}`;
    if (from === "" || edges.has(id)) continue;
    const kind = event.startsWith("after ") ? "delay" : "event";
    edges.set(id, { id, from, to, event, kind, actions: [] });
  }
  return [...edges.values()];
}

function columnsOf(
  flow: FlowTrace,
  edges: ReadonlyArray<GraphEdge>,
): ReadonlyArray<ReadonlyArray<string>> {
  const first = flow.steps[0]?.to ?? flow.path;
  const seen = new Set([first]);
  const columns: Array<ReadonlyArray<string>> = [];
  let column: ReadonlyArray<string> = [first];
  while (column.length > 0) {
    columns.push(column);
    const from = new Set(column);
    const next = new Set(
      edges.filter((edge) => from.has(edge.from) && !seen.has(edge.to)).map(({ to }) => to),
    );
    for (const path of next) seen.add(path);
    column = [...next];
  }
  return columns;
}

function lineOf(edge: GraphEdge, boxes: ReadonlyMap<string, Box>): LaidEdge {
  const { id, from, to } = edge;
  const start = boxes.get(from) ?? { x: 0, y: 0, width: 0, height: 0 };
  const end = boxes.get(to) ?? start;
  const isBack = end.x <= start.x;
  const y1 = start.y + (isBack ? start.height : start.height / 2);
  const x1 = start.x + (isBack ? start.width / 2 : start.width);
  const y2 = end.y + (isBack ? end.height : end.height / 2);
  const x2 = isBack ? end.x + end.width / 2 + 12 : end.x;
  const turn = isBack ? Math.max(y1, y2) + 16 : (x1 + x2) / 2;
  const bends = isBack ? [{ x: x1, y: turn }, { x: x2, y: turn }] : [
    { x: turn, y: y1 },
    { x: turn, y: y2 },
  ];
  const width = edge.event.length * 7 + 14;
  const middle = isBack ? { x: (x1 + x2) / 2, y: turn } : { x: turn, y: (y1 + y2) / 2 };
  return {
    id,
    from,
    to,
    transitions: [edge],
    points: [{ x: x1, y: y1 }, ...bends, { x: x2, y: y2 }],
    label: { x: middle.x - width / 2, y: middle.y - 10, width, height: 21 },
  };
}
