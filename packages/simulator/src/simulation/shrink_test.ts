import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import type { Scene } from "../invariant/invariant.ts";
import { mixed } from "../scenario/mixed.ts";
import { drawPlan } from "./plan.ts";
import { cutPlan, format, parse } from "./plan_cut.ts";
import { shrink } from "./shrink.ts";
import { play } from "./simulation.ts";
import { crowded, neverAfter, small } from "./testdata/small_world.ts";

const invariants = [neverAfter("answer lost", "rare")];

describe("shrink()", () => {
  it.effect("ends at the one fault and the one errand that it takes", () =>
    Effect.gen(function* () {
      const shrunk = yield* shrink(crowded, { scenario: small, invariants });
      assert(shrunk !== undefined);
      const { outcome, cut, isMinimal, runs } = shrunk;
      assert.strictEqual(format(cut), "f3+,e4,m2,t130001,c");
      assert.isTrue(isMinimal);
      assert.isBelow(runs, 60);
      assert.strictEqual(outcome.violation?.detail, "p1.0 did");
      assert.deepStrictEqual(outcome.plan.clockOffsetsMillis, [0, 0]);
    }));

  it.effect("gives a cut that brings the same course back through its word", () =>
    Effect.gen(function* () {
      const shrunk = yield* shrink(crowded, { scenario: small, invariants });
      const cut = parse(format(shrunk?.cut ?? assert.fail()));
      const again = play(cutPlan(crowded, cut ?? assert.fail()), { scenario: small, invariants });
      assert.deepStrictEqual(again.events, shrunk?.outcome.events);
    }));

  it.effect("keeps to the invariant that was violated first", () =>
    Effect.gen(function* () {
      const other = { ...neverAfter("slow", "often"), name: "other" };
      const both = [...invariants, other];
      const shrunk = yield* shrink(
        { ...crowded, faults: crowded.faults.slice(3), errands: crowded.errands.slice(4) },
        { scenario: small, invariants: both },
      );
      assert.strictEqual(shrunk?.outcome.violation?.invariant, "neverAfter");
    }));

  it.effect("ends with what it has when there are no more runs", () =>
    Effect.gen(function* () {
      const shrunk = yield* shrink(crowded, { scenario: small, invariants, maxRuns: 6 });
      assert.deepStrictEqual([shrunk?.runs, shrunk?.isMinimal], [6, false]);
      assert.isDefined(shrunk?.outcome.violation);
    }));

  it.effect("goes round smaller worlds that break down", () =>
    Effect.gen(function* () {
      const [rare] = invariants;
      const brittle = {
        ...(rare ?? assert.fail()),
        watch: (scene: Scene) => {
          if (scene.plan.machines < 3) throw new Error("too few");
          return neverAfter("answer lost", "rare").watch(scene);
        },
      };
      const shrunk = yield* shrink(crowded, { scenario: small, invariants: [brittle] });
      assert.strictEqual(format(shrunk?.cut ?? assert.fail()), "f3+,e4,m3,t130001,c");
    }));

  it.effect("gives nothing where nothing is violated", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* shrink(crowded, { scenario: small, invariants: [] }));
    }));

  it.effect(
    "shrinks real logins to a device, a fault, and nothing else",
    () =>
      Effect.gen(function* () {
        const sentence = "No connection breaks.";
        const plan = drawPlan({ seed: 7, scenario: mixed, faults: "none", processes: 3 });
        const weather = { on: "network", forMillis: 20_000, permille: 1_000 } as const;
        const faults = [
          { ...weather, trouble: "slow" as const, atMillis: 61_000 },
          { ...weather, trouble: "reset after" as const, atMillis: 100_000, forMillis: 120_000 },
          { ...weather, trouble: "refused" as const, atMillis: 250_000 },
        ];
        const shrunk = yield* shrink({ ...plan, faults }, {
          scenario: mixed,
          invariants: [{
            name: "noReset",
            sentence,
            watch: () => ({
              on: (event) =>
                event.type === "http.ended" && event.trouble === "reset after"
                  ? "one did"
                  : undefined,
            }),
          }],
        });
        assert.deepStrictEqual(shrunk?.cut.faults, [1]);
        assert.isAtMost(shrunk?.cut.errands.length ?? 9, 2);
        assert.isBelow(shrunk?.cut.durationMillis ?? Infinity, plan.durationMillis);
      }),
    60_000,
  );
});
