/** Where times lie on a time line: evenly, but for quiet times that are folded to a little of it. */

/** A range of times. */
export interface Range {
  /** Its beginning, in milliseconds since the epoch. */
  readonly from: number;
  /** Its end. */
  readonly to: number;
  /** Its parts, without a gap, where some are folded; absent: it is even. */
  readonly segments?: ReadonlyArray<Segment> | undefined;
}

/** A time without anything. */
export interface Quiet {
  /** The last thing before it. */
  readonly from: number;
  /** The first thing after it. */
  readonly to: number;
}

/** A part of a range in which time lies evenly. */
export interface Segment extends Quiet {
  /** Left end, from 0 to 1. */
  readonly left: number;
  /** Width, from 0 to 1. */
  readonly width: number;
  /** Whether it is a folded quiet time. */
  readonly isFold: boolean;
}

/** What one fold takes, as long as all of them leave enough to the rest. */
const FOLD_WIDTH = 0.06;
const MOST_FOLDED = 0.4;

/** Folds quiet times of a range. Those outside of it count for nothing. */
export function folded(range: Range, quiet: ReadonlyArray<Quiet>): Range {
  const folds = quiet.filter(({ from, to }) => from >= range.from && to <= range.to);
  if (folds.length === 0) return { from: range.from, to: range.to };
  const share = Math.min(FOLD_WIDTH, MOST_FOLDED / folds.length);
  const hidden = folds.reduce((sum, { from, to }) => sum + to - from, 0);
  const perMilli = (1 - share * folds.length) / Math.max(1, range.to - range.from - hidden);
  const segments: Array<Segment> = [];
  let [at, left] = [range.from, 0];
  const add = (to: number, isFold: boolean): void => {
    const width = isFold ? share : (to - at) * perMilli;
    segments.push({ from: at, to, left, width, isFold });
    left += width;
    at = to;
  };
  for (const { from, to } of folds) {
    if (from > at) add(from, false);
    add(to, true);
  }
  add(range.to, false);
  return { from: range.from, to: range.to, segments };
}

/** Where a time is in a range, from 0 to 1; what is outside lies before 0 or after 1. */
export function partOf(at: number, { from, to, segments }: Range): number {
  const isInside = at >= from && at <= to;
  const segment = isInside ? segments?.findLast((each) => each.from <= at) : undefined;
  if (segment === undefined) return (at - from) / (to - from);
  const length = segment.to - segment.from;
  return segment.left + (length === 0 ? 0 : (at - segment.from) / length * segment.width);
}

/** Which time is at a place of a range. */
export function timeAt(part: number, { from, to, segments }: Range): number {
  const isInside = part >= 0 && part <= 1;
  const segment = isInside ? segments?.findLast(({ left }) => left <= part) : undefined;
  if (segment === undefined) return from + part * (to - from);
  const length = segment.to - segment.from;
  return segment.from + (segment.width === 0 ? 0 : (part - segment.left) / segment.width * length);
}

/** A time for a scale. */
export interface Tick {
  /** In milliseconds since the origin. */
  readonly since: number;
  /** Where, from 0 to 1. */
  readonly left: number;
}

/**
 * Round times within a range for a scale.
 *
 * @param range Of folds only the ends are told.
 * @param origin From when they count.
 * @param most How many there is room for, give or take one.
 */
export function ticks(range: Range, origin: number, most: number): ReadonlyArray<Tick> {
  const segments = range.segments ?? [{ ...range, left: 0, width: 1, isFold: false }];
  const even = segments.filter(({ isFold }) => !isFold);
  const shown = even.reduce((sum, { from, to }) => sum + to - from, 0);
  const room = even.reduce((sum, { width }) => sum + width, 0);
  const step = stepFor(shown / room / most);
  const found: Array<Tick> = [];
  let free = -1;
  for (const segment of even) {
    for (const since of timesIn(segment, origin, step)) {
      const left = partOf(origin + since, range);
      // The words of the last one would not fit.
      if (left < free || left > 0.97) continue;
      found.push({ since, left });
      free = left + 0.6 / most;
    }
  }
  return found;
}

/** Round times in a part; its beginning where there is none, as after a fold. */
function timesIn({ from, to }: Quiet, origin: number, step: number): ReadonlyArray<number> {
  const first = Math.ceil((from - origin) / step) * step;
  const count = Math.floor((to - origin - first) / step) + 1;
  if (count <= 0) return [from - origin];
  return Array.from({ length: count }, (_, index) => first + index * step);
}

function stepFor(millis: number): number {
  const day = 86_400_000;
  return scale.find((step) => step >= millis) ?? Math.ceil(millis / day) * day;
}

const scale = [
  0.01,
  0.02,
  0.05,
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1_800,
  3_600,
  7_200,
  21_600,
  86_400,
].map((seconds) => seconds * 1_000);
