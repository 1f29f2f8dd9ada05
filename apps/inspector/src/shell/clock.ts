/** The time that is shown: it passes live and while a recording plays, and stands otherwise. */
import { useSyncExternalStore } from "react";
import { played } from "../timeline/quiet.ts";
import { foldsOf } from "../timeline/shown_range.ts";
import { momentOf } from "./moment.ts";
import { current, show, watch } from "./store.ts";

const LIVE_TICK_MILLIS = 200;

let now = Date.now();
const watchers = new Set<() => void>();

/** The time that is shown, in milliseconds since the epoch. */
export function shownTime(): number {
  const view = current();
  if (view.moment !== undefined) return view.moment.at;
  const isLive = view.source.type === "live" && view.source.status === "open";
  return isLive ? Math.max(now, view.timeline.lastAt ?? 0) : view.timeline.lastAt ?? 0;
}

/** The same, as it passes. */
export function useShownTime(): number {
  return useSyncExternalStore(watchTime, shownTime);
}

/** The second that is shown, for what need not be drawn more often. */
export function useShownSecond(): number {
  return useSyncExternalStore(watchTime, () => Math.floor(shownTime() / 1_000));
}

function watchTime(watcher: () => void): () => void {
  watchers.add(watcher);
  const unwatch = watch(watcher);
  return () => {
    watchers.delete(watcher);
    unwatch();
  };
}

/** Lets time pass until the returned function is called. */
export function startClock(): () => void {
  let before: number | undefined;
  let frame = 0;
  const play = (time: number): void => {
    const { speed } = current();
    if (speed > 0 && before !== undefined) advance(time - before, speed);
    before = speed > 0 ? time : undefined;
    frame = requestAnimationFrame(play);
  };
  frame = requestAnimationFrame(play);
  const timer = setInterval(() => {
    now = Date.now();
    if (current().source.type === "live" && current().moment === undefined) {
      for (const watcher of watchers) watcher();
    }
  }, LIVE_TICK_MILLIS);
  return () => {
    cancelAnimationFrame(frame);
    clearInterval(timer);
  };
}

function advance(millis: number, speed: number): void {
  const view = current();
  const end = view.timeline.lastAt ?? 0;
  const at = played(momentOf(view).at, { millis, speed }, foldsOf(view));
  if (at >= end) show({ moment: undefined, speed: 0 });
  else show({ moment: { at } });
}
