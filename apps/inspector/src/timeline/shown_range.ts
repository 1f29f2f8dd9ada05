/** What the time line spans: everything or one flow, with quiet times folded or not. */
import { chosenFlow } from "../shell/navigation.ts";
import type { View } from "../shell/store.ts";
import { LEAST_QUIET_MILLIS, quietTimes } from "./quiet.ts";
import { folded, type Quiet, type Range } from "./scale.ts";
import { rangeOf } from "./tracks.ts";

/** What a view's time line spans, and what of it is or could be folded. */
export interface ShownRange {
  /** The times. */
  readonly range: Range;
  /** The last time there is. */
  readonly now: number;
  /** Quiet times, whether they are folded or not. */
  readonly quiet: ReadonlyArray<Quiet>;
}

/** Finds what a view's time line spans until the last time that there is. */
export function shownRange(view: View, now: number): ShownRange {
  const flow = view.isZoomed ? chosenFlow(view) : undefined;
  const quiet = [...quietOf(view), ...quietSince(view, now)];
  const folds = quiet.filter((each) => isFolded(view, each));
  const foldedMillis = folds.reduce((sum, { from, to }) => sum + to - from, 0);
  return { range: folded(rangeOf(view.timeline, flow, { now, foldedMillis }), folds), now, quiet };
}

/** The quiet times that a view folds, in order. */
export function foldsOf(view: View): ReadonlyArray<Quiet> {
  return quietOf(view).filter((quiet) => isFolded(view, quiet));
}

function isFolded({ foldsQuiet, unfolded }: View, { from }: Quiet): boolean {
  return foldsQuiet && !unfolded.has(from);
}

/** Live: the time since the last line, where nothing comes any more. */
function quietSince({ timeline, isZoomed }: View, now: number): ReadonlyArray<Quiet> {
  const { firstAt = now, lastAt = now } = timeline;
  const isLong = now - lastAt >= Math.max(LEAST_QUIET_MILLIS, lastAt - firstAt);
  return isLong && !isZoomed ? [{ from: lastAt, to: now }] : [];
}

interface Known {
  readonly key: string;
  readonly timeline: unknown;
  readonly quiet: ReadonlyArray<Quiet>;
  readonly at: number;
}

let known: Known | undefined;

/** A timeline with more lines is looked at less often while it grows. */
const MANY_LINES = 5_000;
const REST_MILLIS = 1_000;

/** Looked for once for each revision, or once a second where there is much: it looks at everything. */
function quietOf(view: View): ReadonlyArray<Quiet> {
  const { timeline, revision, isZoomed } = view;
  const flow = isZoomed ? chosenFlow(view) : undefined;
  const now = performance.now();
  const key = `${revision} ${flow?.id ?? ""}`;
  if (known !== undefined && known.timeline === timeline) {
    if (known.key === key) return known.quiet;
    const isSame = known.key.endsWith(` ${flow?.id ?? ""}`);
    const isRecent = now - known.at < REST_MILLIS;
    if (isSame && isRecent && timeline.lineCount > MANY_LINES) return known.quiet;
  }
  const quiet = quietTimes(timeline, flow);
  known = { key, timeline, quiet, at: now };
  return quiet;
}
