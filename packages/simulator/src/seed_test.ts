import { assert, describe, it } from "@effect/vitest";
import { stream } from "./seed.ts";

describe("stream()", () => {
  it("gives known numbers, the same on every runtime", () => {
    const numbers = (seed: number, name: string) => {
      const draw = stream(seed, name);
      return Array.from({ length: 4 }, () => draw.below(2 ** 32));
    };
    assert.deepStrictEqual(numbers(0, "schedule"), [
      2688782107,
      2563971911,
      2815661929,
      4271682391,
    ]);
    assert.deepStrictEqual(numbers(1, "schedule"), [289096375, 2224594930, 4070768273, 1699119094]);
    assert.deepStrictEqual(numbers(-1, "p0.0"), [1260012787, 3072049543, 176312064, 3073282956]);
    assert.deepStrictEqual(numbers(2 ** 53 - 1, "ë\u{1f511}"), [
      1335637402,
      2518000904,
      107672251,
      3411550807,
    ]);
  });

  it("gives known bytes", () => {
    assert.deepStrictEqual([...stream(7, "bytes").bytes(6)], [244, 215, 137, 239, 55, 234]);
    assert.deepStrictEqual([...stream(7, "bytes").bytes(0)], []);
  });

  it("keeps streams apart: what one is asked for changes nothing in another", () => {
    const alone = stream(5, "people");
    const beside = stream(5, "people");
    const other = stream(5, "network");
    for (let round = 0; round < 50; round++) {
      for (let asked = 0; asked < round % 4; asked++) other.below(10);
      assert.strictEqual(beside.below(1_000), alone.below(1_000));
    }
  });

  it("gives other numbers for another seed or another name", () => {
    const names = ["schedule", "people", "p0.0", "p0.1", "p1.0", "p1", "p11"];
    const firsts = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      for (const name of names) firsts.add(stream(seed, name).bytes(8).join());
    }
    assert.strictEqual(firsts.size, 200 * names.length);
    assert.notDeepEqual(stream(1, "a1").bytes(8), stream(11, "a").bytes(8));
  });
});

/** How often each number comes. */
function countsOf(next: () => number, times: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let time = 0; time < times; time++) {
    const value = next();
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

describe("Draw.below()", () => {
  it("gives every number from 0 to before the end, about as often", () => {
    const draw = stream(1, "below");
    const counts = countsOf(() => draw.below(7), 7_000);
    assert.deepStrictEqual([...counts.keys()].toSorted((one, other) => one - other), [
      0,
      1,
      2,
      3,
      4,
      5,
      6,
    ]);
    for (const count of counts.values()) assert.approximately(count, 1_000, 150);
  });

  it("gives 0 where there is no other", () => {
    const draw = stream(1, "below");
    assert.deepStrictEqual([...countsOf(() => draw.below(1), 50).keys()], [0]);
  });

  it("gives whole numbers below 2 ** 32", () => {
    const draw = stream(1, "below");
    for (let time = 0; time < 1_000; time++) {
      const value = draw.below(2 ** 32);
      assert.isTrue(Number.isInteger(value) && value >= 0 && value < 2 ** 32);
    }
  });
});

describe("Draw.between()", () => {
  it("gives both ends and all between them", () => {
    const draw = stream(2, "between");
    const counts = countsOf(() => draw.between(-2, 2), 2_000);
    assert.deepStrictEqual([...counts.keys()].toSorted((one, other) => one - other), [
      -2,
      -1,
      0,
      1,
      2,
    ]);
    assert.deepStrictEqual([...countsOf(() => draw.between(9, 9), 50).keys()], [9]);
  });
});

describe("Draw.permille()", () => {
  it("never happens at 0 and always at 1000", () => {
    const draw = stream(3, "permille");
    for (let time = 0; time < 2_000; time++) {
      assert.isFalse(draw.permille(0));
      assert.isTrue(draw.permille(1_000));
    }
  });

  it("happens that many times in a thousand", () => {
    const draw = stream(3, "permille");
    const counts = countsOf(() => Number(draw.permille(150)), 20_000);
    assert.approximately(counts.get(1) ?? 0, 3_000, 200);
  });
});

describe("Draw.pick()", () => {
  it("gives each of what there is", () => {
    const draw = stream(4, "pick");
    const picked = new Set(Array.from({ length: 100 }, () => draw.pick(["a", "b", "c"])));
    assert.deepStrictEqual([...picked].toSorted(), ["a", "b", "c"]);
  });
});

describe("Draw.bytes()", () => {
  it("gives every byte", () => {
    assert.strictEqual(new Set(stream(5, "bytes").bytes(4_000)).size, 256);
  });
});
