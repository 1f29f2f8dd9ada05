import { assert, describe, it } from "@effect/vitest";
import {
  progressLine,
  progressWords,
  simulatedLine,
  summaryWords,
  violationsOf,
} from "./simulation_lines.ts";

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
    assert.deepStrictEqual(progressLine(exploration, { runs: 100 }), {
      type: "progress",
      seed: 7,
      runs: 3,
      of_runs: 100,
      violations: 3,
      flows: 5,
      virtual_ms: 60_000,
      elapsed_ms: 2_000,
      of_ms: null,
      virtual_ms_per_second: 30_000,
      flows_per_second: 2,
    });
    assert.deepStrictEqual(simulatedLine(exploration, { forMillis: 45_000 }), {
      type: "simulated",
      seed: 7,
      runs: 3,
      of_runs: null,
      violations: 3,
      steps: 10,
      events: 20,
      flows: 5,
      virtual_ms: 60_000,
      elapsed_ms: 2_000,
      of_ms: 45_000,
      virtual_ms_per_second: 30_000,
      flows_per_second: 2,
    });
  });
});

describe("progressWords()", () => {
  it("says how far it is of what, and how fast", () => {
    const { violations, ...rest } = exploration;
    const fast = { ...rest, violations: [], virtualMillisPerSecond: 18_720_000 };
    const rate = "2 flows and 5.2 virtual hours a second";
    assert.strictEqual(
      progressWords(fast, { runs: 100 }),
      `3 of 100 runs · no violation · ${rate}`,
    );
    assert.strictEqual(
      progressWords({ ...fast, violations }, { forMillis: 45_000 }),
      `3 runs, 2 s of 45 s · 3 violations · ${rate}`,
    );
    assert.strictEqual(
      progressWords(fast, { runs: 100, forMillis: 45_000 }),
      `3 of 100 runs, 2 s of 45 s · no violation · ${rate}`,
    );
    assert.strictEqual(progressWords(fast, {}), `3 runs · no violation · ${rate}`);
  });

  it("fits into a terminal of 80 columns", () => {
    const large = { ...exploration, runs: 1_000, flowsPerSecond: 216, violations: [] };
    assert.isBelow(progressWords(large, { runs: 1_000 }).length, 80);
  });

  it("counts virtual time in the unit that fits", () => {
    const units = [[900, "0.9 virtual seconds"], [90_000, "1.5 virtual minutes"], [
      216_000_000,
      "2.5 virtual days",
    ]] as const;
    for (const [virtualMillisPerSecond, words] of units) {
      assert.include(progressWords({ ...exploration, virtualMillisPerSecond }, {}), words);
    }
  });
});

describe("summaryWords()", () => {
  it("says which seeds, and what came of them, in one line", () => {
    assert.strictEqual(
      summaryWords(exploration, { runs: 100 }),
      "3 of 100 runs, seeds 7 to 9 · 1:00 of worlds in 2 s · 5 flows · " +
        "2 flows and 30.0 virtual seconds a second · 3 violations",
    );
    const one = { ...exploration, runs: 1, violations: [] };
    assert.match(summaryWords(one, { runs: 1 }), /^1 run, seed 7 · .* · no violation$/);
  });
});
