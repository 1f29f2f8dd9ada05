import { assert, describe, it } from "@effect/vitest";
import { cutPlan, format, parse, type PlanCut, wholeOf } from "./plan_cut.ts";
import { crowded } from "./testdata/small_world.ts";

const cut: PlanCut = {
  faults: [0, 3, 4],
  certain: [3],
  errands: [0, 1, 2, 4, 7],
  machines: 2,
  durationMillis: 200_000,
  isSkewed: false,
};

describe("cutPlan()", () => {
  it("leaves a plan as it is where all of it stays", () => {
    assert.deepStrictEqual(cutPlan(crowded, wholeOf(crowded)), crowded);
  });

  it("leaves what a cut says, without what concerns a machine that is gone", () => {
    const plan = cutPlan(crowded, cut);
    assert.deepStrictEqual(plan.faults, [
      {
        on: "network",
        trouble: "answer lost",
        atMillis: 60_000,
        forMillis: 5_000,
        permille: 1_000,
      },
    ]);
    assert.deepStrictEqual(plan.errands.map(({ atMillis, machine }) => [atMillis, machine]), [
      [10_000, 0],
      [40_000, 1],
      [130_000, 1],
      [220_000, 1],
    ]);
    assert.deepStrictEqual(plan.clockOffsetsMillis, [0, 0]);
    assert.deepStrictEqual([plan.machines, plan.durationMillis, plan.seed], [2, 200_000, 7]);
  });

  it("makes nothing larger, and passes over numbers that the plan does not have", () => {
    const plan = cutPlan(crowded, { ...wholeOf(crowded), machines: 9, faults: [99], errands: [8] });
    assert.deepStrictEqual([plan.machines, plan.faults, plan.errands], [3, [], []]);
  });
});

describe("parse()", () => {
  it("reads what format() wrote", () => {
    assert.strictEqual(format(cut), "f0,f3+,f4,e0-2,e4,e7,m2,t200000,c");
    assert.deepStrictEqual(parse(format(cut)), cut);
    const nothing = { ...wholeOf(crowded), faults: [], errands: [] };
    assert.deepStrictEqual(parse(format(nothing)), nothing);
  });

  it("reads no other text", () => {
    for (
      const text of [
        "",
        "f1",
        "m2",
        "m0,t5",
        "m2,t5,x",
        "m2,t5,e1+",
        "m2,t5,f1-3",
        "m2 t5",
        "m2,t5,",
      ]
    ) {
      assert.isUndefined(parse(text), text);
    }
  });
});
