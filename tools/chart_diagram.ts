/**
 * Draws the charts that the documentation shows, and keeps its pictures equal to them.
 *
 * `node tools/chart_diagram.ts --write` renews the fences and the pictures; its test fails where one
 * has drifted.
 *
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { findChart, type KnownChart, knownCharts } from "@bellhop/inspector/diagram/known_charts";
import { layout } from "@bellhop/inspector/diagram/layout";
import { mermaid } from "@bellhop/inspector/diagram/mermaid";
import { svg } from "@bellhop/inspector/diagram/svg";
import * as Effect from "effect/Effect";

const root = new URL("../", import.meta.url);

/** Which page shows which chart, between `<!-- chart: id -->` and the end of the fence after it. */
export const pages: ReadonlyArray<readonly [path: string, name: string]> = [
  ["README.md", "device_authorization"],
  ["docs/authorization_code.md", "authorization_code"],
  ["docs/device_authorization.md", "device_authorization"],
  ["docs/session.md", "session"],
];

/** Where a chart's picture lies. */
export function picturePath({ name }: KnownChart): string {
  return `docs/diagrams/${name}.svg`;
}

/** A chart's picture. */
export function picture({ graph, title }: KnownChart): Promise<string> {
  return Effect.runPromise(Effect.map(layout(graph), (placed) => svg(graph, placed, { title })));
}

/** A page's text with its chart's fence made anew. */
export function withDiagram(text: string, name: string): string {
  const graph = findChart(name)?.graph;
  if (graph === undefined) throw new Error(`No chart "${name}"`);
  const start = text.indexOf(`<!-- chart: ${graph.id} -->`);
  const end = text.indexOf("\n```\n", start);
  if (start < 0 || end < 0) throw new Error(`No fence for the chart "${graph.id}"`);
  const fence = `<!-- chart: ${graph.id} -->\n\n\`\`\`mermaid\n${mermaid(graph)}`;
  return text.slice(0, start) + fence + text.slice(end);
}

/** Reads a page of the repository. */
export function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

if (process.argv.includes("--write")) {
  for (const [path, name] of pages) {
    writeFileSync(new URL(path, root), withDiagram(read(path), name));
  }
  mkdirSync(new URL("docs/diagrams/", root), { recursive: true });
  for (const known of knownCharts) {
    writeFileSync(new URL(picturePath(known), root), await picture(known));
  }
}
