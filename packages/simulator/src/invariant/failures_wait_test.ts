import { assert, describe, it } from "@effect/vitest";
import { failuresWait } from "./failures_wait.ts";
import {
  asks,
  changes,
  ends,
  P0,
  P1,
  renews,
  type Told,
  verdictOf,
  writes,
} from "./testdata/story.ts";

const families = { 1: 1, 2: 1, 3: 2 };

/** A renewal that takes 100 milliseconds and comes to nothing, or to a status. */
function fails(at: number, request: number, parts: object = {}): ReadonlyArray<Told> {
  const end = ends(P0, request, { isWhole: false });
  return [[at, renews(P0, request, 1)], [at + 100, { ...end, ...parts }]];
}

function verdict(...story: ReadonlyArray<Told | ReadonlyArray<Told>>): string | undefined {
  const told = story.flatMap((part) =>
    Array.isArray(part[0]) ? part as ReadonlyArray<Told> : [part as Told]
  );
  return verdictOf(failuresWait, told, { families });
}

describe("failuresWait", () => {
  it("reports a renewal that is tried again too early, of any token of the family", () => {
    assert.isUndefined(verdict(fails(1_000, 1), [1_600, renews(P0, 2, 1)]));
    assert.strictEqual(
      verdict(fails(1_000, 1), [1_599, renews(P0, 2, 2)]),
      "p0.0 sent refresh token 2 in request 2 499 ms after failure 1 in a row instead of 500",
    );
  });

  it("reports a wait that is not twice as long as the one before", () => {
    const twice = [...fails(1_000, 1), ...fails(2_000, 2)];
    assert.isDefined(verdict(twice, [3_099, renews(P0, 3, 1)]));
    assert.isUndefined(verdict(twice, [3_100, renews(P0, 3, 1)]));
    assert.isDefined(verdict(twice, fails(4_000, 3), [6_099, renews(P0, 4, 1)]));
  });

  it("asks for no more than a minute after many failures", () => {
    const times = [1, 2, 4, 8, 16, 32, 64, 130, 200, 270];
    const many = times.flatMap((seconds, i) => fails(seconds * 1_000, i + 1));
    assert.isUndefined(verdict(many, [330_100, renews(P0, 99, 1)]));
    assert.isDefined(verdict(many, [330_000, renews(P0, 99, 1)]));
  });

  it("reports less than the server asked for", () => {
    const busy = fails(1_000, 1, { status: 429, isWhole: true, retryAfterMillis: 5_000 });
    assert.isUndefined(verdict(busy, [6_100, renews(P0, 2, 1)]));
    assert.isDefined(verdict(busy, [6_099, renews(P0, 2, 1)]));
  });

  it("begins anew after an answer, be it a refusal", () => {
    const answered: ReadonlyArray<Told> = [[2_000, renews(P0, 2, 1)], [2_100, ends(P0, 2)]];
    assert.isUndefined(verdict(fails(1_000, 1), answered, [2_101, renews(P0, 3, 2)]));
    const again = fails(3_000, 3);
    assert.isUndefined(verdict(fails(1_000, 1), answered, again, [3_600, renews(P0, 4, 1)]));
  });

  it("begins anew where the session has a fresh token from elsewhere", () => {
    const again: Told = [2_101, renews(P0, 3, 1)];
    const twice = [...fails(1_000, 1), ...fails(1_600, 2)];
    assert.isDefined(verdict(twice, again));
    assert.isUndefined(verdict(twice, [1_900, changes(P0, "fresh")], again));
    assert.isDefined(verdict(twice, [1_900, changes(P0, "backingOff")], again));
    assert.isDefined(verdict(twice, [1_900, changes(P1, "fresh")], again));
    const read: Told = [1_900, {
      type: "observed",
      process: P0,
      observation: {
        type: "operation.ended",
        flowId: "f",
        operation: "read",
        answer: "current",
        durationMillis: 1,
        seq: 0,
        at: 0,
      },
    }];
    assert.isUndefined(verdict(twice, read, again));
  });

  it("excuses who signs in or out, and what comes of it", () => {
    const again: Told = [1_101, renews(P0, 2, 1)];
    for (const what of ["sign in again", "sign out"]) {
      assert.isUndefined(verdict(fails(1_000, 1), [1_100, asks(P0, 9, what)], again));
      const failed = { type: "caller.failed", process: P0, call: 9, what } as const;
      assert.isUndefined(verdict(fails(1_000, 1), [1_100, failed], again));
    }
    assert.isDefined(verdict(fails(1_000, 1), [1_100, asks(P0, 9)], again));
    assert.isDefined(verdict(fails(1_000, 1), [1_100, asks(P1, 9, "sign out")], again));
  });

  it("excuses whose clock was set", () => {
    const again: Told = [1_101, renews(P0, 2, 1)];
    const jump = { type: "clock.jumped", process: P0, byMillis: 70_000 } as const;
    assert.isUndefined(verdict(fails(1_000, 1), [1_100, jump], again));
    assert.isDefined(verdict(fails(1_000, 1), [1_100, { ...jump, process: P1 }], again));
  });

  it("counts anew, but waits, once the store has what only memory held", () => {
    const twice = [...fails(1_000, 1), ...fails(1_600, 2)];
    const stored: Told = [1_800, writes(P0, 1)];
    assert.isDefined(verdict(twice, stored, [2_699, renews(P0, 3, 1)]));
    const third = fails(2_700, 3);
    assert.isUndefined(verdict(twice, stored, third, [3_300, renews(P0, 4, 1)]));
    assert.isDefined(verdict(twice, third, [3_300, renews(P0, 4, 1)]));
  });

  it("asks nothing of another process or of another family", () => {
    assert.isUndefined(verdict(fails(1_000, 1), [1_101, renews(P1, 2, 1)]));
    assert.isUndefined(verdict(fails(1_000, 1), [1_101, renews(P0, 2, 3)]));
  });
});
