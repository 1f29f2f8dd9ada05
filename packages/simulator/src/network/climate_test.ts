import { assert, describe, it } from "@effect/vitest";
import { stream } from "../seed.ts";
import { type Distance, drawClimate, drawLatency, temperate } from "./climate.ts";

describe("drawClimate()", () => {
  it("gives the same climate for the same seed, and every kind over many", () => {
    const drawn = (seed: number) => drawClimate(stream(seed, "climate"));
    assert.deepStrictEqual(drawn(3), drawn(3));
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 200; seed++) {
      for (const kind of Object.entries(drawn(seed))) kinds.add(kind.join(": "));
    }
    assert.deepStrictEqual([...kinds].toSorted(), [
      "distance: far",
      "distance: long tail",
      "distance: mixed",
      "distance: near",
      "retryAfter: date",
      "retryAfter: seconds",
      "unavailable: json",
      "unavailable: page",
    ]);
  });
});

describe("drawLatency()", () => {
  const sorted = (distance: Distance) => {
    const draw = stream(1, "latency");
    const drawn = Array.from({ length: 20_000 }, () => drawLatency(distance, draw));
    assert.isTrue(drawn.every((millis) => Number.isSafeInteger(millis)));
    return drawn.toSorted((one, other) => one - other);
  };

  for (
    const [distance, least, most] of [
      [temperate.distance, 2, 120],
      ["near", 1, 9],
      ["far", 80, 400],
    ] as const
  ) {
    it(`draws all whole milliseconds from ${least} to ${most} where it is ${distance}`, () => {
      const drawn = sorted(distance);
      assert.deepStrictEqual([drawn[0], drawn.at(-1)], [least, most]);
      assert.strictEqual(new Set(drawn).size, most - least + 1);
    });
  }

  it("draws mostly a few and seldom thousands where there is a long tail", () => {
    const drawn = sorted("long tail");
    assert.strictEqual(drawn[0], 9);
    assert.approximately(drawn[10_000] ?? 0, 18, 1);
    assert.approximately(drawn[19_800] ?? 0, 733, 100);
    assert.isAbove(drawn.at(-1) ?? 0, 5_000);
    assert.isAtMost(drawn.at(-1) ?? 0, 8_194);
  });

  it("draws once for any distance, so that what comes next stays the same", () => {
    const next = (distance: Distance) => {
      const draw = stream(1, "latency");
      drawLatency(distance, draw);
      return draw.below(1_000_000);
    };
    const distances: ReadonlyArray<Distance> = ["mixed", "near", "far", "long tail"];
    assert.strictEqual(new Set(distances.map(next)).size, 1);
  });
});
