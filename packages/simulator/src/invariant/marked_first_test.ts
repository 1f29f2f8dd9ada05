import { assert, describe, it } from "@effect/vitest";
import { markedFirst } from "./marked_first.ts";
import { P0, P1, renews, type Told, verdictOf } from "./testdata/story.ts";

const written = (atMillis: number, refreshToken: number, isRenewing: boolean): Told => [
  atMillis,
  {
    type: "store.written",
    process: P0,
    key: "work",
    version: atMillis,
    record: { status: "active", refreshToken, accessTokens: [], isRenewing },
  },
];

const verdict = (...story: ReadonlyArray<Told>) => verdictOf(markedFirst, story);
const sent: Told = [100, renews(P1, 7, 5)];

describe("markedFirst", () => {
  it("holds where the store was told before, by whomever", () => {
    assert.isUndefined(verdict(written(1, 5, false), written(2, 5, true), sent));
  });

  it("reports a refresh token that is sent before the store was told", () => {
    const told = "p1.0 sent refresh token 5 in request 7, and had not said so";
    assert.strictEqual(verdict(written(1, 5, false), sent), told);
    assert.strictEqual(verdict(written(1, 5, false), written(2, 4, true), sent), told);
    assert.strictEqual(verdict(written(1, 5, false), sent, written(200, 5, true)), told);
  });

  it("has nothing to say of a refresh token that the store does not hold", () => {
    assert.isUndefined(verdict(written(1, 4, false), sent));
  });
});
