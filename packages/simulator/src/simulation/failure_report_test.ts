import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { failureReport, replayCommand } from "./failure_report.ts";
import { shrink } from "./shrink.ts";
import { play } from "./simulation.ts";
import { crowded, neverAfter, small } from "./testdata/small_world.ts";

const play7 = { scenario: small, invariants: [neverAfter("answer lost", "rare")] };

describe("failureReport()", () => {
  it.effect("tells a shrunk failure whole", () =>
    Effect.gen(function* () {
      const shrunk = yield* shrink(crowded, play7);
      const { outcome, cut } = shrunk ?? assert.fail();
      const report = failureReport(outcome, { faults: "chaos", processes: 3, cut });
      const command = "bellhop simulate --seed 7 --processes 3 --faults chaos --runs 1";
      assert.deepStrictEqual(report.split("\n"), [
        "Seed 7: neverAfter is violated after 130.000 s",
        '  must hold: Nobody asks for rare after "answer lost".',
        "  happened:  p1.0 did",
        "",
        "World: 2 processes, 1 fault, 1 errand, in 130.001 s",
        "  server: refresh tokens stay; access tokens live for ever",
        '  fault 3     60.000 s  network: "answer lost" meets every request, for 5 s',
        "  errand 4   130.000 s  p1: rare",
        "",
        "Last of p0:",
        "    0.000 s  p0.0  starts",
        "",
        "Last of p1:",
        "    0.000 s  p1.0  starts",
        "  130.000 s  p1.0  caller 1 asks: rare",
        "",
        "Again:",
        `  ${command} --keep f3+,e4,m2,t130001,c`,
      ]);
    }));

  it("tells no more of each machine than is wanted", () => {
    const outcome = play(crowded, play7);
    const report = failureReport(outcome, { faults: "light", processes: 3, lastEvents: 1 });
    const last = report.split("\n").filter((line) => /^ +\d+\.\d{3} s {2}p\d\.\d/.test(line));
    assert.strictEqual(last.length, 3);
    assert.include(report, "clocks that are off: p1 by 1.000 s, p2 by -2.000 s");
    assert.match(report, /each request in 150 of 1000 cases of p2, for 5 s/);
  });
});

describe("replayCommand()", () => {
  it("names no cut where all stays", () => {
    assert.strictEqual(
      replayCommand(5, { faults: "light", processes: 4 }),
      "bellhop simulate --seed 5 --processes 4 --faults light --runs 1",
    );
  });
});
