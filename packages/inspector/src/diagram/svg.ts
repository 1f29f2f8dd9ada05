/**
 * A chart as an SVG picture that fits a light and a dark page.
 *
 * ```ts
 * import { refreshToken } from "@bellhop/core/chart/refresh_token";
 * import { Effect } from "effect";
 * import { graphOf } from "@bellhop/inspector/diagram/graph_of";
 * import { layout } from "@bellhop/inspector/diagram/layout";
 * import { svg } from "@bellhop/inspector/diagram/svg";
 * import { ok } from "node:assert/strict";
 *
 * const graph = graphOf(refreshToken);
 * const picture = svg(graph, await Effect.runPromise(layout(graph)), { title: "Refresh token grant" });
 *
 * ok(picture.startsWith("<svg "));
 * ```
 *
 * @module
 */
import { CLOCK_WIDTH } from "./_figure.ts";
import { css } from "./_svg_style.ts";
import type { ChartGraph } from "./chart_graph.ts";
import type {
  Area,
  ChartLayout,
  PlacedArrow,
  PlacedBox,
  PlacedLabelLine,
  PlacedLine,
  Point,
} from "./layout.ts";

/** Which part of a chart is lit. */
export interface Highlight {
  /** Path of the state that a flow is in. */
  readonly current?: string | undefined;
  /** Ids of the transitions that were taken. */
  readonly taken?: ReadonlyArray<string> | undefined;
}

/** How a picture is drawn. */
export interface SvgOptions extends Highlight {
  /** What the picture is called; the chart's id unless told. */
  readonly title?: string | undefined;
}

/** Draws a chart that is laid out. The same layout gives the same bytes. */
export function svg(graph: ChartGraph, layout: ChartLayout, options: SvgOptions = {}): string {
  const { width, height, boxes, arrows } = layout;
  const title = options.title ?? graph.id;
  const [titleId, descId] = ["title", "desc"].map((part) =>
    `${graph.id.replaceAll(/\W/g, "_")}-${part}`
  );
  const taken = new Set(options.taken);
  const isTaken = ({ lines }: PlacedArrow) => lines.some(({ edge }) => taken.has(edge.id));
  const isHolder = ({ kind }: PlacedBox) => kind === "compound" || kind === "parallel";
  const drawBox = (box: PlacedBox) => boxMarkup(box, options.current, taken);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" role="img" aria-labelledby="${titleId} ${descId}">`,
    `<title id="${titleId}">${escape(title)}</title>`,
    `<desc id="${descId}">${escape(wordsOf(graph))}</desc>`,
    `<style>${css}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...boxes.filter(isHolder).map(drawBox),
    ...arrows.filter((arrow) => !isTaken(arrow)).map((arrow) => arrowMarkup(arrow, false)),
    ...arrows.filter(isTaken).map((arrow) => arrowMarkup(arrow, true)),
    ...boxes.filter((box) => !isHolder(box)).map(drawBox),
    ...arrows.map((arrow) => labelMarkup(arrow, taken, boxes.filter(isHolder))),
    "</svg>",
    "",
  ].join("\n");
}

/** Escapes a text for what stands between tags and in attributes; what XML cannot hold is marked. */
function escape(text: string): string {
  return text.replaceAll(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** The whole chart in words. */
function wordsOf({ description, nodes, edges }: ChartGraph): string {
  const leadsFrom = (path: string) =>
    edges.filter(({ from, stays }) => from === path && stays !== true).map(({ event, guard, to }) =>
      `${event}${guard === undefined ? "" : ` [${guard}]`} to ${to}`
    ).join("; ");
  const states = nodes.filter(({ id }) => id !== "").map((node) => {
    const end = node.kind === "final" ? " (an end)" : "";
    const sentence = node.description === "" ? "" : `: ${node.description}`;
    const leads = leadsFrom(node.id);
    return `${node.id}${end}${sentence}.${leads === "" ? "" : ` ${leads}.`}`;
  });
  const anywhere = leadsFrom("");
  return [
    ...description === "" ? [] : [`${description}.`],
    ...anywhere === "" ? [] : [`From any state: ${anywhere}.`],
    ...states,
  ].join("\n");
}

function boxMarkup(
  box: PlacedBox,
  current: string | undefined,
  taken: ReadonlySet<string>,
): string {
  const { id, kind, x, y, width, height, lines } = box;
  if (kind === "initial") {
    return `<circle class="dot" cx="${x + width / 2}" cy="${y + height / 2}" r="${width / 2}"/>`;
  }
  const isCurrent = current === id;
  const isAround = current?.startsWith(`${id}.`) === true;
  const classes = ["box", kind, ...isCurrent ? ["current"] : [], ...isAround ? ["around"] : []];
  const shape = (inset: number, radius: number, name: string) =>
    `<rect class="${name}" x="${x + inset}" y="${y + inset}" width="${width - 2 * inset}" ` +
    `height="${height - 2 * inset}" rx="${radius}"/>`;
  return [
    `<g class="${classes.join(" ")}">`,
    shape(0, kind === "any" ? Math.floor(height / 2) : 8, "shape"),
    ...kind === "final" ? [shape(3, 5, "ring")] : [],
    ...lines.flatMap((line) => [
      ...line.isMarked ? [markOf(line)] : [],
      textMarkup(lineClass(line, taken), line, escape(line.text)),
    ]),
    "</g>",
  ].join("");
}

interface Placed extends Point {
  readonly width: number;
}

/** The text is made as wide as it was measured, whatever font a reader has. */
function textMarkup(name: string, { x, y, width }: Placed, inner: string): string {
  return `<text class="${name}" x="${x}" y="${y}" textLength="${width}" ` +
    `lengthAdjust="spacingAndGlyphs">${inner}</text>`;
}

function lineClass({ kind, edges }: PlacedLine, taken: ReadonlySet<string>): string {
  return edges.some(({ id }) => taken.has(id)) ? `${kind} taken` : kind;
}

/** A triangle before an operation, a hook before a reaction, an arrow before what leads out. */
function markOf({ kind, x, y }: PlacedLine): string {
  if (kind === "operation") return `<path class="mark" d="M${x - 11} ${y - 8}l7 4l-7 4z"/>`;
  const start = `M${x - 11} ${y - (kind === "exit" ? 1 : 8)}`;
  const path = kind === "exit" ? "l7 -7m-5 0h5v5" : "v3q0 2 2 2h5m-3 -3l3 3l-3 3";
  return `<path class="turn" d="${start}${path}"/>`;
}

function clockMark(x: number, y: number): string {
  return `<path class="clock" d="M${x} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0M${x + 5} ${
    y - 3
  }v3l2 1.5"/>`;
}

