import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { failureReport } from "./failure_report.ts";
import { mixed } from "../scenario/mixed.ts";
import { make } from "../scenario/program.ts";
import { drawPlan } from "./plan.ts";
import { shrink } from "./shrink.ts";
import { play, run } from "./simulation.ts";
import { crowded, neverAfter, small } from "./testdata/small_world.ts";

const play7 = { scenario: small, invariants: [neverAfter("answer lost", "rare")] };

describe("failureReport()", () => {
  it.effect("tells a shrunk failure whole", () =>
    Effect.gen(function* () {
      const shrunk = yield* shrink(crowded, play7);
      const { outcome, cut } = shrunk ?? assert.fail();
      const report = failureReport(outcome, { faults: "chaos", processes: 3, cut });
      const call =
        'Simulation.check(scenario, { firstSeed: 7, runs: 1, processes: 3, faults: "chaos"';
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
        'Again, in a test that has the scenario "small":',
        `  ${call}, keep: "f3+,e4,m2,t130001,c" })`,
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

  it("names the command that runs a world of Bellhop's own scenario, whole as it was", () => {
    const options = { scenario: mixed, invariants: [neverAfter("slow", "no such")] };
    const plan = drawPlan({ seed: 3, scenario: mixed, processes: 2, durationMillis: 60_000 });
    const report = failureReport(play(plan, options), { faults: "chaos" });
    assert.strictEqual(
      report.split("\n").at(-1),
      "  bellhop simulate --seed 3 --processes 2 --faults chaos --duration 60s --runs 1",
    );
  });

  it("calls errands by the names that a program has for them", () => {
    const scenario = make({
      name: "errands",
      start: () =>
        Effect.succeed({
          print: Effect.void,
          post: Effect.fail({ _tag: "NoStamp" }),
          burn: Effect.die("fire"),
        }),
    });
    const outcome = run({ seed: 2, scenario, processes: 1, faults: "none" });
    const report = failureReport(outcome, { faults: "none", lastEvents: 100 });
    assert.include(report, 'happened:  p0.0 ended "burn" with a defect: fire');
    assert.match(report, /errand \d+ +\d+\.\d{3} s {2}p0: burn/);
    assert.match(report, /p0\.0 {2}begins print\n.*p0\.0 {2}has done print\n/);
    assert.include(report, "p0.0  has not done post: NoStamp");
  });
});
