/** The line of an edge as an SVG path with round corners. */
import type { Point } from "./laid_chart.ts";

const RADIUS = 8;

/** Draws a line through its corners. */
export function routedPath(points: ReadonlyArray<Point>): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${first.x} ${first.y}`;
  let before = first;
  for (const [index, corner] of rest.entries()) {
    const after = rest[index + 1];
    if (after === undefined) {
      path += `L${corner.x} ${corner.y}`;
    } else {
      const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
      const from = towards(corner, before, radius);
      const to = towards(corner, after, radius);
      path += `L${from.x} ${from.y}Q${corner.x} ${corner.y} ${to.x} ${to.y}`;
    }
    before = corner;
  }
  return path;
}

/** The middle of a line, by its length. */
export function middleOf(points: ReadonlyArray<Point>): Point {
  const segments = points.slice(1).map((to, index) => ({ from: points[index] ?? to, to }));
  let left = segments.reduce((sum, { from, to }) => sum + distance(from, to), 0) / 2;
  for (const { from, to } of segments) {
    const length = distance(from, to);
    if (left <= length) return towards(from, to, left);
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to);
  if (length === 0) return from;
  const part = by / length;
  return {
    x: Math.round((from.x + (to.x - from.x) * part) * 10) / 10,
    y: Math.round((from.y + (to.y - from.y) * part) * 10) / 10,
  };
}
