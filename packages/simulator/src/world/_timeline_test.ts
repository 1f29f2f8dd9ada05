import { assert, describe, it } from "@effect/vitest";
import { stream } from "../seed.ts";
import { Timeline } from "./_timeline.ts";

/** The names of what happens until a moment, in order. */
function drain(timeline: Timeline, untilMillis = Infinity): ReadonlyArray<number> {
  const at: Array<number> = [];
  for (;;) {
    const planned = timeline.next(untilMillis);
    if (planned === undefined) return at;
    at.push(planned.atMillis);
    planned.action?.();
  }
}

describe("Timeline", () => {
  it("gives in the order of time whatever order it was planned in", () => {
    const draw = stream(3, "timeline");
    const timeline = new Timeline();
    const times = Array.from({ length: 500 }, () => draw.below(90));
    for (const at of times) timeline.plan(at, () => undefined);
    assert.deepStrictEqual(drain(timeline), times.toSorted((one, other) => one - other));
  });

  it("gives what is at one time in the order in which it was planned", () => {
    const draw = stream(4, "timeline");
    const timeline = new Timeline();
    const done: Array<readonly [number, number]> = [];
    for (let order = 0; order < 300; order++) {
      const at = draw.below(5);
      timeline.plan(at, () => done.push([at, order]));
    }
    drain(timeline);
    const sorted = done.toSorted(([at, order], [otherAt, other]) => at - otherAt || order - other);
    assert.deepStrictEqual(done, sorted);
    assert.strictEqual(done.length, 300);
  });

  it("keeps what is later than asked for", () => {
    const timeline = new Timeline();
    for (const at of [5, 1, 9]) timeline.plan(at, () => undefined);
    assert.deepStrictEqual(drain(timeline, 5), [1, 5]);
    assert.deepStrictEqual(drain(timeline, 8), []);
    assert.deepStrictEqual(drain(timeline, 9), [9]);
  });

  it("leaves out what was cancelled, first or not", () => {
    const timeline = new Timeline();
    const planned = [1, 2, 3, 4].map((at) => timeline.plan(at, () => undefined));
    for (const at of [0, 2]) (planned[at] as (typeof planned)[0]).action = undefined;
    assert.deepStrictEqual(drain(timeline), [2, 4]);
  });
});
