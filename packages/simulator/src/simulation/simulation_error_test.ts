import { assert, describe, it } from "@effect/vitest";
import { attempt, SimulationError } from "./simulation_error.ts";
import { small } from "./testdata/small_world.ts";

function thrown(run: () => unknown): SimulationError {
  try {
    run();
  } catch (error) {
    return error instanceof SimulationError ? error : assert.fail(String(error));
  }
  return assert.fail("nothing was thrown");
}

describe("attempt()", () => {
  it("gives what comes of it", () => {
    assert.strictEqual(attempt({ seed: 7, scenario: small }, () => 5), 5);
  });

  it("names the seed, and how to run it again", () => {
    const cause = new TypeError("nothing there");
    const error = thrown(() =>
      attempt({ seed: 7, scenario: small, processes: 2, durationMillis: 1_000 }, () => {
        throw cause;
      })
    );
    assert.deepStrictEqual([error.seed, error.scenario, error.cause], [7, "small", cause]);
    assert.deepStrictEqual(error.message.split("\n"), [
      'Simulation of "small" with seed 7 broke down: TypeError: nothing there',
      'Again, in a test that has the scenario "small":',
      "  Simulation.check(scenario, { firstSeed: 7, runs: 1, processes: 2, " +
      'faults: "chaos", durationMillis: 1_000 })',
    ]);
  });

  it("knows more than whoever threw from within", () => {
    const cause = new Error("nothing there");
    const within = new SimulationError({ seed: 7, scenario: "small", cause });
    assert.include(within.message, "Simulation.play(plan, { scenario })");
    const error = thrown(() =>
      attempt({ seed: 7, scenario: small }, () => {
        throw within;
      })
    );
    assert.strictEqual(error.cause, cause);
    assert.include(error.message, "firstSeed: 7");
  });
});
