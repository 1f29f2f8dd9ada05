import { assert, describe, it } from "@effect/vitest";
import { session } from "./session.ts";
import type { SessionEvent, SessionFacts } from "./session_event.ts";
import {
  absent,
  acquiring,
  all,
  answersIn,
  backoffOver,
  begin,
  due,
  ended,
  fault,
  fresh,
  inDoubt,
  lapsed,
  renewalPoint,
  resting,
  revoked,
  spent,
  type Stand,
  step,
  unrenewable,
  unsaved,
  unsavedOver,
  wanted,
  worldIn,
} from "./testdata/session_script.ts";

const callers: ReadonlyArray<SessionEvent> = [
  wanted("a"),
  wanted("b"),
  { type: "signed_in" },
  { type: "revoke" },
];

/** Path after these events, and what was told. */
function play(facts: SessionFacts, ...events: ReadonlyArray<SessionEvent>): string {
  let at = begin(facts);
  const told: Array<string> = [];
  for (const event of events) {
    const { next, emitted } = step(at, event);
    at = next;
    for (const each of emitted) {
      const isOfOne = each.type === "settled" || each.type === "refused";
      told.push(isOfOne ? `${each.type} ${each.variant ?? "all"}` : each.type);
    }
  }
  return [at.path, ...told].join(", ");
}

describe("session's graph", () => {
  function keyOf({ path, context }: Stand): string {
    const { status, canRenew, rotates, isUnsaved, isExpired, queue } = context;
    const times = [context.dueInMillis > 0, context.windowMillis > 0, queue.length > 0];
    return JSON.stringify([path, status, canRenew, rotates, isUnsaved, isExpired, ...times]);
  }

  /** One of each kind of standing that can be reached, and how many events lead there. */
  const stands = new Map<string, Stand & { readonly depth: number }>();
  const waiting: Array<Stand & { readonly depth: number }> = all.map((facts) => ({
    ...begin(facts),
    depth: 0,
  }));
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const key = keyOf(at);
    if (stands.has(key)) continue;
    stands.set(key, at);
    const { path } = at;
    for (const event of [...callers, ...all.flatMap((facts) => worldIn(path, facts))]) {
      waiting.push({ ...step(at, event).next, depth: at.depth + 1 });
    }
  }

  const declared = declaredPaths(session.root.states, "");

  it("has a way into every state but the one that it only passes through", () => {
    const reached = new Set([...stands.values()].map(({ path }) => path));
    assert.deepStrictEqual([...reached, "settling"].toSorted(), declared.toSorted());
    assert.strictEqual(declared.length, 20);
  });

  it("has a way of at most seven events into every state", () => {
    const depths = new Map<string, number>();
    for (const { path, depth } of stands.values()) {
      depths.set(path, Math.min(depths.get(path) ?? Infinity, depth));
    }
    assert.isAtMost(Math.max(...depths.values()), 7);
  });

  it("comes to rest from every state by answers and time alone", () => {
    for (const [key, from] of stands) {
      let at: Stand = from;
      for (let turn = 0; turn < 12 && !resting.includes(at.path); turn++) {
        at = step(at, answersIn(at.path, fresh)[0] as SessionEvent).next;
      }
      assert.include(resting, at.path, key);
    }
  });

  it("takes a login and a revocation from every state to their end", () => {
    for (const [key, from] of stands) {
      for (const [event, goal] of [["signed_in", "acquiring"], ["revoke", "revoking"]] as const) {
        let at = step(from, { type: event }).next;
        const seen = [at.path];
        for (let turn = 0; turn < 12 && !seen.includes(goal); turn++) {
          at = step(at, answersIn(at.path, fresh)[0] as SessionEvent).next;
          seen.push(at.path);
        }
        assert.include(seen, goal, `${key} ${event}`);
      }
    }
  });

  it("sends nothing without something to renew with, and marks only what rotates", () => {
    for (const [key, { path, context }] of stands) {
      if (path === "renewing.requesting") assert.isTrue(context.canRenew, key);
      if (path === "renewing.marking") assert.isTrue(context.rotates, key);
    }
  });

  it("says in a sentence what each state is for", () => {
    for (const [key, { snapshot }] of stands) {
      for (const node of snapshot._nodes.filter(({ parent }) => parent !== undefined)) {
        assert.match(node.description ?? "", /^[A-Z].{10,}[^.]$/, key);
      }
    }
  });
});

function declaredPaths(
  states: Record<string, { readonly states?: object; readonly description?: string }>,
  prefix: string,
): Array<string> {
  return Object.entries(states).flatMap(([name, { states: inner = {}, description }]) => {
    assert.isString(description, name);
    return Object.keys(inner).length > 0
      ? declaredPaths(inner as never, `${prefix}${name}.`)
      : [`${prefix}${name}`];
  });
}

