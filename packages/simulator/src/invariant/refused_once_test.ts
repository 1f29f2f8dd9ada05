import { assert, describe, it } from "@effect/vitest";
import type { WorldEventBody } from "../world/world_event.ts";
import { refusedOnce } from "./refused_once.ts";
import { fact, P0, P1, renews, type Told, verdictOf, writeFails } from "./testdata/story.ts";

const refused = (error = "invalid_grant"): Told => [
  20,
  fact({
    type: "token.refused",
    atMillis: 0,
    error,
    reason: "familyEnded",
    grant: "refresh_token",
    family: 1,
    refreshToken: 5,
    replacedBy: undefined,
  }, 1),
];

const told = (isWhole = true): Told => {
  const event: WorldEventBody = {
    type: "http.ended",
    process: P0,
    request: 1,
    isWhole,
    status: 400,
  };
  return [30, event];
};

const verdict = (...story: ReadonlyArray<Told>) =>
  verdictOf(refusedOnce, [[10, renews(P0, 1, 5)], ...story]);
const again: Told = [100, renews(P0, 2, 5)];

describe("refusedOnce", () => {
  it("reports a refused refresh token that comes again", () => {
    assert.strictEqual(
      verdict(refused(), told(), again),
      "p0.0 sent refresh token 5 in request 2, and knew that it is refused",
    );
  });

  it("holds where the process does not know: the answer was lost, or it was another's", () => {
    assert.isUndefined(verdict(refused(), again));
    assert.isUndefined(verdict(refused(), told(false), again));
    assert.isUndefined(verdict(refused(), told(), [100, renews(P1, 2, 5)]));
    assert.isUndefined(verdict(refused(), told(), [100, renews(P0, 2, 6)]));
  });

  it("has nothing to say of other refusals", () => {
    assert.isUndefined(verdict(refused("invalid_scope"), told(), again));
  });

  it("excuses a process whose store failed or whose lease was lost since, and no other", () => {
    assert.isUndefined(verdict(refused(), told(), [50, writeFails(P0, 5, "unwritable")], again));
    const lost = (process: string): Told => {
      const observation = { type: "lease.lost" as const, at: 0, key: "work", durationMillis: 1 };
      return [50, { type: "observed", process, observation }];
    };
    assert.isUndefined(verdict(refused(), told(), lost(P0), again));
    assert.isDefined(verdict(refused(), told(), lost(P1), again));
    assert.isDefined(verdict(refused(), told(), [50, writeFails(P1, 5, "unwritable")], again));
  });
});
