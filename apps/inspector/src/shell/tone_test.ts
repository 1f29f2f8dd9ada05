import { assert, describe, it } from "@effect/vitest";
import { toneOf } from "./tone.ts";

describe("toneOf", () => {
  it("toneOf tells how a state is to be taken", () => {
    const paths = [
      "expired",
      "cancelled",
      "authorized",
      "awaitingUser.polling",
      "stale",
      "revoked",
    ];
    assert.deepStrictEqual(paths.map(toneOf), ["bad", "bad", "good", "busy", "calm", "bad"]);
  });
});
