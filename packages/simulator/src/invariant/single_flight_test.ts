import { assert, describe, it } from "@effect/vitest";
import { singleFlight } from "./single_flight.ts";
import { ends, P0, P1, renews, type Told, verdictOf } from "./testdata/story.ts";

const families = { 1: 1, 2: 1, 9: 2 };
const verdict = (...story: ReadonlyArray<Told>) => verdictOf(singleFlight, story, { families });
const out: Told = [1, renews(P0, 1, 1)];

describe("singleFlight", () => {
  it("reports two requests of one family at a time", () => {
    for (const secret of [1, 2]) {
      assert.strictEqual(
        verdict(out, [2, renews(P0, 2, secret)]),
        "p0.0 sent request 2 while 1 was out for the same family",
      );
    }
  });

  it("holds where one follows the other", () => {
    assert.isUndefined(verdict(out, [2, ends(P0, 1)], [3, renews(P0, 2, 2)]));
    assert.isDefined(verdict(out, [2, ends(P0, 7)], [3, renews(P0, 2, 2)]));
  });

  it("holds where they are of two families, or of two processes", () => {
    assert.isUndefined(verdict(out, [2, renews(P0, 2, 9)], [3, renews(P1, 3, 1)]));
  });

  it("looks at no other grant", () => {
    const grant = "client_credentials";
    const other = (atMillis: number, request: number): Told => [
      atMillis,
      { type: "http.sent", process: P0, request, path: "/token", grant },
    ];
    assert.isUndefined(verdict(out, other(2, 2), other(3, 3)));
  });
});