describe("session, row by row", () => {
  const leased: SessionEvent = { type: "leased" };
  const marked: SessionEvent = { type: "marked" };
  const token: SessionEvent = { type: "token" };
  const readDue: SessionEvent = { type: "due", facts: due };
  const stored: SessionEvent = { type: "stored", facts: fresh };
  const requested = [wanted("a"), leased, readDue, marked];
  const unread = fault("store_failed", unsaved);
  const unsavedWanted = [...requested, token, unread, wanted("b")];

  it.each([
    [fresh, "fresh"],
    [due, "stale"],
    [lapsed, "stale"],
    [absent, "absent"],
    [acquiring, "absent"],
    [revoked, "revoked"],
    [ended, "reauthorizationRequired"],
    [spent, "expired"],
    [unrenewable, "fresh"],
    [inDoubt, "renewing.leasing"],
    [unsaved, "renewing.leasing"],
  ])("%# begins where the record stands: $1", (facts, path) => {
    assert.strictEqual(play(facts), path);
  });

  it.each<[string, ReadonlyArray<SessionEvent>, string]>([
    ["is due at the renewal point", [renewalPoint], "stale"],
    ["renews before anybody gets it", [...requested, token, stored], "fresh, settled all"],
    [
      "uses what another process renewed",
      [wanted("a"), leased, { type: "current", facts: fresh }],
      "fresh, settled all",
    ],
    ["marks again after a conflict", [...requested.slice(0, 3), { type: "conflict" }], reread()],
    [
      "sends nothing that it could not write down",
      [...requested.slice(0, 3), fault("store_failed")],
      "backingOff, failed",
    ],
    ["waits for a lease that is too short", [...requested, fault("lease_short")], failed()],
    ["finishes a request though the lease is lost", [...requested, fault("lease_lost")], sent()],
    [
      "tries again after no answer",
      [...requested, fault("unanswered", inDoubt), backoffOver],
      "renewing.leasing, failed",
    ],
    [
      "rests when the window is over",
      [...requested, fault("unanswered"), backoffOver],
      "stale, failed",
    ],
    [
      "does not repeat unasked what was refused",
      [...requested, fault("refused", inDoubt), backoffOver],
      "stale, refused a, failed",
    ],
    [
      "looks for a newer token after invalid_grant",
      [...requested, { type: "invalid_grant" }, { type: "newer" }],
      "renewing.rereading",
    ],
    [
      "writes the end down",
      [...requested, { type: "invalid_grant" }, { type: "same" }, {
        type: "written",
        facts: ended,
      }],
      "reauthorizationRequired, settled all",
    ],
    [
      "does not hold another variant up after a refusal",
      [...requested, fault("refused"), wanted("b")],
      "renewing.leasing, refused a, failed",
    ],
    [
      "holds the refused one up",
      [...requested, fault("refused"), wanted("a")],
      "backingOff, refused a, failed",
    ],
    [
      "holds another variant up where the server fails",
      [...requested, fault("unavailable"), wanted("b")],
      "backingOff, failed",
    ],
    [
      "keeps its lease for what memory alone holds, where the server fails",
      [...unsavedWanted, fault("unavailable", unsaved), unread],
      "renewing.unsaved, unsaved, settled a, heldOff, unsaved, settled b",
    ],
    [
      "asks for nothing else either, where the server fails",
      [...unsavedWanted, wanted("c"), fault("unavailable", unsaved), unread],
      "renewing.unsaved, unsaved, settled a, heldOff, unsaved, settled b",
    ],
    [
      "keeps its lease for what memory alone holds, where the server refuses",
      [...unsavedWanted, fault("refused", unsaved), stored],
      "fresh, unsaved, settled a, refused b, settled all",
    ],
    [
      "goes on with what memory alone holds, where a login cannot be stored",
      [...unsavedWanted.slice(0, -1), { type: "signed_in" }, unread, leased, unread],
      "renewing.unsaved, unsaved, settled a, unstored, settled all, unsaved, settled a",
    ],
    [
      "goes on writing what memory alone holds, where the lease is too short",
      [...unsavedWanted, fault("lease_short", unsaved), unread],
      "renewing.unsaved, unsaved, settled a, heldOff, unsaved, settled b",
    ],
    [
      "stores a login after the revocation that came before it",
      [
        { type: "signed_in" },
        { type: "revoke" },
        { type: "signed_in" },
        { type: "conflict" },
        stored,
        { type: "revoked", facts: revoked },
      ],
      "acquiring, settled all, settled all",
    ],
    [
      "gives out what cannot be stored",
      [...requested, token, fault("store_failed", unsaved)],
      "renewing.unsaved, unsaved, settled a",
    ],
    [
      "stores it later",
      [...requested, token, fault("store_failed", unsaved), unsavedOver, stored],
      "fresh, unsaved, settled a, settled all",
    ],
    [
      "takes a login where nothing can be stored",
      [...requested, { type: "signed_in" }, token, fault("store_failed", unsaved)],
      "acquiring, unsaved, settled a",
    ],
    [
      "takes a revocation where the server fails",
      [...requested, { type: "revoke" }, fault("unavailable")],
      "revoking, failed",
    ],
    [
      "renews the next variant in its turn",
      [wanted("a"), wanted("b"), wanted("a"), leased, readDue, marked, token, stored],
      "renewing.rereading, settled a",
    ],
    [
      "puts its tokens on top of another's write",
      [...requested, token, { type: "conflict" }, { type: "rebased" }],
      "renewing.persisting",
    ],
    [
      "gives way to a newer login",
      [...requested, token, { type: "conflict" }, { type: "superseded", facts: fresh }],
      "fresh, settled all",
    ],
  ])("%s", (_, events, expected) => {
    assert.strictEqual(play(fresh, ...events), expected);
  });

  function reread(): string {
    return "renewing.rereading";
  }
  function failed(): string {
    return "backingOff, failed";
  }
  function sent(): string {
    return "renewing.requesting";
  }

  it("asks without a lease and a mark where nothing rotates", () => {
    const readable = play(acquiring, wanted("a"), leased, { type: "due", facts: acquiring });
    assert.strictEqual(readable, "renewing.requesting");
    const without = [fault("lease_failed", acquiring), fault("store_failed", acquiring)];
    assert.strictEqual(play(acquiring, wanted("a"), without[0] as never), "renewing.requesting");
    assert.strictEqual(
      play(acquiring, wanted("a"), leased, without[1] as never),
      "renewing.requesting",
    );
  });

  it("looks, and does not renew, for whoever waits behind a store that failed", () => {
    const events = [wanted("a"), fault("store_failed", spent), wanted("a"), backoffOver];
    assert.strictEqual(play(spent, ...events), "looking, failed");
  });

  it("rests as it will be when the wait is over", () => {
    const soon = { ...fresh, dueInMillis: 400 };
    const events = [wanted("a"), fault("lease_lost", soon), backoffOver];
    assert.strictEqual(play(fresh, ...events), "stale, failed");
  });
});

