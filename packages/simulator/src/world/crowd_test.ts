import { assert, describe, it } from "@effect/vitest";
import { strikeBefore } from "./crowd.ts";

describe("strikeBefore()", () => {
  it("gives the last of every twenty seconds, itself included", () => {
    assert.deepStrictEqual([0, 19_999, 20_000, 60_001].map(strikeBefore), [0, 0, 20_000, 60_000]);
  });
});
