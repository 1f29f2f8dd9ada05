import { assert, describe, it } from "@effect/vitest";
import { freshChallenges } from "./fresh_challenges.ts";
import { P0, P1, type Told, verdictOf } from "./testdata/story.ts";

const sent = (atMillis: number, process: string, challenge: string): Told => [
  atMillis,
  { type: "browser.sent", process, challenge },
];

describe("freshChallenges", () => {
  it("holds where each login has its own", () => {
    assert.isUndefined(verdictOf(freshChallenges, [sent(1, P0, "a"), sent(2, P1, "b")]));
  });

  it("reports one that comes again, from whomever", () => {
    for (const process of [P0, P1]) {
      assert.strictEqual(
        verdictOf(freshChallenges, [sent(1, P0, "a"), sent(2, P0, "b"), sent(3, process, "a")]),
        `${process} used code challenge "a" once more`,
      );
    }
  });
});
