/** The charts that can be drawn: those of core by their id, all others as far as they were seen. */
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { guessOf } from "./guess.ts";
import type { LaidChart } from "./laid_chart.ts";

/** What the build puts here: the charts of core as `elk_layout.ts` makes them, as JSON. Absent elsewhere. */
declare const LAID_CHARTS: string;

/** A chart of core. */
interface KnownLaidChart extends LaidChart {
  /** What it is called. */
  readonly title: string;
}

const byId: ReadonlyMap<string, KnownLaidChart> = new Map(
  (JSON.parse(typeof LAID_CHARTS === "undefined" ? "[]" : LAID_CHARTS) as ReadonlyArray<
    KnownLaidChart
  >).map((chart) => [chart.id, chart]),
);

/** The chart of a flow. */
export function chartOf(flow: FlowTrace): LaidChart {
  return byId.get(flow.chart) ?? guessOf(flow);
}

/** What a chart is called. */
export function titleOf(chart: string): string {
  return byId.get(chart)?.title ?? (chart === "" ? "Unknown chart" : chart);
}
