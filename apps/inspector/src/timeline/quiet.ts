/** Quiet times: those so long, beside all that happened, that a time line does better without them. */
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import type { Quiet } from "./scale.ts";

/** Nothing shorter is called quiet. */
export const LEAST_QUIET_MILLIS = 30_000;

/** More than this of the time in which things happen. */
const LEAST_PART = 0.05;
const MOST = 200;

/**
 * Finds the quiet times of a flow, or of everything.
 *
 * @param timeline What happened.
 * @param flow The one that is looked at alone; `undefined`: all.
 */
export function quietTimes(timeline: Timeline, flow: FlowTrace | undefined): ReadonlyArray<Quiet> {
  const gaps = gapsBetween(timesOf(timeline, flow));
  const quiet = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  const { firstAt = 0, lastAt = 0 } = timeline;
  const span = flow === undefined ? lastAt - firstAt : (flow.endedAt ?? lastAt) - flow.startedAt;
  const least = (span - quiet) * LEAST_PART;
  const long = gaps.filter(({ from, to }) => to - from >= least);
  if (long.length <= MOST) return long;
  const limit = long.map(({ from, to }) => to - from).toSorted((a, b) => b - a)[MOST] ?? 0;
  return long.filter(({ from, to }) => to - from > limit);
}

/**
 * Where a time has come to after some more, as it plays: a fold takes a moment, however long it is.
 *
 * @param at The time before.
 * @param passed How many milliseconds have passed here, and how many times faster it plays.
 * @param folds Quiet times that are folded, in order.
 */
export function played(
  at: number,
  { millis, speed }: { readonly millis: number; readonly speed: number },
  folds: ReadonlyArray<Quiet>,
): number {
  const next = folds.find(({ to }) => to > at);
  if (next === undefined || at + millis * speed < next.from) return at + millis * speed;
  if (at < next.from) return next.from;
  const least = (next.to - next.from) / FOLD_MILLIS;
  return Math.min(next.to, at + millis * Math.max(least, speed));
}

const FOLD_MILLIS = 600;

function* timesOf(timeline: Timeline, flow: FlowTrace | undefined): Generator<number, void> {
  for (const each of flow === undefined ? timeline.flows.values() : [flow]) {
    yield each.startedAt;
    for (const { at } of each.steps) yield at;
    if (each.endedAt !== undefined) yield each.endedAt;
  }
  for (const message of timeline.messages) {
    if (flow === undefined || message.flow === flow.id) yield message.at;
  }
  for (const { at } of flow === undefined ? timeline.happenings : []) yield at;
}

/** The long gaps between times in any order, without sorting all of them. */
function gapsBetween(times: Iterable<number>): ReadonlyArray<Quiet> {
  const size = LEAST_QUIET_MILLIS / 2;
  const stretches = new Map<number, { from: number; to: number }>();
  for (const time of times) {
    const place = Math.floor(time / size);
    const known = stretches.get(place);
    if (known === undefined) stretches.set(place, { from: time, to: time });
    else if (time < known.from) known.from = time;
    else if (time > known.to) known.to = time;
  }
  const busy = [...stretches.values()].toSorted((one, other) => one.from - other.from);
  return busy.flatMap(({ to }, index) => {
    const next = busy[index + 1];
    return next !== undefined && next.from - to >= LEAST_QUIET_MILLIS
      ? [{ from: to, to: next.from }]
      : [];
  });
}
