import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { deviceLines } from "../testdata/device_lines.ts";
import { sequenceOf } from "./rows.ts";

const timeline = timelineOf(deviceLines);
const [flow] = timeline.flows.values();

describe("sequenceOf", () => {
  it("sequenceOf has a lane for each who takes part", () => {
    const { lanes } = sequenceOf(timeline, flow, "flow");
    assert.deepStrictEqual(lanes.map(({ name }) => name), [
      "Browser",
      "Program",
      "Authorization server",
    ]);
  });

  it("sequenceOf tells requests, answers and what a user is shown, in order", () => {
    const { rows, omitted } = sequenceOf(timeline, flow, "flow");
    assert.deepStrictEqual(rows.map(({ kind }) => kind), [
      "request",
      "answer",
      "notice",
      "request",
      "answer",
      "request",
      "answer",
    ]);
    assert.strictEqual(omitted, 0);
    const [, answer] = rows;
    assert.deepStrictEqual(answer?.exchange?.response, { user_code: "BQPK-KZGK" });
  });

  it("sequenceOf takes no offence at a user who has not decided", () => {
    const { rows } = sequenceOf(timeline, flow, "flow");
    assert.isFalse(rows.some(({ isBad }) => isBad));
  });

  it("sequenceOf without a flow shows everything", () => {
    const all = sequenceOf(timeline, undefined, "flow").rows;
    assert.lengthOf(all, sequenceOf(timeline, flow, "everything").rows.length);
  });
});
