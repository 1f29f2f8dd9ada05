import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { beginning, deviceLines } from "../testdata/device_lines.ts";
import {
  activity,
  exchangeStretches,
  faultStretches,
  findingFlags,
  happeningMarks,
  rangeOf,
  stateStretches,
} from "./tracks.ts";

const timeline = timelineOf(deviceLines);
const [flow] = timeline.flows.values();
const end = beginning + 4_300;
const range = { from: beginning, to: end };

describe("tracks", () => {
  it("rangeOf spans all, or a flow with a margin", () => {
    assert.deepStrictEqual(rangeOf(timeline, undefined, { now: end, foldedMillis: 0 }), range);
    const { from, to } = rangeOf(timeline, flow, { now: end, foldedMillis: 0 });
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

  it("rangeOf gives a flow a margin of what is not folded", () => {
    const { from } = rangeOf(timeline, flow, { now: end, foldedMillis: 4_000 });
    assert.strictEqual(from, beginning - 50);
  });

  const world = timelineOf([
    { at: 0, type: "fault.began", fault: "slow", index: 0 },
    { at: 10, type: "fault.began", fault: "refused", index: 1 },
    { at: 20, type: "fault.began", fault: "crash", index: 2 },
    { at: 20, type: "process.crashed", process: "p0.0" },
    { at: 30, type: "fault.ended", fault: "slow", index: 0 },
    { at: 40, type: "fault.began", fault: "stale", index: 3 },
    { at: 60, type: "world.quiet" },
    { at: 100, type: "constructor" },
  ].map((line, seq) => ({ ...line, seq })));
  const all = { from: 0, to: 100 };

  it("faultStretches lie in rows, and end where the world turns quiet", () => {
    const stretches = faultStretches(world, all).map(({ label, left, width, row }) => [
      label,
      Math.round(left * 100),
      Math.round(width * 100),
      row,
    ]);
    assert.deepStrictEqual(stretches, [
      ["slow", 0, 30, 0],
      ["refused", 10, 50, 1],
      ["stale", 40, 20, 0],
    ]);
  });

  it("happeningMarks are of known types alone", () => {
    assert.deepStrictEqual(happeningMarks(world, all).map(({ kind, label }) => [kind, label]), [
      ["crash", "p0.0: process.crashed"],
    ]);
  });

  it("findingFlags stand apart", () => {
    const finding = { kind: "violation", title: "one holder", detail: "no lease" } as const;
    const findings = [10, 10.1, 90, 200].map((at) => ({
      ...finding,
      id: String(at),
      moment: { at },
    }));
    assert.deepStrictEqual(findingFlags(findings, all).map(({ left }) => left), [0.1, 0.9]);
    const mismatch = { ...finding, kind: "mismatch", id: "other", moment: { at: 10.2 } } as const;
    const flags = findingFlags([...findings, mismatch, { ...mismatch, id: "next" }], all);
    assert.deepStrictEqual(flags.map(({ kind, label }) => [kind, label]), [
      ["violation", "one holder +1"],
      ["violation", "one holder"],
      ["mismatch", "≠ 2"],
    ]);
  });
});
