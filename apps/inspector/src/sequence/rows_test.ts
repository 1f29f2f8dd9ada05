import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { deviceLines } from "../testdata/device_lines.ts";
import { drawnRows, sequenceOf } from "./rows.ts";

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
    const { rows } = sequenceOf(timeline, flow, "flow");
    assert.deepStrictEqual(rows.map(({ kind }) => kind), [
      "request",
      "answer",
      "notice",
      "request",
      "answer",
      "request",
      "answer",
    ]);
    const [, answer] = rows;
    assert.deepStrictEqual(answer?.exchange?.response, { user_code: "BQPK-KZGK" });
  });

  it("sequenceOf takes no offence at a user who has not decided", () => {
    const { rows } = sequenceOf(timeline, flow, "flow");
    assert.isFalse(rows.some(({ isBad }) => isBad));
  });

  it("sequenceOf tells long quiet times, and what is violated", () => {
    const lines = [
      { at: 0, type: "browser.sent", process: "p0.0" },
      { at: 29_999, type: "fault.began", fault: "slow", index: 0 },
      { at: 60_000, type: "violated", invariant: "oneHolder", detail: "two" },
    ].map((line, seq) => ({ ...line, seq }));
    const { rows, lanes } = sequenceOf(timelineOf(lines), undefined, "flow");
    assert.deepStrictEqual(
      rows.map(({ label, quietMillis, isBad }) => [label, quietMillis, isBad]),
      [
        ["authorization_url", undefined, false],
        ["fault begins: slow", undefined, false],
        ["oneHolder is violated", 30_001, true],
      ],
    );
    assert.deepStrictEqual(lanes.map(({ name }) => name), ["Browser", "p0.0"]);
  });

  it("sequenceOf has a lease come from the store", () => {
    const lines = ["lease.asked", "lease.granted"].map((type, seq) => ({
      seq,
      at: seq,
      type,
      process: "p0.0",
      key: "work",
    }));
    const { rows } = sequenceOf(timelineOf(lines), undefined, "flow");
    assert.deepStrictEqual(rows.map(({ from, to }) => [from, to]), [
      ["process:p0.0", "store"],
      ["store", "process:p0.0"],
    ]);
  });

  it("drawnRows are those around what has happened", () => {
    assert.deepStrictEqual(drawnRows(600, 3), [0, 600]);
    assert.deepStrictEqual(drawnRows(5_000, 0), [0, 600]);
    assert.deepStrictEqual(drawnRows(5_000, 5_000), [4_400, 5_000]);
    for (const happened of [1, 299, 300, 301, 777, 2_500, 4_999]) {
      const [from, to] = drawnRows(5_000, happened);
      assert.strictEqual(to - from, 600);
      assert.isTrue(from <= happened && happened <= to);
    }
  });

  it("sequenceOf without a flow shows everything", () => {
    const all = sequenceOf(timeline, undefined, "flow").rows;
    assert.lengthOf(all, sequenceOf(timeline, flow, "everything").rows.length);
  });
});
