import type { Line } from "@bellhop/inspector/recording/timeline";
import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { played, quietTimes } from "./quiet.ts";

const minute = 60_000;

function timelineAt(times: ReadonlyArray<number>) {
  return timelineOf(times.map((at, seq): Line => ({ seq, at, type: "note" })));
}

describe("quiet", () => {
  it("quietTimes are gaps of half a minute and more", () => {
    const timeline = timelineAt([0, 1_000, 20_000, 20_000 + 5 * minute, 321_000]);
    assert.deepStrictEqual(quietTimes(timeline, undefined), [{ from: 20_000, to: 320_000 }]);
  });

  it("quietTimes are none where things happen all the time", () => {
    const often = Array.from({ length: 200 }, (_, at) => at * 20_000);
    assert.deepStrictEqual(quietTimes(timelineAt(often), undefined), []);
    // A minute is little beside an hour of this.
    const late = [...often, ...often.map((at) => at + 4_040_000)];
    assert.deepStrictEqual(quietTimes(timelineAt(late), undefined), []);
  });

  it("quietTimes keep to the longest where there are very many", () => {
    const hourly = Array.from({ length: 500 }, (_, at) => at * (60 * minute + at));
    assert.lengthOf(quietTimes(timelineAt(hourly), undefined), 200);
  });

  it("played goes at its speed, and through a fold in no time", () => {
    const folds = [{ from: 1_000, to: 601_000 }];
    const after = (at: number, millis: number) => played(at, { millis, speed: 10 }, folds);
    assert.strictEqual(after(0, 50), 500);
    assert.strictEqual(after(900, 50), 1_000);
    assert.strictEqual(after(1_000, 300), 301_000);
    assert.strictEqual(after(301_000, 400), 601_000);
    assert.strictEqual(after(601_000, 1), 601_010);
  });
});
