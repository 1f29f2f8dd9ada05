/**
 * Gives everything in a chart its place, by ELK. Runs when the page is built: charts do not change
 * afterwards, and ELK is larger than the rest of the page.
 */
import type { ChartGraph } from "@bellhop/inspector/diagram/chart_graph";
import type { ElkExtendedEdge, ElkNode } from "elkjs";
import { placedLabel } from "./label_places.ts";
import type { Box, LaidChart, LaidEdge, LaidNode, Point } from "./laid_chart.ts";
import {
  type Bundle,
  bundlesOf,
  denseExtent,
  fromAnywhereTo,
  hasTimer,
  isDense,
  labelExtent,
  sentencesOf,
  stateExtent,
  staysIn,
} from "./outline.ts";

/** Whatever lays a graph out. */
export interface Elk {
  /** Gives every node, edge and label its place. */
  readonly layout: (graph: ElkNode) => Promise<ElkNode>;
}

const ROOT = "chart";

const options: Readonly<Record<string, string>> = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.json.edgeCoords": "ROOT",
  "elk.json.shapeCoords": "ROOT",
  "elk.padding": "[top=10,left=10,bottom=10,right=10]",
  "elk.spacing.nodeNode": "16",
  "elk.spacing.edgeNode": "12",
  "elk.spacing.edgeEdge": "10",
  "elk.spacing.edgeLabel": "2",
  "elk.layered.spacing.nodeNodeBetweenLayers": "10",
  "elk.layered.spacing.edgeNodeBetweenLayers": "9",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "8",
  "elk.layered.considerModelOrder.strategy": "PREFER_NODES",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.thoroughness": "40",
};

const denseOptions: Readonly<Record<string, string>> = {
  "elk.spacing.edgeEdge": "8",
  "elk.spacing.edgeNode": "11",
  "elk.layered.spacing.nodeNodeBetweenLayers": "14",
  "elk.layered.spacing.edgeNodeBetweenLayers": "6",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "5",
};

/**
 * Lays a chart out.
 *
 * @param graph The chart.
 * @param elk What finds the places.
 */
export async function layOut(graph: ChartGraph, elk: Elk): Promise<LaidChart> {
  const bundles = bundlesOf(graph);
  const dense = isDense(graph);
  const laid = await elk.layout({
    id: ROOT,
    layoutOptions: dense ? { ...options, ...denseOptions } : options,
    children: childrenOf(graph, ""),
    edges: bundles.map((bundle) => edgeFor(bundle, !dense)),
  });
  const boxes = boxesIn(laid);
  const lines = new Map(edgesIn(laid).map((edge) => [edge.id, edge]));
  const nodes = graph.nodes.filter(({ id }) => id !== "").map((node): LaidNode => ({
    ...node,
    ...boxes.get(node.id) ?? nowhere,
    stays: staysIn(graph, node.id),
    fromAnywhere: fromAnywhereTo(graph, node.id),
    hasTimer: hasTimer(graph, node.id),
  }));
  const edges = bundles.map((bundle) => lineOf(bundle, lines.get(bundle.id)));
  return {
    id: graph.id,
    version: graph.version,
    description: graph.description,
    isGuess: false,
    isDense: dense,
    width: Math.ceil(laid.width ?? 0),
    height: Math.ceil(laid.height ?? 0),
    nodes,
    // Words are no part of a dense layout: they stand where there is room.
    edges: dense ? edges.map((edge) => ({ ...edge, label: placedLabel(edge, nodes) })) : edges,
  };
}

const nowhere: Box = { x: 0, y: 0, width: 0, height: 0 };

function childrenOf(graph: ChartGraph, parent: string): Array<ElkNode> {
  return graph.nodes.filter((node) => node.id !== "" && (node.parent ?? "") === parent)
    .map((node) => {
      const children = childrenOf(graph, node.id);
      const words = sentencesOf(staysIn(graph, node.id), fromAnywhereTo(graph, node.id));
      const dense = isDense(graph);
      if (children.length === 0) {
        const timed = hasTimer(graph, node.id);
        const extent = dense
          ? denseExtent(node, timed)
          : stateExtent(node, { words, hasTimer: timed });
        return { id: node.id, ...extent };
      }
      const top = dense ? 44 : 50 + words.length * 18;
      return {
        id: node.id,
        children,
        layoutOptions: { "elk.padding": `[top=${top},left=14,bottom=14,right=14]` },
      };
    });
}

function edgeFor(bundle: Bundle, isLabelled: boolean): ElkExtendedEdge {
  const label = {
    text: bundle.id,
    ...labelExtent(bundle),
    layoutOptions: { "elk.edgeLabels.inline": "true" },
  };
  return {
    id: bundle.id,
    sources: [bundle.from],
    targets: [bundle.to],
    labels: isLabelled ? [label] : [],
  };
}

function boxesIn(node: ElkNode): Map<string, Box> {
  const { x = 0, y = 0, width = 0, height = 0 } = node;
  const own: Box = { x: round(x), y: round(y), width: round(width), height: round(height) };
  return new Map([
    [node.id, own],
    ...(node.children ?? []).flatMap((child) => [...boxesIn(child)]),
  ]);
}

function edgesIn(node: ElkNode): ReadonlyArray<ElkExtendedEdge> {
  return [...node.edges ?? [], ...(node.children ?? []).flatMap(edgesIn)];
}

function lineOf(bundle: Bundle, edge: ElkExtendedEdge | undefined): LaidEdge {
  const points = (edge?.sections ?? []).flatMap((section): ReadonlyArray<Point> => [
    section.startPoint,
    ...section.bendPoints ?? [],
    section.endPoint,
  ]).map(({ x, y }) => ({ x: round(x), y: round(y) }));
  const { x = 0, y = 0, width = 0, height = 0 } = edge?.labels?.[0] ?? {};
  const label: Box = { x: round(x), y: round(y), width: round(width), height: round(height) };
  return { ...bundle, points, label };
}

function round(value: number): number {
  return Math.round(value);
}
