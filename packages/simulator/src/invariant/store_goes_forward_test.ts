import { assert, describe, it } from "@effect/vitest";
import { storeGoesForward } from "./store_goes_forward.ts";
import { P0, type Told, verdictOf } from "./testdata/story.ts";

/** Writes one after the other: versions, and refresh tokens. */
function verdict(
  ...writes: ReadonlyArray<readonly [version: number, refreshToken?: number, key?: string]>
) {
  const story = writes.map(([version, refreshToken, key = "work"], index): Told => [
    index,
    {
      type: "store.written",
      process: P0,
      key,
      version,
      record: { status: "active", refreshToken, accessTokens: [], isRenewing: false },
    },
  ]);
  return verdictOf(storeGoesForward, story, { families: { 1: 1, 2: 1, 3: 1, 4: 2, 5: 2 } });
}

describe("storeGoesForward", () => {
  it("holds where versions and refresh tokens grow", () => {
    assert.isUndefined(verdict([1, 1], [2, 1], [3, 2], [5, 3]));
    assert.isUndefined(verdict([1, 2], [2], [3, 3]));
    assert.isUndefined(verdict([4, 2], [1, 1, "other"]));
  });

  it("reports a version that does not grow", () => {
    assert.strictEqual(verdict([2, 1], [2, 2]), `p0.0 wrote "work" as 2 after 2`);
    assert.isDefined(verdict([2, 1], [1, 2]));
  });

  it("reports an older refresh token of the same family", () => {
    const told = `p0.0 put refresh token 1 back in the place of 2 under "work"`;
    assert.strictEqual(verdict([1, 2], [2, 1]), told);
    assert.strictEqual(verdict([1, 2], [2], [3, 1]), told);
  });

  it("holds where a login replaces a family, and reports the one that it replaced", () => {
    assert.isUndefined(verdict([1, 4], [2, 1], [3, 2]));
    assert.isDefined(verdict([1, 1], [2, 4], [3, 2]));
  });
});
