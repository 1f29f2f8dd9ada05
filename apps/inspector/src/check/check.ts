/**
 * Takes the steps of a recording again through their charts, while nothing else is to be done. The
 * charts are loaded on their own, so that the page is there before them.
 */
import type { Replay } from "@bellhop/inspector/recording/replay";
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import { current, show } from "../shell/store.ts";
import { merged, slicesOf, stepCount } from "./slices.ts";

/** How long steps are taken before the page has its turn. */
const TURN_MILLIS = 8;

type Replayer = (timeline: Timeline) => Replay;

/** Replays what is shown. Stops where something else is shown before it is done. */
export async function check(): Promise<void> {
  const { timeline } = current();
  const isShown = () => current().timeline === timeline;
  show({ check: { type: "running", part: 0 } });
  await idle();
  const replay = await loaded();
  if (!isShown()) return;
  if (replay === undefined) return show({ check: { type: "failed" } });
  const total = stepCount(timeline);
  const slices = slicesOf(timeline);
  const parts: Array<Replay> = [];
  let steps = 0;
  for (let next = slices.next(); next.done !== true;) {
    const until = performance.now() + TURN_MILLIS;
    for (; next.done !== true && performance.now() < until; next = slices.next()) {
      const part = replay(next.value);
      steps += stepCount(next.value);
      parts.push(part);
    }
    await idle();
    if (!isShown()) return;
    const part = Math.floor(steps / Math.max(1, total) * 10) / 10;
    const { check } = current();
    if (check?.type === "running" && check.part !== part) show({ check: { ...check, part } });
  }
  show({ check: { type: "done", replayed: merged(parts, total) } });
}

/** Loads the charts ahead of need: the program that gave this page may end before a file is dropped. */
export function prepareCheck(): void {
  void idle().then(loaded);
}

async function loaded(): Promise<Replayer | undefined> {
  try {
    return (await import("@bellhop/inspector/recording/replay")).replay;
  } catch {
    return undefined;
  }
}

/** Waits until the page has nothing to do, or has been busy for long. */
function idle(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === "undefined") setTimeout(done, 16);
    else requestIdleCallback(() => done(), { timeout: 200 });
  });
}
