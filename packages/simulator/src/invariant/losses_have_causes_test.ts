import { assert, describe, it } from "@effect/vitest";
import { OTHER_VERSION } from "../store/simulated_store.ts";
import type { WorldEventBody } from "../world/world_event.ts";
import { lossesHaveCauses } from "./losses_have_causes.ts";
import {
  arrives,
  crashed,
  ends,
  fact,
  flowBegins,
  flowSteps,
  hung,
  issued,
  operates,
  P0,
  P1,
  removes,
  renews,
  type Told,
  verdictOf,
  woke,
  writeFails,
  writes,
} from "./testdata/story.ts";

const families = { 1: 1, 2: 1, 3: 1 };

const replaced = (request: number, parts: object = {}): WorldEventBody =>
  fact({
    type: "token.refused",
    atMillis: 0,
    error: "invalid_grant",
    reason: "replaced",
    grant: "refresh_token",
    family: 1,
    refreshToken: 1,
    replacedBy: 2,
    ...parts,
  }, request);

const gaveUp: WorldEventBody = {
  type: "store.written",
  process: P1,
  key: "work",
  version: 3,
  record: { status: "reauthorizationRequired", accessTokens: [], isRenewing: false },
};

/** Process 0 uses refresh token 1 and gets 2. */
const used = (isWhole = true): ReadonlyArray<Told> => [
  [1_000, writes(P0, 1)],
  [2_000, renews(P0, 1, 1)],
  [2_050, arrives(P0, 1)],
  [2_050, issued({ refreshToken: 2, used: { refreshToken: 1, isAgain: false } }, 1)],
  [2_100, ends(P0, 1, { isWhole })],
];

const read: WorldEventBody = { type: "store.read", process: P1, key: "work", version: 1 };

/** Process 1 sends refresh token 1 after all. */
const usedAgain: ReadonlyArray<Told> = [
  [20_000, read],
  [20_010, renews(P1, 2, 1)],
  [20_050, arrives(P1, 2)],
  [20_050, replaced(2)],
];

const written: Told = [2_200, writes(P0, 2)];

const verdict = (...story: ReadonlyArray<Told | ReadonlyArray<Told>>) =>
  verdictOf(
    lossesHaveCauses,
    story.flatMap((part) => Array.isArray(part[0]) ? part as ReadonlyArray<Told> : [part as Told]),
    { families },
  );

const lost =
  "p1.0 sent refresh token 1 in request 2, which p0.0 had used in request 1 and replaced by 2";

