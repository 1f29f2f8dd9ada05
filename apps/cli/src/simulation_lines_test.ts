import { assert, describe, it } from "@effect/vitest";
import { explorationWords, progressLine, simulatedLine, violationsOf } from "./simulation_lines.ts";

const exploration = {
  firstSeed: 7,
  runs: 3,
  steps: 10,
  events: 20,
  flows: 5,
  virtualMillis: 60_000,
  realMillis: 2_000,
  virtualMillisPerSecond: 30_000,
  flowsPerSecond: 2,
  violations: [
    { invariant: "a", sentence: "A.", count: 2, seeds: [7, 8] },
    { invariant: "b", sentence: "B.", count: 1, seeds: [9] },
  ],
};

describe("violationsOf()", () => {
  it("counts runs, whatever was violated in them", () => {
    assert.strictEqual(violationsOf(exploration), 3);
    assert.strictEqual(violationsOf({ ...exploration, violations: [] }), 0);
  });
});

describe("progressLine() and simulatedLine()", () => {
  it("have the members that scripts read", () => {
    assert.deepStrictEqual(progressLine(exploration), {
      type: "progress",
      runs: 3,
      violations: 3,
      elapsed_ms: 2_000,
    });
    assert.deepStrictEqual(simulatedLine(exploration), {
      type: "simulated",
      seed: 7,
      runs: 3,
      violations: 3,
      steps: 10,
      events: 20,
      flows: 5,
      virtual_ms: 60_000,
      elapsed_ms: 2_000,
      virtual_ms_per_second: 30_000,
      flows_per_second: 2,
    });
  });
});

describe("explorationWords()", () => {
  it("says it in one line", () => {
    assert.strictEqual(
      explorationWords(exploration),
      "3 seeds from 7 · 1:00 of worlds in 2 s · 5 flows, 2 a second · 3 violations",
    );
    assert.strictEqual(
      explorationWords({ ...exploration, runs: 1, violations: [] }),
      "seed 7 · 1:00 of worlds in 2 s · 5 flows, 2 a second · no violation",
    );
  });
});
