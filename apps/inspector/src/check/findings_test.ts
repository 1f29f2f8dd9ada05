import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { beginning, deviceLines } from "../testdata/device_lines.ts";
import { findingsOf, mismatchWords } from "./findings.ts";

const violated = {
  seq: deviceLines.length,
  at: beginning + 9_000,
  type: "violated",
  invariant: "oneHolder",
  detail: "main sent a request without its lease",
};
const timeline = timelineOf([...deviceLines, violated]);
const [flow] = timeline.flows.values();
if (flow === undefined) throw new Error("No flow");
const mismatch = {
  flow: flow.id,
  seq: flow.steps[3]?.seq ?? -1,
  event: "authorization_pending",
  expected: "awaitingUser.waiting",
} as const;

describe("findings", () => {
  it("findingsOf lead to a violation, and to the flow of the process that it names", () => {
    const [finding] = findingsOf(timeline, []);
    assert.deepInclude(finding, {
      kind: "violation",
      title: "one holder",
      detail: "main sent a request without its lease",
      moment: { at: beginning + 9_000, seq: violated.seq },
    });
    assert.strictEqual(finding?.flow, flow);
  });

  it("findingsOf lead to the step that no chart takes", () => {
    const other = { ...mismatch, problem: "otherState", reached: "denied" } as const;
    const [, finding] = findingsOf(timeline, [other]);
    assert.deepInclude(finding, {
      kind: "mismatch",
      title: "Step 3",
      moment: { at: beginning + 2_200, seq: mismatch.seq },
    });
  });

  it("findingsOf find nothing in what is as it should be", () => {
    assert.deepStrictEqual(findingsOf(timelineOf(deviceLines), []), []);
  });

  it("mismatchWords tell what was recorded and what the chart makes of it", () => {
    const reached = "denied";
    const words = (["otherState", "otherContext", "gap", "impossible"] as const)
      .map((problem) => mismatchWords({ ...mismatch, problem, reached }));
    assert.deepStrictEqual(words, [
      "“authorization_pending” leads to denied in the chart; recorded is awaitingUser.waiting",
      "“authorization_pending” leads to awaitingUser.waiting, but the chart remembers something else",
      "“authorization_pending” does not begin in denied, where the step before ended",
      "the chart has no step “authorization_pending” to awaitingUser.waiting",
    ]);
  });

  it("mismatchWords tell what differs of what is remembered", () => {
    const changes = [{ member: "waitMillis", recorded: 2_100, replayed: 2_000 }];
    const words = (more: typeof changes) =>
      mismatchWords({
        ...mismatch,
        problem: "otherContext",
        reached: undefined,
        changes: [...changes, ...more],
      });
    assert.include(words([]), "with waitMillis: recorded 2100, chart 2000");
    assert.include(words(Array.from({ length: 4 }, () => ({ ...changes[0]! }))), " and 2 more");
  });
});
