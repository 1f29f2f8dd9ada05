import { assert, describe, it } from "@effect/vitest";
import { noDeadToken } from "./no_dead_token.ts";
import {
  apiSays,
  asks,
  calls,
  changes,
  gets,
  hung,
  issued,
  type Known,
  P0,
  type Told,
  verdictOf,
  woke,
  writes,
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
      const service: Told = [
        2_000,
        { ...writes(P0, undefined, [10]), key: "service 0" } as Told[1],
      ];
      assert.isUndefined(verdict({ what: "service" }, [service, ended]));
      const over: Told = [40_000, changes(P0, name, { key: "service 0" })];
      assert.include(verdict({ what: "service" }, [service, over]), "of a session that was over");
    });
  }

  describe("with an API", () => {
    const stored: Told = [2_000, writes(P0, 5, [10, 11])];
    const refused = (
      at: number,
      bearer = 10,
      parts: Parameters<typeof apiSays>[2] = {},
    ): ReadonlyArray<Told> => [
      [at - 10, calls(P0, at, bearer)],
      ...apiSays(P0, at, parts).map((event): Told => [at, event]),
    ];

    it("reports a token that the API refused, and is handed out after that", () => {
      assert.include(verdict({}, [stored, ...refused(49_000)]), "which the API had refused");
      assert.isUndefined(verdict({}, [stored, ...refused(49_000, 11)]));
      assert.isUndefined(verdict({}, [stored, ...refused(50_000)]));
      const accepted = refused(49_000).map(([at, event]): Told => [
        at,
        "status" in event ? { ...event, status: 200 } : event,
      ]);
      assert.isUndefined(verdict({}, [stored, ...accepted]));
    });

    it("knows nothing of what the session was not told", () => {
      const [sent, ended] = refused(49_000);
      assert.isDefined(sent);
      assert.isDefined(ended);
      assert.isUndefined(verdict({}, [stored, sent, ended]));
      assert.isUndefined(verdict({}, [stored, ...refused(49_000, 10, { key: "other" })]));
    });

    it("lets a token stay that came in the place of a refused one, and is refused so soon", () => {
      assert.isUndefined(verdict({}, [stored, ...refused(49_000, 10, { isReplay: true })]));
      assert.isUndefined(verdict({}, [stored, ...refused(44_500, 11), ...refused(49_000)]));
      assert.isDefined(verdict({}, [stored, ...refused(43_500, 11), ...refused(49_000)]));
    });

    /** Sent to the API, by the session's client unless told otherwise. */
    const sent = (at: number, { bearer = 10, process = P0, isOurs = true } = {}): ReadonlyArray<
      Told
    > => [
      [at, calls(process, 9, bearer)],
      ...apiSays(process, 9, { at: isOurs ? at : 0, status: 200 })
        .map((event): Told => [at + 20, event]),
    ];

    it("reports a token that is sent to the API after that", () => {
      const story: ReadonlyArray<Told> = [tokenIssued, stored, ...refused(30_000)];
      const tell = (...parts: Parameters<typeof sent>) =>
        verdictOf(noDeadToken, [...story, ...sent(...parts)]);
      assert.strictEqual(
        tell(30_001),
        "p0.0 sent access token 10 in request 9, which the API had refused",
      );
      assert.isUndefined(tell(30_000));
      assert.isUndefined(tell(30_001, { bearer: 11 }));
      assert.isUndefined(tell(30_001, { process: "p1.0" }));
      assert.isUndefined(tell(30_001, { isOurs: false }));
    });

    it("reports a token that is sent to the API though it had expired", () => {
      const before: ReadonlyArray<Told> = [tokenIssued, stored, [30_000, calls(P0, 8, 10)]];
      const late = [...before, ...sent(61_000)];
      assert.include(verdictOf(noDeadToken, late), "had expired at the server");
      assert.isUndefined(verdictOf(noDeadToken, [...before, ...sent(60_999)]));
      assert.isUndefined(verdictOf(noDeadToken, [tokenIssued, stored, ...sent(61_000)]));
      assert.isUndefined(verdictOf(noDeadToken, late, { plan: { clockOffsetsMillis: [0, 1] } }));
    });

    it("reports a token that is sent to the API of a session that was over", () => {
      const over: Told = [30_000, changes(P0, "revoked")];
      const story: ReadonlyArray<Told> = [stored, over];
      assert.include(verdictOf(noDeadToken, [...story, ...sent(30_001)]), "session that was over");
      assert.isUndefined(verdictOf(noDeadToken, [...story, ...sent(30_000)]));
      assert.isUndefined(verdictOf(noDeadToken, [over, ...sent(30_001)]));
      const slept: ReadonlyArray<Told> = [[29_000, hung(P0)], [30_001, woke(P0)]];
      assert.isUndefined(verdictOf(noDeadToken, [...story, ...slept, ...sent(30_001)]));
    });

    it("tells by the process' own clock what its session's client sent", () => {
      const jumped: Told = [1_500, { type: "clock.jumped", process: P0, byMillis: 700 }];
      const over: Told = [30_000, changes(P0, "revoked")];
      const [call, ...answer] = sent(30_001);
      assert.isDefined(call);
      const known = answer.map(([at, event]): Told =>
        event.type === "observed"
          ? [at, { ...event, observation: { ...event.observation, at: 30_701 } }]
          : [at, event]
      );
      assert.isDefined(verdictOf(noDeadToken, [jumped, stored, over, call, ...known]));
      assert.isUndefined(verdictOf(noDeadToken, [jumped, stored, over, call, ...answer]));
    });
  });
});
