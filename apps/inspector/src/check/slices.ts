/** A timeline in parts that are each replayed in little time, and what came of all of them. */
import type { Replay, Unreplayed } from "@bellhop/inspector/recording/replay";
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import type { Replayed } from "./replayed.ts";

/** Steps of one part. */
const PART = 24;

/** How many steps of a timeline can be taken again. */
export function stepCount({ flows }: Timeline): number {
  let count = 0;
  for (const { steps } of flows.values()) count += Math.max(0, steps.length - 1);
  return count;
}

/** Parts a timeline: each has one flow, or some steps of it after the one that they begin with. */
export function* slicesOf(timeline: Timeline): Generator<Timeline, void> {
  for (const flow of timeline.flows.values()) {
    const last = Math.max(1, flow.steps.length - 1);
    for (let from = 0; from < last; from += PART) {
      const isLast = from + PART >= last;
      const steps = flow.steps.slice(from, from + PART + 1);
      // Only the last part tells how the flow ended.
      const part: FlowTrace = isLast ? { ...flow, steps } : { ...flow, steps, outcome: undefined };
      yield { ...timeline, flows: new Map([[flow.id, part]]) };
    }
  }
}

/** Puts together what came of the parts. */
export function merged(parts: ReadonlyArray<Replay>, total: number): Replayed {
  const unreplayed = new Map<string, Unreplayed>();
  for (const part of parts) for (const each of part.unreplayed) unreplayed.set(each.flow, each);
  const mismatches = parts.flatMap((part) => part.mismatches);
  const steps = parts.reduce((sum, part) => sum + part.steps, 0);
  // That a flow ended elsewhere is no step of its own.
  const wrong = mismatches.filter(({ event }) => event !== "").length;
  return {
    total,
    same: Math.max(0, steps - wrong),
    mismatches,
    unreplayed: [...unreplayed.values()],
  };
}
