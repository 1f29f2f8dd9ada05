import { assert, describe, it } from "@effect/vitest";
import type { WorldEventBody } from "../world/world_event.ts";
import { storeGoesForward } from "./store_goes_forward.ts";
import { P0, P1, removes, type Told, verdictOf } from "./testdata/story.ts";

const families = { 1: 1, 2: 1, 3: 1, 4: 2, 5: 2 };

/** Writes refresh tokens one after the other where nobody else does. */
function verdict(
  ...writes: ReadonlyArray<readonly [refreshToken?: number, key?: string] | "removed">
) {
  const story = writes.map((write, index): Told => {
    if (write === "removed") return [index, removes(P0)];
    const [refreshToken, key = "work"] = write;
    const record = { status: "active", refreshToken, accessTokens: [], isRenewing: false };
    return [index, { type: "store.written", process: P0, key, version: index + 1, record }];
  });
  return verdictOf(storeGoesForward, story, { families });
}

const reads = (process: string, version: number, key = "work"): WorldEventBody => ({
  type: "store.read",
  process,
  key,
  version,
});

const puts = (process: string, version: number, ifVersion: number | null): WorldEventBody => ({
  type: "store.written",
  process,
  key: "work",
  version,
  ifVersion,
});

const puttings = (...events: ReadonlyArray<WorldEventBody>) =>
  verdictOf(storeGoesForward, events.map((event, at): Told => [at, event]));

describe("storeGoesForward", () => {
  it("holds where refresh tokens grow", () => {
    assert.isUndefined(verdict([1], [1], [2], [3]));
    assert.isUndefined(verdict([2], [], [3]));
    assert.isUndefined(verdict([2], [1, "other"]));
  });

  it("holds where a process writes over what it read or wrote, or where nothing is", () => {
    assert.isUndefined(puttings(puts(P0, 1, null), puts(P0, 2, 1)));
    assert.isUndefined(puttings(puts(P0, 1, null), reads(P1, 1), puts(P1, 2, 1)));
  });

  it("reports a write over a version that its process has not seen", () => {
    const told = `p1.0 wrote "work" as 2 over 1, which it had not seen`;
    assert.strictEqual(puttings(puts(P0, 1, null), puts(P1, 2, 1)), told);
    assert.strictEqual(puttings(puts(P0, 1, null), reads(P1, 1, "other"), puts(P1, 2, 1)), told);
    assert.strictEqual(puttings(puts(P0, 1, null), reads(P0, 1), puts(P1, 2, 1)), told);
    const removed = { ...removes(P1), ifVersion: 1 } as WorldEventBody;
    assert.isDefined(puttings(puts(P0, 1, null), removed));
    assert.isUndefined(puttings(puts(P0, 1, null), reads(P1, 1), removed));
  });

  it("takes a write that was denied for one that its process has not seen", () => {
    const denied: WorldEventBody = {
      type: "store.failed",
      process: P0,
      key: "work",
      ifVersion: null,
      isApplied: true,
    };
    assert.isDefined(puttings(puts(P0, 1, null), denied, puts(P0, 2, 1)));
    assert.isUndefined(puttings(puts(P0, 1, null), denied, reads(P0, 1), puts(P0, 2, 1)));
    const untaken = { ...denied, isApplied: false };
    assert.isUndefined(puttings(puts(P0, 1, null), untaken, puts(P0, 2, 1)));
  });

  it("reports an older refresh token of the same family", () => {
    const told = `p0.0 put refresh token 1 back in the place of 2 under "work"`;
    assert.strictEqual(verdict([2], [1]), told);
    assert.strictEqual(verdict([2], [], [1]), told);
  });

  it("holds where a login replaces a family, and reports the one that it replaced", () => {
    assert.isUndefined(verdict([4], [1], [2]));
    assert.isDefined(verdict([1], [4], [2]));
  });

  it("reports a family that was removed and comes back", () => {
    assert.strictEqual(
      verdict([1], "removed", [2]),
      `p0.0 put refresh token 2 back in the place of nothing under "work"`,
    );
    assert.isUndefined(verdict([1], "removed", [4]));
  });
});
