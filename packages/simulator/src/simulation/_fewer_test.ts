import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { fewer } from "./_fewer.ts";

const hundred = Array.from({ length: 100 }, (_, index) => index);

describe("fewer()", () => {
  it("finds the few that are needed, in far fewer attempts than there are subsets", () => {
    let attempts = 0;
    const kept = Effect.runSync(fewer(hundred, (things) => {
      attempts += 1;
      return Effect.succeed([7, 50, 99].every((needed) => things.includes(needed)));
    }));
    assert.deepStrictEqual(kept, [7, 50, 99]);
    assert.isBelow(attempts, 80);
  });

  it("finds nothing where nothing is needed, and everything where all is", () => {
    const of = (isEnough: boolean) =>
      Effect.runSync(fewer(hundred, () => Effect.succeed(isEnough)));
    assert.deepStrictEqual(of(true), []);
    assert.deepStrictEqual(of(false), hundred);
    assert.deepStrictEqual(Effect.runSync(fewer([], () => Effect.succeed(true))), []);
  });
});