describe("session's waits", () => {
  function waitAfter(...faults: ReadonlyArray<SessionEvent>): number {
    let at = begin(fresh);
    for (const each of faults) {
      const way = [wanted("a"), { type: "leased" }, { type: "due", facts: due }] as const;
      for (const event of [...way, { type: "marked" } as const, each]) at = step(at, event).next;
      assert.strictEqual(at.path, "backingOff");
      const { context } = at;
      at = step(at, backoffOver).next;
      assert.strictEqual(at.context.waitMillis, context.waitMillis);
    }
    return at.context.waitMillis;
  }

  const lost = fault("unanswered");

  it("double from half a second to a minute", () => {
    const waits = [1, 2, 3, 7, 8, 20].map((times) => waitAfter(...Array(times).fill(lost)));
    assert.deepStrictEqual(waits, [500, 1_000, 2_000, 32_000, 60_000, 60_000]);
  });

  it("do not grow with refusals, nor by what the server asked for one variant", () => {
    const refused = { ...fault("refused"), retryAfterMillis: 600_000 };
    assert.deepStrictEqual([waitAfter(refused), waitAfter(refused, refused)], [500, 500]);
    const next = step(refusing(), refused);
    const told = next.emitted.map((each) => "retryInMillis" in each ? each.retryInMillis : 0);
    assert.deepStrictEqual(told, [600_000, 600_000]);
  });

  it("for the store take nothing of what the server asked", () => {
    let at = refusing();
    const events = [
      { type: "token" } as const,
      fault("store_failed", unsaved),
      wanted("b"),
      { ...fault("unavailable", unsaved), retryAfterMillis: 600_000 },
      fault("store_failed", unsaved),
    ];
    for (const event of events) at = step(at, event).next;
    assert.deepInclude(at.context, { waitMillis: 1_000, askWaitMillis: 600_000 });
  });

  function refusing(): Stand {
    let at = begin(fresh);
    const way = [wanted("a"), { type: "leased" }, { type: "due", facts: due }] as const;
    for (const event of [...way, { type: "marked" } as const]) at = step(at, event).next;
    return at;
  }

  it("are spread by a quarter", () => {
    assert.strictEqual(waitAfter({ ...lost, spread: 1 }), 625);
  });

  it("are never shorter than the server asked, up to an hour", () => {
    const asked = (retryAfterMillis: number) => waitAfter({ ...lost, retryAfterMillis });
    assert.deepStrictEqual([10, 7_000, 600_000, 86_400_000].map(asked), [
      500,
      7_000,
      600_000,
      3_600_000,
    ]);
  });
});
