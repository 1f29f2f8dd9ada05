import { replay } from "@bellhop/inspector/recording/replay";
import { type Line, timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { deviceLines } from "../testdata/device_lines.ts";
import { merged, slicesOf, stepCount } from "./slices.ts";

/** A flow that goes between two states so often, at last to one that its chart does not know. */
function longFlow(moves: number): ReadonlyArray<Line> {
  const [started, ...others] = deviceLines.map((line) => line["observation"] as object);
  const found = others.filter((step) => "event" in step && "to" in step);
  const [toWaiting, toPolling, back] = found;
  const steps = [started, toWaiting];
  for (let move = 0; move < moves; move++) steps.push(move % 2 === 0 ? toPolling : back);
  steps.push({ ...toPolling, from: "nowhere", to: "somewhere" });
  return steps.map((observation, seq) => ({
    seq,
    at: seq,
    type: "observed",
    process: "main",
    observation,
  }));
}

describe("slices", () => {
  it("merged parts of a timeline come to the same as the whole", () => {
    for (const lines of [deviceLines, longFlow(10), longFlow(500)]) {
      const timeline = timelineOf(lines);
      const whole = replay(timeline);
      const parts = [...slicesOf(timeline)].map((part) => replay(part));
      const total = stepCount(timeline);
      assert.deepStrictEqual(merged(parts, total), {
        total,
        same: whole.steps - whole.mismatches.length,
        mismatches: whole.mismatches,
        unreplayed: whole.unreplayed,
      });
      assert.strictEqual(whole.steps, total);
    }
  });

  it("slicesOf a long flow are short", () => {
    const slices = [...slicesOf(timelineOf(longFlow(500)))];
    assert.isAbove(slices.length, 10);
    assert.isTrue(slices.every((slice) => stepCount(slice) <= 24));
  });

  it("merged tells once of a flow that could not be taken again", () => {
    const lines = longFlow(100).map((line) => {
      const observation = line["observation"] as { readonly chart?: string };
      return { ...line, observation: { ...observation, chart: "unknown" } };
    });
    const timeline = timelineOf(lines);
    const { unreplayed, same } = merged([...slicesOf(timeline)].map((part) => replay(part)), 9);
    assert.deepStrictEqual(unreplayed.map(({ reason }) => reason), ["unknownChart"]);
    assert.strictEqual(same, 0);
  });
});
