/** Charts of core, laid out. */
import { findChart } from "@bellhop/inspector/diagram/known_charts";
import ElkConstructor from "elkjs/lib/elk.bundled.js";
import { type Elk, layOut } from "../chart/elk_layout.ts";
import type { LaidChart } from "../chart/laid_chart.ts";

/** Lays a chart of core out. */
export async function laidChart(name: string): Promise<LaidChart> {
  const graph = findChart(name)?.graph;
  if (graph === undefined) throw new Error(`No chart ${name}`);
  return await layOut(graph, new (ElkConstructor as unknown as new () => Elk)());
}