describe("lossesHaveCauses", () => {
  it("reports a replaced refresh token that is sent for no cause", () => {
    assert.strictEqual(verdict(used(), written, usedAgain), lost);
    assert.strictEqual(verdict(used(), usedAgain), lost);
  });

  it("reports a session that was given up while the server had not ended it", () => {
    const told = verdict([[1_000, writes(P0, 1)], [5_000, gaveUp]]);
    assert.strictEqual(told, `p1.0 gave up "work", which the server had not ended`);
  });

  it("reports a session that was given up while the server would renew it", () => {
    const ended: Told = [
      3_000,
      fact({ type: "family.ended", atMillis: 0, family: 1, cause: "admin" }),
    ];
    const told = verdictOf(lossesHaveCauses, [[1_000, writes(P0, 1)], ended, [5_000, gaveUp]], {
      families,
      refreshable: [1],
    });
    assert.strictEqual(
      told,
      `p1.0 gave up "work", which the server would renew with refresh token 1`,
    );
  });

  it("says nothing where nothing is lost", () => {
    const next: ReadonlyArray<Told> = [[9_000, renews(P1, 2, 2)], [9_050, arrives(P1, 2)], [
      9_050,
      issued({ refreshToken: 3, used: { refreshToken: 2, isAgain: false } }, 2),
    ]];
    assert.isUndefined(verdict(used(), written, next));
  });

  for (const cause of ["revoked", "admin", "expired", "codeReuse"] as const) {
    it(`takes "ended at the server" for a cause: ${cause}`, () => {
      const ended: Told = [3_000, fact({ type: "family.ended", atMillis: 0, family: 1, cause })];
      assert.isUndefined(verdict([[1_000, writes(P0, 1)], ended, [5_000, gaveUp]]));
    });
  }

  it(`takes no end by reuse for "ended at the server"`, () => {
    const ended: Told = [
      3_000,
      fact({ type: "family.ended", atMillis: 0, family: 1, cause: "reuse" }),
    ];
    assert.isDefined(verdict([[1_000, writes(P0, 1)], ended, [5_000, gaveUp]]));
  });

  it(`takes the refusal of what was not used in time for "ended at the server", and no other`, () => {
    const refused: ReadonlyArray<Told> = [
      [1_000, writes(P0, 1)],
      [2_000, renews(P0, 1, 1)],
      [2_050, replaced(1, { reason: "expired" })],
      [5_000, gaveUp],
    ];
    assert.isUndefined(verdict(refused));
    const others = [
      { reason: "scope", error: "invalid_scope" },
      { reason: "familyEnded" },
      { reason: "unknown" },
      { reason: "otherClient" },
    ];
    for (const parts of others) {
      const other = refused.map(([at, event]): Told =>
        event.type === "server" ? [at, replaced(1, parts)] : [at, event]
      );
      assert.isDefined(verdict(other), parts.reason);
    }
  });

  it("reports a session that is removed without anybody's wish, unless it had ended", () => {
    const removed: Told = [5_000, removes(P1)];
    const stored: Told = [1_000, writes(P0, 1)];
    assert.strictEqual(
      verdict([stored, removed]),
      `p1.0 removed "work", which the server had not ended`,
    );
    assert.strictEqual(
      verdictOf(lossesHaveCauses, [stored, removed], { families, refreshable: [1] }),
      `p1.0 removed "work", which the server would renew with refresh token 1`,
    );
    const ended: Told = [
      3_000,
      fact({ type: "family.ended", atMillis: 0, family: 1, cause: "admin" }),
    ];
    assert.isUndefined(verdict([stored, ended, removed]));
    const service: ReadonlyArray<Told> = [[1_000, writes(P0, undefined, [10])], removed];
    assert.strictEqual(verdict(service), `p1.0 removed "work", and nobody signed out`);
  });

  describe("with somebody who signs out", () => {
    const stored: Told = [1_000, writes(P0, 1)];
    const removed: Told = [5_000, removes(P1)];
    const wish: ReadonlyArray<Told> = [
      [500, flowBegins(P1, "a", { chart: "session", context: { key: "work" } })],
      [3_000, flowSteps(P1, "a", { event: "revoke" })],
      [3_100, operates(P1, "revoke")],
    ];
    const signsOut = (...between: ReadonlyArray<Told>) =>
      verdictOf(lossesHaveCauses, [stored, ...wish, ...between, removed], {
        families,
        refreshable: [1],
      });

    it("lets the session be removed until that is done", () => {
      assert.isUndefined(signsOut());
      assert.isUndefined(signsOut([4_000, operates(P1, "revoke", "conflict")]));
      assert.isUndefined(signsOut([4_000, operates(P1, "revoke", "interrupted")]));
      assert.isDefined(signsOut([4_000, operates(P1, "revoke", "revoked")]));
      assert.isDefined(signsOut([4_000, operates(P1, "revoke", "store_failed")]));
    });

    it("lets it be removed for whoever came after it had begun", () => {
      const done: Told = [4_000, operates(P1, "revoke", "revoked")];
      const again: Told = [3_500, flowSteps(P1, "a", { event: "revoke" })];
      assert.isUndefined(signsOut(again, done));
      assert.isDefined(signsOut(again, done, [4_100, operates(P1, "revoke")], [
        4_200,
        operates(P1, "revoke", "revoked"),
      ]));
    });

    it("does not mix up sessions, processes and flows", () => {
      const known = { families, refreshable: [1] };
      const [, ...rest] = wish;
      const started = (process: string, chart: string, key: string): Told => [
        500,
        flowBegins(process, "a", { chart, context: { key } }),
      ];
      const tell = (begin: Told) =>
        verdictOf(lossesHaveCauses, [stored, begin, ...rest, removed], known);
      assert.isUndefined(tell(started(P1, "session", "work")));
      assert.isDefined(tell(started(P1, "session", "service 1")));
      assert.isDefined(tell(started(P0, "session", "work")));
      assert.isDefined(tell(started(P1, "other", "work")));
    });
  });

  it("reports a session that goes on without its refresh token, unless a login replaced it", () => {
    const first: ReadonlyArray<Told> = [
      [900, issued({ family: 1, accessToken: 10, refreshToken: 1 })],
      [1_000, writes(P0, 1, [10])],
    ];
    const other: Told = [2_000, issued({ family: 2, accessToken: 11, grant: "device_code" })];
    const told = `p1.0 dropped the refresh token of "work", which the server had not ended`;
    assert.strictEqual(verdict([...first, [3_000, writes(P1, undefined, [10])]]), told);
    assert.strictEqual(verdict([...first, [3_000, writes(P1, undefined)]]), told);
    assert.isUndefined(verdict([...first, other, [3_000, writes(P1, undefined, [11])]]));
  });

  it(`takes "request came twice" for a cause`, () => {
    const once: ReadonlyArray<Told> = [
      [2_000, renews(P0, 1, 1)],
      [2_050, arrives(P0, 1)],
      [2_050, issued({ refreshToken: 2, used: { refreshToken: 1, isAgain: false } }, 1)],
    ];
    const told = verdict(once, [[2_060, replaced(1)]]);
    assert.include(told, "p0.0 sent refresh token 1 in request 1");
    assert.isUndefined(verdict(once, [[2_060, arrives(P0, 1, true)], [2_060, replaced(1)]]));
  });

  it(`takes "request came late" for a cause`, () => {
    const late: ReadonlyArray<Told> = [
      [20_010, renews(P1, 2, 1)],
      [20_020, ends(P1, 2, { isWhole: false, trouble: "given up" })],
      [20_050, arrives(P1, 2)],
      [20_050, replaced(2)],
    ];
    assert.isUndefined(verdict(used(), written, late));
    assert.strictEqual(verdict(used(), written, late.filter(([at]) => at !== 20_020)), lost);
  });

  it(`takes "answer lost" for a cause`, () => {
    assert.isUndefined(verdict(used(false), usedAgain));
    const cut = (atMillis: number): ReadonlyArray<Told> => [
      ...used().slice(0, -1),
      [atMillis, ends(P0, 1, { isWhole: false, trouble: "given up" })],
    ];
    assert.isUndefined(verdict(cut(2_000 + 18_000), usedAgain));
    assert.strictEqual(verdict(cut(2_100), usedAgain), lost);
    const pending = used().filter(([, { type }]) => type !== "http.ended");
    assert.strictEqual(verdict(pending, usedAgain), lost);
  });

  it(`takes "died with the answer" for a cause, but not once it was written`, () => {
    assert.isUndefined(verdict(used(), [[2_150, crashed(P0)]], usedAgain));
    const ended: Told = [2_150, { type: "process.ended", process: P0 }];
    assert.strictEqual(verdict(used(), [ended], usedAgain), lost);
    assert.strictEqual(verdict(used(), written, [[2_300, crashed(P0)]], usedAgain), lost);
    assert.strictEqual(verdict(used(), [[2_150, crashed(P1)]], usedAgain), lost);
  });

  it(`takes "store took nothing" for a cause, but not once it did, nor an honest conflict`, () => {
    const failed: Told = [2_150, writeFails(P0, 2, "unwritable")];
    assert.isUndefined(verdict(used(), failed, usedAgain));
    assert.strictEqual(verdict(used(), failed, written, usedAgain), lost);
    const itself = usedAgain.map(([at, event]): Told =>
      "process" in event ? [at, { ...event, process: P0 }] : [at, event]
    );
    assert.isDefined(verdict(used(), failed, itself));
    const stopped: Told = [15_000, { type: "process.ended", process: P0 }];
    assert.strictEqual(verdict(used(), failed, stopped, usedAgain), lost);
    assert.isUndefined(
      verdict(used(), [14_000, writeFails(P0, 2, "unwritable")], stopped, usedAgain),
    );
    const honest: Told = [2_150, writeFails(P0, 2, OTHER_VERSION)];
    assert.strictEqual(verdict(used(), honest, usedAgain), lost);
    const unread: Told = [2_160, {
      ...read,
      type: "store.failed",
      process: P0,
      trouble: "unreadable",
    }];
    assert.isUndefined(verdict(used(), honest, unread, usedAgain));
    assert.strictEqual(
      verdict(used(), [[2_150, writeFails(P0, 3, "unwritable")]], usedAgain),
      lost,
    );
  });

  it(`takes "store took nothing" for a cause though memory has gone on to a newer one`, () => {
    const failed: Told = [2_150, writeFails(P0, 2, "unwritable")];
    const wentOn: ReadonlyArray<Told> = [
      [9_000, renews(P0, 3, 2)],
      [9_050, issued({ refreshToken: 3, used: { refreshToken: 2, isAgain: false } }, 3)],
      [9_100, ends(P0, 3)],
    ];
    const newest: Told = [9_200, writeFails(P0, 3, "unwritable")];
    assert.isUndefined(verdict(used(), failed, wentOn, usedAgain));
    assert.isUndefined(verdict(used(), wentOn, newest, usedAgain));
    assert.strictEqual(verdict(used(), wentOn, usedAgain), lost);
    assert.strictEqual(verdict(used(), failed, wentOn, [9_200, writes(P0, 3)], usedAgain), lost);
  });

  it(`takes "process hung" for a cause: who sends it hung after having read, and lost its clock`, () => {
    const jumped: Told = [20_004, { type: "clock.jumped", process: P1, byMillis: -9_000 }];
    const hang: ReadonlyArray<Told> = [[20_001, hung(P1)], jumped, [20_005, woke(P1)]];
    const [first, ...rest] = usedAgain;
    assert.isDefined(first);
    assert.isUndefined(verdict(used(), written, [first, ...hang, ...rest]));
    const told = hang.filter((part) => part !== jumped);
    assert.strictEqual(verdict(used(), written, [first, ...told, ...rest]), lost);
    assert.strictEqual(verdict(used(), written, [first, jumped, ...rest]), lost);
    const readOther: Told = [20_006, { ...read, key: "service 1" }];
    assert.isUndefined(verdict(used(), written, [first, ...hang, readOther, ...rest]));
    const before = hang.map(([at, event]): Told => [at - 1_000, event]);
    assert.strictEqual(verdict(used(), written, before, usedAgain), lost);
  });

  it(`takes "process hung" for a cause: who was to write it hung with it`, () => {
    const hang: ReadonlyArray<Told> = [[2_110, hung(P0)]];
    assert.isUndefined(verdict(used(), hang, usedAgain));
    assert.strictEqual(verdict(used(), written, [[2_300, hung(P0)]], usedAgain), lost);
  });

  it(`takes "lease forgotten" for a cause, of either process, and not of long ago`, () => {
    const forgotten = (at: number, process: string): Told => [
      at,
      { type: "lease.forgotten", process, key: "work" },
    ];
    assert.isUndefined(verdict(used(), written, [forgotten(2_300, P0)], usedAgain));
    assert.isUndefined(verdict(used(), written, [forgotten(2_300, P1)], usedAgain));
    assert.strictEqual(verdict(used(), written, [forgotten(2_300, "p2.0")], usedAgain), lost);
    const elsewhere: Told = [2_300, { type: "lease.forgotten", process: P0, key: "service 0" }];
    assert.strictEqual(verdict(used(), written, [elsewhere], usedAgain), lost);
    const late = [...used(), written, ...usedAgain].map((
      [at, event],
    ): Told => [at + 90_000, event]);
    assert.strictEqual(verdict([forgotten(1_000, P0)], late), lost);
  });

  it("takes a named cause for the end of the session too", () => {
    const given: Told = [21_000, gaveUp];
    assert.isUndefined(verdict(used(false), usedAgain, given));
    assert.isDefined(verdict(used(false), given));
  });
});
