/**
 * See a flow: diagrams of charts, recordings, and a live inspector.
 *
 * @module
 */
export type { ChartGraph, GraphEdge, GraphNode } from "./diagram/chart_graph.ts";
export * as Hub from "./server/hub.ts";
export * as Inspector from "./server/inspector.ts";
export { InspectorError } from "./server/inspector_error.ts";
export * as Stately from "./server/stately.ts";
export type { Batch, SentLine, SubscribeOptions, Subscription } from "./server/subscription.ts";
export * as Ascii from "./diagram/ascii.ts";
export * as GraphOf from "./diagram/graph_of.ts";
export * as KnownCharts from "./diagram/known_charts.ts";
export * as Layout from "./diagram/layout.ts";
export * as Mermaid from "./diagram/mermaid.ts";
export * as Svg from "./diagram/svg.ts";
export * as XstateJson from "./diagram/xstate_json.ts";
