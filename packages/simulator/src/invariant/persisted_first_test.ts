import { assert, describe, it } from "@effect/vitest";
import { OTHER_VERSION } from "../store/simulated_store.ts";
import { persistedFirst } from "./persisted_first.ts";
import {
  gets,
  issued,
  P0,
  P1,
  type Told,
  verdictOf,
  writeFails,
  writes,
} from "./testdata/story.ts";

const rotated: Told = [
  10,
  issued({ accessToken: 10, refreshToken: 6, used: { refreshToken: 5, isAgain: false } }),
];
const got: Told = [100, gets(P0, 1, { accessToken: 10 })];
const called: Told = [100, {
  type: "http.sent",
  process: P0,
  request: 3,
  path: "/api",
  bearer: 10,
}];

const verdict = (...story: ReadonlyArray<Told>) => verdictOf(persistedFirst, story);
const early = "p0.0 handed out access token 10 before refresh token 6 was in the store";

describe("persistedFirst", () => {
  for (const [name, use] of [["handed out", got], ["sent", called]] as const) {
    it(`reports an access token that is ${name} before its refresh token is stored`, () => {
      assert.strictEqual(verdict(rotated, use), early);
      assert.strictEqual(verdict(rotated, use, [200, writes(P0, 6)]), early);
      assert.strictEqual(verdict(rotated, [20, writes(P0, 5)], use), early);
    });

    it(`holds where it is ${name} after that`, () => {
      assert.isUndefined(verdict(rotated, [20, writes(P0, 6)], use));
      assert.isUndefined(verdict(rotated, [20, writes(P1, 7, [10])], use));
    });
  }

  it("excuses a process whose store did not take it, and no other", () => {
    assert.isUndefined(verdict(rotated, [20, writeFails(P0, 6, "unwritable")], got));
    assert.strictEqual(verdict(rotated, [20, writeFails(P1, 6, "unwritable")], got), early);
    assert.strictEqual(verdict(rotated, [20, writeFails(P0, 5, "unwritable")], got), early);
  });

  it("takes an honest conflict for no excuse", () => {
    assert.strictEqual(verdict(rotated, [20, writeFails(P0, 6, OTHER_VERSION)], got), early);
  });

  it("excuses who is shown the past after a conflict, until they are shown what is there", () => {
    const conflict: Told = [20, writeFails(P0, 6, OTHER_VERSION)];
    const read = { type: "store.read", process: P0, key: "work", version: 1 } as const;
    const stale = { ...read, trouble: "stale" };
    const past: Told = [30, stale];
    assert.isUndefined(verdict(rotated, conflict, past, got));
    assert.strictEqual(verdict(rotated, conflict, [30, read], got), early);
    assert.strictEqual(verdict(rotated, [15, stale], conflict, got), early);
    assert.strictEqual(verdict(rotated, conflict, [30, { ...stale, process: P1 }], got), early);
    assert.strictEqual(verdict(rotated, conflict, [25, read], past, got), early);
  });

  it("excuses who is shown nothing after a conflict", () => {
    const conflict: Told = [20, writeFails(P0, 6, OTHER_VERSION)];
    const unread = {
      type: "store.failed",
      process: P0,
      key: "work",
      trouble: "unreadable",
    } as const;
    assert.isUndefined(verdict(rotated, conflict, [30, unread], got));
    assert.strictEqual(verdict(rotated, [15, unread], conflict, got), early);
    assert.strictEqual(verdict(rotated, conflict, [30, { ...unread, process: P1 }], got), early);
  });

  it("has nothing to say where the refresh token stays, or none was used", () => {
    const same = issued({
      accessToken: 10,
      refreshToken: 5,
      used: { refreshToken: 5, isAgain: false },
    });
    assert.isUndefined(verdict([10, same], got));
    assert.isUndefined(
      verdict([10, issued({ accessToken: 10, refreshToken: 6, grant: "device_code" })], got),
    );
  });
});
