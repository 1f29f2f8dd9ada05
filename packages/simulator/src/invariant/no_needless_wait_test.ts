import { assert, describe, it } from "@effect/vitest";
import type { WorldEventBody } from "../world/world_event.ts";
import { noNeedlessWait } from "./no_needless_wait.ts";
import {
  asks,
  calls,
  changes,
  fact,
  fails,
  gets,
  hung,
  P0,
  type Told,
  verdictOf,
  woke,
} from "./testdata/story.ts";

const askedBy = (call: number, clockMillis: number): WorldEventBody => ({
  type: "caller.asked",
  process: P0,
  call,
  what: "token",
  clockMillis,
});

/** As `askedBy` and `gets`, of something else or of another session. */
const of = (event: WorldEventBody, what: string, key?: string): WorldEventBody =>
  ({ ...event, what, ...(key === undefined ? {} : { key }) }) as WorldEventBody;

/** A token is handed out that lives until 60 s; what happens; then somebody asks, and waits. */
function verdict(
  between: ReadonlyArray<Told> = [],
  answer: Told = [30_500, gets(P0, 2, { accessToken: 10, expiresAtMillis: 60_000 })],
  askedAt = 30_000,
) {
  return verdictOf(noNeedlessWait, [
    [1_000, askedBy(1, 1_000)],
    [2_000, gets(P0, 1, { accessToken: 10, expiresAtMillis: 60_000 })],
    ...between,
    [askedAt, askedBy(2, askedAt)],
    answer,
  ]);
}

const refused = (accessToken: number, status: number, request?: number) =>
  fact({ type: "api.called", atMillis: 0, path: "/api", accessToken, family: 1, status }, request);

