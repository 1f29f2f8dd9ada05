import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { beginning, deviceLines } from "../testdata/device_lines.ts";
import { anything, flowEntries } from "./entries.ts";

const timeline = timelineOf(deviceLines);

describe("flowEntries", () => {
  it("flowEntries tell where a flow stands at the moment", () => {
    const [before] = flowEntries(timeline, { at: beginning + 150 }, anything);
    assert.deepInclude(before, { state: "awaitingUser.waiting", status: "running", steps: 1 });
    const [after] = flowEntries(timeline, undefined, anything);
    assert.deepInclude(after, { state: "authorized", status: "done", steps: 5 });
  });

  it("flowEntries leave out what had not begun", () => {
    assert.lengthOf(flowEntries(timeline, { at: beginning - 1 }, anything), 0);
  });

  it("flowEntries keep what has all words of a search", () => {
    const found = (text: string) => flowEntries(timeline, undefined, { ...anything, text }).length;
    assert.strictEqual(found("MAIN authorized"), 1);
    assert.strictEqual(found("main denied"), 0);
    assert.strictEqual(found("4bd3a1"), 1);
  });

  it("flowEntries keep what a filter asks for", () => {
    const found = (status: string) => flowEntries(timeline, undefined, { ...anything, status });
    assert.lengthOf(found("done"), 1);
    assert.lengthOf(found("running"), 0);
  });
});
