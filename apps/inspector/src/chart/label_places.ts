/** Finds the words on the lines of a dense chart a place where they cover no state. */
import type { Box, LaidEdge, LaidNode, Point } from "./laid_chart.ts";
import { floatingExtent } from "./outline.ts";

/** How far apart the places on a line are that are tried. */
const STEP = 6;
/** Room above words for the number of a step. */
const ABOVE = 13;
/** How far beside its line words may stand, the nearest first. */
const ASIDE: ReadonlyArray<Point> = [-64, -48, -32, -16, 0, 16, 32, 48, 64]
  .flatMap((y) => [-60, -40, -20, 0, 20, 40, 60].map((x) => ({ x, y })))
  .toSorted((one, other) => Math.hypot(one.x, one.y) - Math.hypot(other.x, other.y));

/** Gives a line's words the place nearest to its middle that is free of states. */
export function placedLabel(
  edge: Pick<LaidEdge, "id" | "from" | "to" | "transitions" | "points">,
  nodes: ReadonlyArray<LaidNode>,
): Box {
  const { width, height } = floatingExtent(edge.transitions);
  const boxes = nodes.filter(({ id }) => !nodes.some(({ parent }) => parent === id));
  const places = placesOn(edge.points);
  let best: Box | undefined;
  let least = Infinity;
  for (const aside of ASIDE) {
    for (const { x, y } of places) {
      const place: Box = {
        x: Math.round(x - width / 2 + aside.x),
        y: Math.round(y - height / 2 + aside.y),
        width,
        height,
      };
      const covered = coveredBy(place, boxes);
      if (covered < least) [best, least] = [place, covered];
      if (least === 0) return place;
    }
  }
  return best ?? { x: 0, y: 0, width: 0, height: 0 };
}

/** Places along a line, those near its middle first. */
function placesOn(points: ReadonlyArray<Point>): ReadonlyArray<Point> {
  const places = points.slice(1).flatMap((to, index) => {
    const from = points[index] ?? to;
    const length = Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
    const count = Math.max(1, Math.floor(length / STEP));
    return Array.from({ length: count }, (_, step): Point => ({
      x: from.x + (to.x - from.x) * step / count,
      y: from.y + (to.y - from.y) * step / count,
    }));
  });
  const middle = (places.length - 1) / 2;
  return places.map((place, index) => ({ place, from: Math.abs(index - middle) }))
    .toSorted((one, other) => one.from - other.from)
    .map(({ place }) => place);
}

/** How much of the states words would cover, in square pixels; beyond the top counts as well. */
function coveredBy(place: Box, boxes: ReadonlyArray<Box>): number {
  const top = place.y - ABOVE;
  const left = place.x;
  const beyond = Math.max(0, -top) + Math.max(0, -left);
  return boxes.reduce((sum, box) => {
    const wide = Math.min(left + place.width, box.x + box.width) - Math.max(left, box.x);
    const high = Math.min(place.y + place.height, box.y + box.height) - Math.max(top, box.y);
    return wide > 0 && high > 0 ? sum + wide * high : sum;
  }, beyond);
}
