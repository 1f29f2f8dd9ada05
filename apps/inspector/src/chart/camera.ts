/** Where a chart is looked at from: all of it where that can be read, else where the flow is. */
import type { LaidChart } from "./laid_chart.ts";

/** What a chart is looked at through. */
export interface Room {
  /** Width, in pixels. */
  readonly width: number;
  /** Height, in pixels. */
  readonly height: number;
}

/** Where the chart's upper left corner is, and how large it is drawn. */
export interface View {
  /** From the left, in pixels. */
  readonly x: number;
  /** From the top, in pixels. */
  readonly y: number;
  /** 1: as it was laid out. */
  readonly zoom: number;
}

/** A whole chart is drawn as small as this, and no smaller. */
const LEAST = 0.55;
/** The size of a chart of which only a part is seen. */
const PART = 0.8;
const MOST = 1.1;
const MARGIN = 6;
/** Room for the small picture of the whole, which must hide no state. */
const OVERVIEW = 78;

/** Whether a room has none for a small picture of the whole, nor for all buttons. */
export function isSmall({ width, height }: Room): boolean {
  return width < 400 || height < 355;
}

/**
 * Looks at a chart.
 *
 * @param chart What is looked at.
 * @param path The current state.
 * @param room What it is looked at through.
 */
export function viewOf(chart: LaidChart, path: string, room: Room): View {
  const { width, height } = room;
  const fit = Math.min(
    (width - 2 * MARGIN) / chart.width,
    (height - 2 * MARGIN) / chart.height,
  );
  const isWhole = fit >= LEAST;
  const zoom = isWhole ? Math.min(MOST, fit) : PART;
  const below = isWhole || isSmall(room) ? 0 : OVERVIEW;
  const node = chart.nodes.find(({ id }) => id === path) ?? chart.nodes[0];
  const focus = node === undefined
    ? { x: 0, y: 0 }
    : { x: node.x + node.width / 2, y: node.y + node.height / 2 };
  return {
    x: placed({ focus: focus.x, whole: chart.width, room: width }, zoom),
    y: placed({ focus: focus.y, whole: chart.height, room: height - below }, zoom),
    zoom,
  };
}

/** Where one side of the plane begins: in the middle if it fits, else with the focus in the middle. */
function placed(
  { focus, whole, room }: { readonly focus: number; readonly whole: number; readonly room: number },
  zoom: number,
): number {
  const size = whole * zoom;
  if (size <= room) return (room - size) / 2;
  return Math.min(MARGIN, Math.max(room - size - MARGIN, room / 2 - focus * zoom));
}