const CORNER = 6;
const HEAD = 8;

function arrowMarkup({ points, lines }: PlacedArrow, isTaken: boolean): string {
  const classes = [
    "arrow",
    ...isTaken ? ["taken"] : [],
    ...lines.length > 0 && lines.every(({ isDelay }) => isDelay) ? ["delay"] : [],
  ];
  return `<g class="${classes.join(" ")}"><path class="line" d="${roundedLine(points)}"/>` +
    `<path class="head" d="${head(points)}"/></g>`;
}

/** A line with round corners, which ends where the head begins. */
function roundedLine(points: ReadonlyArray<Point>): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return "";
  const bends = rest.slice(0, -1).map((bend, index) => {
    const before = towards(bend, points[index] ?? bend, CORNER);
    const after = towards(bend, rest[index + 1] ?? bend, CORNER);
    return `L${before.x} ${before.y}Q${bend.x} ${bend.y} ${after.x} ${after.y}`;
  });
  const end = towards(last, points.at(-2) ?? last, HEAD - 1);
  return `M${first.x} ${first.y}${bends.join("")}L${end.x} ${end.y}`;
}

/** The point on the way from one to another, no farther than the middle. */
function towards(from: Point, to: Point, length: number): Point {
  const step = (one: number, other: number) =>
    one + Math.sign(other - one) * Math.min(length, Math.floor(Math.abs(other - one) / 2));
  return { x: step(from.x, to.x), y: step(from.y, to.y) };
}

function head(points: ReadonlyArray<Point>): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return "";
  const dx = Math.sign(tip.x - before.x);
  const dy = Math.sign(tip.y - before.y);
  const base = { x: tip.x - dx * HEAD, y: tip.y - dy * HEAD };
  const wing = HEAD / 2;
  return `M${tip.x} ${tip.y}L${base.x - dy * wing} ${base.y + dx * wing}` +
    `L${base.x + dy * wing} ${base.y - dx * wing}z`;
}

/** A label hides the line behind it by the colour that is there. */
function labelMarkup(
  { label, lines }: PlacedArrow,
  taken: ReadonlySet<string>,
  holders: ReadonlyArray<Area>,
): string {
  if (label === undefined) return "";
  const { x, y, width, height } = label;
  const isInside = holders.some((area) =>
    x > area.x && x < area.x + area.width && y > area.y && y < area.y + area.height
  );
  return [
    '<g class="label">',
    `<rect class="plate${
      isInside ? " inside" : ""
    }" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    ...lines.map((line) => labelLineMarkup(line, taken.has(line.edge.id))),
    "</g>",
  ].join("");
}

function labelLineMarkup(line: PlacedLabelLine, isTaken: boolean): string {
  const { event, guard, isDelay, x, y, width } = line;
  const indent = isDelay ? CLOCK_WIDTH : 0;
  const classes = ["event", ...isDelay ? ["delay"] : [], ...isTaken ? ["taken"] : []];
  const words = [
    ...event === "" ? [] : [escape(event)],
    ...guard === "" ? [] : [`<tspan class="guard">${escape(guard)}</tspan>`],
  ].join(" ");
  const text = textMarkup(classes.join(" "), { x: x + indent, y, width: width - indent }, words);
  return isDelay ? clockMark(x, y - 4) + text : text;
}
