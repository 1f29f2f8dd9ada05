import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit } from "effect";
import { make } from "../scenario/program.ts";
import { check, type CheckOptions } from "./check.ts";
import { SimulationError } from "./simulation_error.ts";
import { run } from "./simulation.ts";
import { neverAfter, small } from "./testdata/small_world.ts";

const invariants = [neverAfter("answer lost", "rare")];
const options: CheckOptions = { runs: 30, processes: 3, durationMillis: 200_000, invariants };

/** The options of the call at the end of a report, as a program would read them. */
function callOf(message: string): Record<string, unknown> {
  const [, members = assert.fail(message)] =
    /Simulation\.check\(scenario, (\{.*\})\)$/.exec(message) ?? [];
  const json = members
    .replace(", invariants", "")
    .replaceAll(/([{,] )(\w+):/g, '$1"$2":')
    .replaceAll(/(\d)_(?=\d)/g, "$1");
  return JSON.parse(json) as Record<string, unknown>;
}

describe("check()", () => {
  it.effect("gives what was run where all holds", () =>
    Effect.gen(function* () {
      const { runs, firstSeed, violations } = yield* check(small, { runs: 3 });
      assert.deepStrictEqual([runs, firstSeed, violations], [3, 1, []]);
    }));

  it.effect("fails with the report of a smaller world, whose call brings it back", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(check(small, options));
      const { seed, invariant, keep, message } = error;
      assert.strictEqual(invariant, "neverAfter");
      assert.match(message, new RegExp(`^Seed ${seed}: neverAfter is violated after`));
      assert.include(message, "World: 2 processes, 1 fault, 1 errand");
      const call = callOf(message);
      assert.deepStrictEqual(call, {
        firstSeed: seed,
        runs: 1,
        processes: 3,
        faults: "chaos",
        durationMillis: 200_000,
        keep,
      });
      const again = yield* Effect.flip(check(small, { ...call, invariants }));
      assert.strictEqual(again.message, message);
    }));

  it.effect("ends at the first seed that fails, from the one that it was told", () =>
    Effect.gen(function* () {
      const { seed } = yield* Effect.flip(check(small, options));
      const next = yield* Effect.flip(check(small, { ...options, firstSeed: seed + 1 }));
      assert.isAbove(next.seed, seed);
      const isHeld = (each: number) =>
        run({ ...options, scenario: small, seed: each }).violation === undefined;
      const before = Array.from({ length: next.seed - 1 }, (_, index) => index + 1);
      assert.deepStrictEqual(before.filter((each) => !isHeld(each)), [seed]);
    }));

  it.effect("says so where a program does not do the same twice", () =>
    Effect.gen(function* () {
      let starts = 0;
      const fickle = make({
        name: "fickle",
        start: () =>
          Effect.sync(() => ({ once: starts++ === 0 ? Effect.die("once") : Effect.void })),
      });
      const { message, keep } = yield* Effect.flip(
        check(fickle, { processes: 1, faults: "none", runs: 1 }),
      );
      assert.match(message, /^Seed 1: noFault is violated, and not a second time\n/);
      assert.deepStrictEqual(callOf(message), {
        firstSeed: 1,
        runs: 1,
        processes: 1,
        faults: "none",
      });
      assert.isUndefined(keep);
    }));

  it.effect("dies where it is asked for what no report names", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(check(small, { keep: "everything" }));
      const fault = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined;
      assert.isTrue(fault instanceof RangeError);
    }));

  it.effect("keeps the seed when an invariant throws", () =>
    Effect.gen(function* () {
      const broken = {
        ...neverAfter("slow", "often"),
        watch: () => ({ on: () => assert.fail("not yet") }),
      };
      const exit = yield* Effect.exit(check(small, { firstSeed: 9, invariants: [broken] }));
      const fault = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined;
      assert(fault instanceof SimulationError);
      assert.strictEqual(fault.seed, 9);
      assert.match(fault.message, /The invariant neverAfter threw AssertionError: not yet/);
      assert.include(fault.message, "firstSeed: 9, runs: 1");
    }));
});
