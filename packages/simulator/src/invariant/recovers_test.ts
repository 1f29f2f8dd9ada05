import { assert, describe, it } from "@effect/vitest";
import { recovers } from "./recovers.ts";
import { asks, fails, gets, type Known, P0, type Told, verdictOf } from "./testdata/story.ts";

const quiet: Told = [100_000, { type: "world.quiet" }];
const record = { status: "active", refreshToken: 5, accessTokens: [], isRenewing: false };

const verdict = (askedAt: number, reason: string, known: Known = {}) =>
  verdictOf(recovers, [quiet, [askedAt, asks(P0, 1)], [askedAt + 10, fails(P0, 1, reason)]], known);

describe("recovers", () => {
  it("holds where who asks gets a token", () => {
    assert.isUndefined(
      verdictOf(recovers, [quiet, [400_000, asks(P0, 1)], [400_000, gets(P0, 1)]]),
    );
  });

  it("reports a failure long after the last fault", () => {
    const told = "p0.0 failed with SessionError.Unavailable long after the last fault";
    assert.strictEqual(verdict(400_000, "SessionError.Unavailable"), told);
    assert.isUndefined(verdict(399_999, "SessionError.Unavailable"));
  });

  it("reports whoever gave up after half a minute, and not who gave up before", () => {
    const givenUp = (afterMillis: number) =>
      verdictOf(recovers, [
        quiet,
        [400_000, asks(P0, 1)],
        [400_000 + afterMillis, fails(P0, 1, "interrupted")],
      ]);
    assert.isDefined(givenUp(30_000));
    assert.isUndefined(givenUp(29_999));
  });

  it("looks at the session that was asked", () => {
    const failed = fails(P0, 1, "SessionError.Absent");
    const of = (key: string) =>
      verdictOf(
        recovers,
        [quiet, [400_000, asks(P0, 1)], [400_000, { ...failed, key } as typeof failed]],
        { record, refreshable: [5] },
      );
    assert.isDefined(of("work"));
    assert.isUndefined(of("another"));
  });

  it("reports nothing of a world that never turned quiet", () => {
    const story: ReadonlyArray<Told> = [[900_000, asks(P0, 1)], [900_000, fails(P0, 1, "defect")]];
    assert.isUndefined(verdictOf(recovers, story));
  });

  for (const reason of ["Absent", "Revoked", "Expired", "ReauthorizationRequired"]) {
    it(`holds where the session is over: ${reason}`, () => {
      assert.isUndefined(verdict(400_000, `SessionError.${reason}`));
      assert.isUndefined(verdict(400_000, `SessionError.${reason}`, { record }));
      const ended = { ...record, status: "reauthorizationRequired" };
      assert.isUndefined(
        verdict(400_000, `SessionError.${reason}`, { record: ended, refreshable: [5] }),
      );
    });

    it(`reports who says ${reason} of a session that lives`, () => {
      assert.include(
        verdict(400_000, `SessionError.${reason}`, { record, refreshable: [5] }),
        "that the server would renew",
      );
    });
  }
});
