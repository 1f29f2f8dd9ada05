import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { beginning, deviceLines } from "../testdata/device_lines.ts";
import { activity, exchangeStretches, partOf, rangeOf, stateStretches, ticks } from "./tracks.ts";

const timeline = timelineOf(deviceLines);
const [flow] = timeline.flows.values();
const end = beginning + 4_300;
const range = { from: beginning, to: end };

describe("tracks", () => {
  it("rangeOf spans all, or a flow with a margin", () => {
    assert.deepStrictEqual(rangeOf(timeline, undefined, end), range);
    const { from, to } = rangeOf(timeline, flow, end);
    assert.isBelow(from, beginning);
    assert.isAbove(to, end);
  });

  it("stateStretches lie side by side", () => {
    const stretches = stateStretches(flow ?? assert.fail("No flow"), range, end);
    assert.strictEqual(stretches[0]?.label, "requestingDeviceCode");
    const gaps = stretches.slice(1).map(({ left }, index) => {
      const before = stretches[index];
      return Math.round((left - (before?.left ?? 0) - (before?.width ?? 0)) * 1e6);
    });
    assert.isTrue(gaps.every((gap) => gap === 0));
  });

  it("exchangeStretches last as long as the exchange", () => {
    const [first] = exchangeStretches(timeline, flow, range);
    assert.strictEqual(first?.left, 0);
    assert.approximately(first?.width ?? 0, 100 / 4_300, 1e-9);
  });

  it("activity is 1 where most happens", () => {
    assert.strictEqual(Math.max(...activity(timeline, range, 40)), 1);
  });

  it("ticks are round and not too many", () => {
    assert.deepStrictEqual(ticks(range, beginning, 9), [
      0,
      500,
      1_000,
      1_500,
      2_000,
      2_500,
      3_000,
      3_500,
      4_000,
    ]);
    assert.strictEqual(partOf(end, range), 1);
  });
});
