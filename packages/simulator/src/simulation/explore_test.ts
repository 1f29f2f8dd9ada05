import { assert, describe, it } from "@effect/vitest";
import { Cause, Clock, Effect, Exit, Fiber } from "effect";
import { type Exploration, explore } from "./explore.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { run } from "./simulation.ts";
import { SimulationError } from "./simulation_error.ts";
import { neverAfter, small } from "./testdata/small_world.ts";

const invariants = [neverAfter("answer lost", "rare")];
const world = { scenario: small, firstSeed: 1, invariants };

/** The seeds, of so many, that are violated when they are run alone. */
function violated(runs: number): ReadonlyArray<number> {
  return Array.from({ length: runs }, (_, index) => index + 1)
    .filter((seed) => run({ ...world, seed }).violation !== undefined);
}

describe("explore()", () => {
  it.effect("runs as many seeds as are wanted, and counts what came of them", () =>
    Effect.gen(function* () {
      const explored = yield* explore({ ...world, runs: 20 });
      const outcomes = Array.from({ length: 20 }, (_, index) => run({ ...world, seed: index + 1 }));
      const sum = (of: (outcome: (typeof outcomes)[0]) => number) =>
        outcomes.reduce((total, outcome) => total + of(outcome), 0);
      assert.strictEqual(explored.runs, 20);
      assert.strictEqual(explored.steps, sum(({ steps }) => steps));
      assert.strictEqual(explored.events, sum(({ events }) => events.length));
      assert.strictEqual(explored.virtualMillis, sum(({ virtualMillis }) => virtualMillis));
      const seeds = violated(20);
      assert.isAbove(seeds.length, 1);
      const { sentence } = neverAfter("answer lost", "rare");
      assert.deepStrictEqual(explored.violations, [
        { invariant: "neverAfter", sentence, count: seeds.length, seeds },
      ]);
    }));

  it.effect("ends with the first failure where that is wanted", () =>
    Effect.gen(function* () {
      const first = violated(20)[0] ?? assert.fail();
      const explored = yield* explore({ ...world, runs: 20, until: "failure" });
      assert.strictEqual(explored.runs, first);
      assert.deepStrictEqual(explored.violations.map(({ seeds }) => seeds), [[first]]);
    }));

  it.effect("ends when the time of the program that explores is over", () =>
    Effect.gen(function* () {
      let nanos = 0n;
      const next = () => (nanos += 10_000_000n);
      const ticking: Clock.Clock = {
        currentTimeMillisUnsafe: () => 0,
        currentTimeMillis: Effect.succeed(0),
        currentTimeNanosUnsafe: () => 0n,
        currentTimeNanos: Effect.succeed(0n),
        monotonicTimeNanosUnsafe: next,
        monotonicTimeNanos: Effect.sync(next),
        sleep: () => Effect.never,
      };
      const explored = yield* explore({ ...world, forMillis: 35 }).pipe(
        Effect.provideService(Clock.Clock, ticking),
      );
      assert.deepStrictEqual([explored.runs, explored.realMillis], [4, 40]);
      assert.strictEqual(explored.virtualMillisPerSecond, explored.virtualMillis * 25);
    }));

  it.effect("tells how far it is after each run", () =>
    Effect.gen(function* () {
      const told: Array<Exploration> = [];
      const onProgress = (exploration: Exploration) =>
        Effect.sync(() => void told.push(exploration));
      const explored = yield* explore({ ...world, runs: 3, onProgress });
      assert.deepStrictEqual(told.map(({ runs }) => runs), [1, 2, 3]);
      assert.deepStrictEqual(told[2], explored);
    }));

  it.effect("keeps the seed of a world that breaks down", () =>
    Effect.gen(function* () {
      const brittle: Scenario = {
        ...small,
        errands: (draw, extent) =>
          draw.below(4) === 3 ? assert.fail("no errands") : small.errands(draw, extent),
      };
      const exit = yield* Effect.exit(explore({ ...world, scenario: brittle, runs: 50 }));
      const fault = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined;
      assert(fault instanceof SimulationError);
      assert.match(fault.message, /broke down: AssertionError: no errands\nAgain/);
      const play = (seed: number) => run({ ...world, scenario: brittle, seed });
      assert.throws(() => play(fault.seed), fault.message);
      for (let seed = 1; seed < fault.seed; seed++) play(seed);
    }));

  it.effect("can be interrupted, and lets others have their turn", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(explore(world));
      for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow;
      yield* Fiber.interrupt(fiber);
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
    }));

  it.effect("builds no stacks during a run, and does afterwards", () =>
    Effect.gen(function* () {
      const before = Error.stackTraceLimit;
      const seen: Array<number> = [];
      const looking = {
        name: "looking",
        sentence: "",
        watch: () => {
          seen.push(Error.stackTraceLimit);
          return { on: () => undefined };
        },
      };
      yield* explore({ ...world, runs: 1, invariants: [looking] });
      assert.deepStrictEqual([seen, Error.stackTraceLimit], [[0], before]);
      const broken = { ...looking, watch: () => assert.fail("broken") };
      yield* Effect.exit(explore({ ...world, runs: 1, invariants: [broken] }));
      assert.strictEqual(Error.stackTraceLimit, before);
    }));
});
