import { assert, describe, it } from "@effect/vitest";
import { mixed } from "../scenario/mixed.ts";
import { parse } from "./plan_cut.ts";
import { replayCall, replayCommand, replayLines } from "./replay.ts";
import { neverAfter, small } from "./testdata/small_world.ts";

const cut = parse("f3+,e4,m2,t130001,c");

describe("replayCommand()", () => {
  it("says what is not as always, and no more", () => {
    assert.strictEqual(
      replayCommand(5, { faults: "light", processes: 4, durationMillis: 300_000 }),
      "bellhop simulate --seed 5 --processes 4 --faults light --runs 1",
    );
    assert.strictEqual(
      replayCommand(5, { durationMillis: 1_500, cut }),
      "bellhop simulate --seed 5 --faults chaos --duration 1500ms --runs 1 --keep f3+,e4,m2,t130001,c",
    );
  });
});

describe("replayCall()", () => {
  it("says what is not as always, and no more", () => {
    assert.strictEqual(
      replayCall(5, {}),
      'Simulation.check(scenario, { firstSeed: 5, runs: 1, faults: "chaos" })',
    );
    const invariants = [neverAfter("slow", "often")];
    assert.strictEqual(
      replayCall(5, { faults: "none", processes: 2, durationMillis: 1_234_567, cut, invariants }),
      'Simulation.check(scenario, { firstSeed: 5, runs: 1, processes: 2, faults: "none", ' +
        'durationMillis: 1_234_567, keep: "f3+,e4,m2,t130001,c", invariants })',
    );
  });
});

describe("replayLines()", () => {
  it("has a command where that would run the same, and a call elsewhere", () => {
    const [, command] = replayLines(mixed, { seed: 5 });
    assert.strictEqual(command, "  bellhop simulate --seed 5 --faults chaos --runs 1");
    const [told, call] = replayLines(small, { seed: 5 });
    assert.strictEqual(told, 'Again, in a test that has the scenario "small":');
    assert.strictEqual(call, `  ${replayCall(5, {})}`);
  });

  it("names the invariants where they are not Bellhop's own", () => {
    const invariants = [neverAfter("slow", "often")];
    assert.deepStrictEqual(replayLines(mixed, { seed: 5, invariants }), [
      'Again, in a test that has the scenario "mixed" and the invariants neverAfter:',
      `  ${replayCall(5, { invariants })}`,
    ]);
  });
});
