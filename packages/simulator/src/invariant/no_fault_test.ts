import { assert, describe, it } from "@effect/vitest";
import { noFault } from "./no_fault.ts";
import { crashed, flowEnds, operates, P0, verdictOf } from "./testdata/story.ts";

describe("noFault", () => {
  it("holds where processes crash and end", () => {
    const ended = { type: "process.ended" as const, process: "p1.0" };
    assert.isUndefined(verdictOf(noFault, [[1, crashed(P0)], [2, ended]]));
  });

  it("reports a loop that lets no time pass", () => {
    assert.strictEqual(
      verdictOf(noFault, [[1, { type: "process.spun", process: P0 }]]),
      "p0.0 never lets time go on",
    );
  });

  it("reports a defect", () => {
    const faulted = {
      type: "process.faulted" as const,
      process: P0,
      what: "main",
      fault: "Error: x",
    };
    assert.include(verdictOf(noFault, [[1, faulted]]), `p0.0 ended "main" with a defect`);
  });

  it("reports a defect that ends an operation or a flow, and no other end", () => {
    assert.strictEqual(
      verdictOf(noFault, [[1, operates(P0, "persist", "defect")]]),
      `p0.0 ended operation "persist" with a defect`,
    );
    assert.include(verdictOf(noFault, [[1, flowEnds(P0, "a", "defect")]]), "ended a flow in");
    assert.isUndefined(verdictOf(noFault, [
      [1, operates(P0, "persist")],
      [2, operates(P0, "persist", "interrupted")],
      [3, operates(P0, "persist", "stored")],
      [4, flowEnds(P0, "a", "interrupted")],
      [5, flowEnds(P0, "b")],
    ]));
  });
});