describe("noNeedlessWait", () => {
  it("reports a caller who waits although a living token is in hand", () => {
    assert.strictEqual(verdict(), "p0.0 had a living token in hand, and its caller waited 500 ms");
  });

  it("reports a caller who gets nothing although a living token is in hand", () => {
    const failed: Told = [30_000, fails(P0, 2, "SessionError.Unavailable")];
    assert.include(verdict([], failed), "failed with SessionError.Unavailable");
    assert.isUndefined(verdict([], [30_000, fails(P0, 2, "SessionError.Closed")]));
    assert.isUndefined(verdict([], [30_000, fails(P0, 2, "interrupted")]));
    assert.isDefined(verdict([], [30_001, fails(P0, 2, "interrupted")]));
  });

  it("holds where the answer comes at once", () => {
    assert.isUndefined(verdict([], [30_000, gets(P0, 2)]));
  });

  it("holds where the token is dead by the process' clock", () => {
    assert.isUndefined(verdict([], [60_500, gets(P0, 2)], 60_000));
  });

  for (const name of ["absent", "acquiring", "revoking", "revoked", "reauthorizationRequired"]) {
    it(`takes a session that is ${name} to have nothing in hand`, () => {
      assert.isUndefined(verdict([[10_000, changes(P0, name)]]));
      assert.isDefined(verdict([[10_000, changes(P0, name, { key: "service 0" })]]));
      assert.isDefined(verdict([[10_000, changes("p1.0", name)]]));
    });
  }

  it("takes what another process renewed for what is in hand, where it lives shorter", () => {
    assert.isUndefined(verdict([[10_000, changes(P0, "fresh", { expiresAtMillis: 29_000 })]]));
    assert.isDefined(verdict([[10_000, changes(P0, "fresh", { expiresAtMillis: 31_000 })]]));
  });

  it("excuses who hung while somebody waited", () => {
    const answer: Told = [30_500, gets(P0, 2)];
    const story: ReadonlyArray<Told> = [[30_100, hung(P0)], [30_400, woke(P0)]];
    assert.isUndefined(verdict(story, answer));
    assert.isDefined(verdict([[10_000, hung(P0)], [10_400, woke(P0)]], answer));
  });

  it("excuses whose clock was set", () => {
    assert.isUndefined(verdict([[10_000, { type: "clock.jumped", process: P0, byMillis: 5 }]]));
  });

  it("takes a token that the API refused for dead, and no other", () => {
    assert.isUndefined(verdict([[10_000, refused(10, 401)]]));
    assert.isDefined(verdict([[10_000, refused(10, 200)]]));
    assert.isDefined(verdict([[10_000, refused(11, 401)]]));
  });

  it("takes a newer token that the API refused its process for what is in hand", () => {
    const sent = (process: string): Told => [
      9_000,
      { type: "http.sent", process, request: 7, path: "/api", bearer: 11 },
    ];
    const answer: Told = [10_000, refused(11, 401, 7)];
    assert.isUndefined(verdict([sent(P0), answer]));
    assert.isDefined(verdict([sent("p1.0"), answer]));
  });

  describe("of another session", () => {
    const had = gets(P0, 1, { accessToken: 10, expiresAtMillis: 60_000 });
    const story = (key: string, other: string): ReadonlyArray<Told> => [
      [1_000, of(askedBy(1, 1_000), "service", key)],
      [2_000, of(had, "service", key)],
      [30_000, of(askedBy(2, 30_000), "service", other)],
      [30_500, of(gets(P0, 2), "service", other)],
    ];

    it("reports a caller who waits although its living token is in hand", () => {
      assert.isDefined(verdictOf(noNeedlessWait, story("service 0", "service 0")));
      assert.isUndefined(verdictOf(noNeedlessWait, story("service 0", "service 1")));
      assert.isUndefined(verdictOf(noNeedlessWait, story("work", "service 0")));
    });

    it("takes no login of another session for an excuse", () => {
      const signing = (key: string): Told => [10_000, of(asks(P0, 9), "sign in", key)];
      const told = story("service 0", "service 0");
      assert.isUndefined(verdictOf(noNeedlessWait, [signing("service 0"), ...told]));
      assert.isDefined(verdictOf(noNeedlessWait, [signing("work"), ...told]));
    });
  });

  describe("who calls the API", () => {
    const verdictOfCall = (...story: ReadonlyArray<Told>) =>
      verdictOf(noNeedlessWait, [
        [1_000, askedBy(1, 1_000)],
        [2_000, gets(P0, 1, { accessToken: 10, expiresAtMillis: 60_000 })],
        [30_000, of(askedBy(2, 30_000), "call")],
        ...story,
      ]);
    const answered: Told = [35_000, of(gets(P0, 2), "call")];
    const told = "p0.0 had a living token in hand, and did not call the API at once";

    it("holds where the request is sent at once, whenever its answer comes", () => {
      assert.isUndefined(verdictOfCall([30_000, calls(P0, 7, 10)], answered));
    });

    it("reports whose request is sent later, by another, or not at all", () => {
      assert.strictEqual(verdictOfCall([30_100, calls(P0, 7, 10)], answered), told);
      assert.strictEqual(verdictOfCall([30_000, calls("p1.0", 7, 10)], answered), told);
      const failed = of(fails(P0, 2, "SessionError.Unavailable"), "call");
      assert.strictEqual(verdictOfCall([30_000, failed]), told);
    });
  });

  it("excuses who gives up at once, and not who waited before", () => {
    assert.isUndefined(verdict([], [30_000, fails(P0, 2, "interrupted")]));
    assert.isDefined(verdict([], [30_001, fails(P0, 2, "interrupted")]));
  });

  for (const what of ["replace", "introspect"]) {
    it(`excuses who waits where somebody asked for what may take the token away: ${what}`, () => {
      const asked: Told = [10_000, asks(P0, 9, what)];
      assert.isUndefined(verdict([asked]));
      assert.isUndefined(verdict([asked, [11_000, of(gets(P0, 9), what)]]));
      assert.isDefined(verdict([[10_000, of(asks(P0, 9), what, "another")]]));
    });
  }

  it("excuses who waits while somebody signs in or out, and after that", () => {
    assert.isUndefined(verdict([[10_000, asks(P0, 9, "sign in again")]]));
    const signed: ReadonlyArray<Told> = [
      [10_000, asks(P0, 9, "sign out")],
      [11_000, gets(P0, 9, { what: "sign out" })],
    ];
    assert.isUndefined(verdict(signed));
  });
});
