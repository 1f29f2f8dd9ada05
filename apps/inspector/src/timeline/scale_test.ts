import { assert, describe, it } from "@effect/vitest";
import { folded, partOf, ticks, timeAt } from "./scale.ts";

const even = { from: 0, to: 100_000 };
const range = folded(even, [{ from: 10_000, to: 90_000 }]);

describe("scale", () => {
  it("folded gives a quiet time little, and the rest of the room to the rest", () => {
    assert.approximately(partOf(10_000, range), 0.47, 1e-9);
    assert.approximately(partOf(90_000, range), 0.53, 1e-9);
    assert.approximately(partOf(50_000, range), 0.5, 1e-9);
    assert.deepStrictEqual([partOf(0, range), partOf(100_000, range)], [0, 1]);
  });

  it("folded leaves more than half to what is not folded", () => {
    const many = Array.from(
      { length: 100 },
      (_, at) => ({ from: at * 1_000, to: at * 1_000 + 999 }),
    );
    const segments = folded(even, many).segments ?? [];
    const width = segments.filter(({ isFold }) => isFold).reduce(
      (sum, each) => sum + each.width,
      0,
    );
    assert.approximately(width, 0.4, 1e-9);
  });

  it("folded does without quiet times that are not within the range", () => {
    assert.deepStrictEqual(folded(even, [{ from: -5, to: 50_000 }]), even);
  });

  it("timeAt is the way back from partOf", () => {
    const times = [-5_000, 0, 9_999, 10_000, 50_000, 90_000, 95_000, 100_000, 120_000];
    const back = times.map((time) => Math.round(timeAt(partOf(time, range), range)));
    assert.deepStrictEqual(back, times);
  });

  it("partOf grows with time", () => {
    const parts = Array.from({ length: 101 }, (_, at) => partOf(at * 1_000, range));
    assert.deepStrictEqual(parts.toSorted((one, other) => one - other), parts);
  });

  it("ticks are round and not too many", () => {
    const times = ticks({ from: 0, to: 4_300 }, 0, 9).map(({ since }) => since);
    assert.deepStrictEqual(times, [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000]);
  });

  it("ticks leave folds out, and tell the time after them", () => {
    const times = ticks(folded(even, [{ from: 10_000, to: 90_123 }]), 0, 9);
    assert.isTrue(times.every(({ since }) => since <= 10_000 || since >= 90_123));
    assert.isTrue(times.some(({ since }) => since > 90_000));
    const few = ticks(folded({ from: 0, to: 99_000 }, [{ from: 10_000, to: 93_123 }]), 0, 1);
    assert.deepStrictEqual(few.map(({ since }) => since), [0, 93_123]);
  });
});
