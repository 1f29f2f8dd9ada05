import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { mixed, Simulation } from "./mod.ts";

describe("Simulation", () => {
  it("runs and plays one world", () => {
    const options = { seed: 5, scenario: mixed, faults: "light" as const, processes: 2 };
    const played = Simulation.play(Simulation.drawPlan(options), options);
    assert.strictEqual(played.events.length, Simulation.run(options).events.length);
  });

  it.effect("explores many", () =>
    Effect.gen(function* () {
      const explored = yield* Simulation.explore({ firstSeed: 1, runs: 3, scenario: mixed });
      assert.strictEqual(explored.runs, 3);
      assert.deepStrictEqual(explored.violations, []);
    }));
});
