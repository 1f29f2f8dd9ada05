import { assert, describe, it } from "@effect/vitest";
import { mixed } from "../scenario/mixed.ts";
import { drawPlan, type PlanOptions } from "./plan.ts";

const plan = (options: Partial<PlanOptions> = {}) =>
  drawPlan({ seed: 1, scenario: mixed, ...options });
const seeds = Array.from({ length: 500 }, (_, index) => index + 1);

describe("drawPlan()", () => {
  it("gives the same plan for the same seed, and another for another", () => {
    assert.deepStrictEqual(plan(), plan());
    assert.strictEqual(new Set(seeds.map((seed) => JSON.stringify(plan({ seed })))).size, 500);
  });

  it("draws 3 to 8 machines, unless it is told how many", () => {
    const counts = new Set(seeds.map((seed) => plan({ seed }).machines));
    assert.deepStrictEqual([...counts].toSorted((one, other) => one - other), [3, 4, 5, 6, 7, 8]);
    const one = plan({ processes: 1 });
    assert.deepStrictEqual([one.machines, one.clockOffsetsMillis.length], [1, 1]);
    assert.isTrue(one.errands.every(({ machine }) => machine === 0));
    assert.isTrue(one.faults.every(({ machine = 0 }) => machine === 0));
  });

  it("keeps the server as it is, whatever else it is told", () => {
    const { server } = plan();
    assert.deepStrictEqual(
      plan({ processes: 2, faults: "none", durationMillis: 60_000 }).server,
      server,
    );
  });

  it("has no faults and right clocks where nothing goes wrong", () => {
    for (const seed of seeds) {
      const { faults, clockOffsetsMillis } = plan({ seed, faults: "none" });
      assert.deepStrictEqual(faults, []);
      assert.isTrue(clockOffsetsMillis.every((offset) => offset === 0));
    }
  });

  it("has wrong clocks in half of all worlds, and only in chaos", () => {
    const skewed = (faults: "light" | "chaos") =>
      seeds.filter((seed) =>
        plan({ seed, faults }).clockOffsetsMillis.some((offset) => offset !== 0)
      );
    assert.approximately(skewed("chaos").length, 250, 50);
    assert.strictEqual(skewed("light").length, 0);
    const offsets = seeds.flatMap((seed) => plan({ seed }).clockOffsetsMillis);
    assert.isTrue(offsets.every((offset) => Math.abs(offset) <= 5_000));
  });

  it("keeps everything within its time and its machines, in whole numbers and in order", () => {
    for (const durationMillis of [5_000, 45_000, 60_000, 300_000]) {
      for (const seed of seeds.slice(0, 100)) {
        const { errands, faults, machines } = plan({ seed, durationMillis });
        for (const things of [errands, faults]) {
          const times = things.map(({ atMillis }) => atMillis);
          assert.deepStrictEqual(times, times.toSorted((one, other) => one - other));
          assert.isTrue(
            times.every((at) => Number.isInteger(at) && at >= 0 && at <= durationMillis),
          );
          assert.isTrue(things.every(({ machine = 0 }) => machine >= 0 && machine < machines));
        }
      }
    }
  });

  it("asks everything that the mixed scenario can, over many seeds", () => {
    const asked = new Set(seeds.flatMap((seed) => plan({ seed }).errands.map(({ what }) => what)));
    assert.deepStrictEqual([...asked].toSorted(), [
      "call",
      "long",
      "read",
      "service",
      "sign in again",
      "sign in by code",
      "sign in by device",
      "sign out",
      "throw out",
      "token",
      "tokens",
    ]);
  });
});
