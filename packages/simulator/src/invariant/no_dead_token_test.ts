import { assert, describe, it } from "@effect/vitest";
import { noDeadToken } from "./no_dead_token.ts";
import {
  asks,
  changes,
  gets,
  hung,
  issued,
  type Known,
  P0,
  type Told,
  verdictOf,
  woke,
} from "./testdata/story.ts";

const tokenIssued: Told = [
  1_000,
  issued({ accessToken: 10, atMillis: 1_000, expiresAtMillis: 61_000 }),
];

/** Asked at one time and answered at another, by a clock that may be wrong. */
function verdict(
  { askedAt = 50_000, gotAt = 50_000, ahead = 0, what = "token" }: {
    readonly askedAt?: number;
    readonly gotAt?: number;
    readonly ahead?: number;
    readonly what?: string;
  },
  before: ReadonlyArray<Told> = [],
  known: Known = {},
) {
  const answer = {
    what,
    accessToken: 10,
    expiresAtMillis: 61_000 + (known.plan === undefined ? 0 : 1_000_000),
    clockMillis: gotAt + ahead,
  };
  const story: ReadonlyArray<Told> = [
    tokenIssued,
    [askedAt, asks(P0, 1, what)],
    ...before,
    [gotAt, gets(P0, 1, answer)],
  ];
  return verdictOf(noDeadToken, story, known);
}

describe("noDeadToken", () => {
  it("holds where the token lives", () => {
    assert.isUndefined(verdict({ gotAt: 60_999 }));
  });

  it("reports a token that had expired by the process' own clock", () => {
    assert.include(verdict({ gotAt: 61_000 }), "had expired by its own clock");
    assert.include(verdict({ ahead: 11_000 }), "had expired by its own clock");
  });

  it("reports a token that had expired at the server, where all clocks are right", () => {
    const honest: Known = { plan: {} };
    assert.include(verdict({ gotAt: 61_000 }, [], honest), "had expired at the server");
    assert.isUndefined(verdict({ gotAt: 61_000 }, [], { plan: { clockOffsetsMillis: [0, 1] } }));
    const jump = {
      on: "process" as const,
      trouble: "clock jump" as const,
      machine: 0,
      atMillis: 0,
      forMillis: 0,
    };
    assert.isUndefined(verdict({ gotAt: 61_000 }, [], { plan: { faults: [jump] } }));
  });

  it("excuses who hung, or whose clock was set, while somebody waited", () => {
    const hang: ReadonlyArray<Told> = [[50_001, hung(P0)], [61_500, woke(P0)]];
    assert.isUndefined(verdict({ gotAt: 62_000 }, hang));
    const jumped: Told = [50_001, { type: "clock.jumped", process: P0, byMillis: 20_000 }];
    assert.isUndefined(verdict({ gotAt: 62_000 }, [jumped]));
    const other: Told = [50_001, { type: "clock.jumped", process: "p1.0", byMillis: 20_000 }];
    assert.isDefined(verdict({ gotAt: 62_000 }, [other]));
  });

  it("excuses a token that was issued while somebody waited", () => {
    assert.isUndefined(verdict({ askedAt: 900, gotAt: 62_000 }));
  });

  for (const name of ["absent", "revoked", "reauthorizationRequired"]) {
    it(`reports a token of a session that the process knew to be over: ${name}`, () => {
      const ended: Told = [40_000, changes(P0, name)];
      assert.include(verdict({}, [ended]), "of a session that was over");
      assert.include(
        verdict({}, [[45_000, changes(P0, name)], ended]),
        "of a session that was over",
      );
      assert.isUndefined(verdict({}, [ended, [45_000, changes(P0, "fresh")]]));
      assert.isUndefined(verdict({ gotAt: 51_000 }, [[50_500, changes(P0, name)]]));
      assert.isUndefined(verdict({}, [[40_000, changes("p1.0", name)]]));
      assert.isUndefined(verdict({}, [[40_000, changes(P0, name, { key: "service 0" })]]));
      assert.isUndefined(verdict({ what: "service" }, [ended]));
    });
  }
});
