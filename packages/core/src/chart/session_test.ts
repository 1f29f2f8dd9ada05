import { assert, describe, it } from "@effect/vitest";
import { Schema } from "effect";
import { type AnyMachineSnapshot, initialTransition, transition } from "xstate";
import { getShortestPaths } from "xstate/graph";
import { pathOf } from "../flow/path.ts";
import { session } from "./session.ts";
import type {
  SessionContext,
  SessionEmitted,
  SessionEvent,
  SessionFacts,
} from "./session_event.ts";

const fresh: SessionFacts = {
  status: "active",
  version: 1,
  canRenew: true,
  rotates: true,
  isExpired: false,
  dueInMillis: 3_000_000,
  windowMillis: 0,
  isUnsaved: false,
};
const due: SessionFacts = { ...fresh, dueInMillis: 0 };
const lapsed: SessionFacts = { ...due, isExpired: true };
const inDoubt: SessionFacts = { ...due, windowMillis: 120_000 };
const unsaved: SessionFacts = { ...fresh, isUnsaved: true };
const nothing: SessionFacts = { ...lapsed, version: null, canRenew: false, rotates: false };
const absent: SessionFacts = { ...nothing, status: "absent" };
const revoked: SessionFacts = { ...nothing, status: "revoked" };
const ended: SessionFacts = { ...nothing, status: "reauthorizationRequired" };
const unrenewable: SessionFacts = { ...fresh, canRenew: false, rotates: false };
const spent: SessionFacts = { ...unrenewable, dueInMillis: 0, isExpired: true };
const acquiring: SessionFacts = { ...absent, canRenew: true };
const all = [
  fresh,
  lapsed,
  inDoubt,
  unsaved,
  absent,
  revoked,
  ended,
  unrenewable,
  spent,
  acquiring,
];

const error = new Error("no luck");

function fault<const Type extends string>(type: Type, facts: SessionFacts = due) {
  return { type, error, spread: 0, facts };
}

const input = { issuer: "https://as.example.com", clientId: "app", key: "work", variant: "a" };
const wanted = (variant: string): SessionEvent => ({ type: "wanted", variant });

const backoffOver = timer("backoff", "backingOff");
const unsavedOver = timer("backoff", "renewing.unsaved");
const renewalPoint = timer("renewalPoint", "fresh");

function timer(delay: string, state: string): SessionEvent {
  return { type: `xstate.after.${delay}.session.${state}` } as unknown as SessionEvent;
}

/** What may answer in each state, whatever the facts. */
function answersIn(path: string, facts: SessionFacts): ReadonlyArray<SessionEvent> {
  const saved = { ...facts, isUnsaved: false };
  const kept = facts.canRenew ? { ...facts, isUnsaved: true } : facts;
  switch (path) {
    case "acquiring":
      return [{ type: "stored", facts: saved }, { type: "conflict" }, fault("store_failed", facts)];
    case "revoking":
      return [
        { type: "revoked", facts: revoked },
        { type: "conflict" },
        fault("store_failed", facts),
      ];
    case "looking":
    case "renewing.rereading":
      return [
        { type: "current", facts: saved },
        { type: "due", facts: saved },
        { type: "unsaved", facts: kept },
        { type: "ended", facts: saved },
        fault("store_failed", facts),
      ];
    case "renewing.leasing":
      return [{ type: "leased" }, fault("lease_failed", facts)];
    case "renewing.marking":
      return [{ type: "marked" }, { type: "conflict" }, fault("store_failed", facts)];
    case "renewing.requesting":
      return [
        { type: "token" },
        { type: "invalid_grant" },
        fault("refused", facts),
        fault("unanswered", facts),
        { ...fault("unavailable", facts), retryAfterMillis: 90_000 },
        fault("lease_short", facts),
      ];
    case "renewing.checking":
      return [
        { type: "newer" },
        { type: "same" },
        { type: "ended", facts: saved },
        fault("store_failed", facts),
      ];
    case "renewing.writingDown":
      return [{ type: "written", facts: ended }, { type: "conflict" }];
    case "renewing.persisting":
      return [{ type: "stored", facts: saved }, { type: "conflict" }, fault("store_failed", kept)];
    case "renewing.reconciling":
      return [
        { type: "rebased" },
        { type: "superseded", facts: saved },
        fault("store_failed", kept),
      ];
    case "renewing.unsaved":
      return [unsavedOver];
    case "backingOff":
      return [backoffOver];
    case "fresh":
      return [renewalPoint];
    default:
      return [];
  }
}

/** Those, and the loss of the lease. */
function worldIn(path: string, facts: SessionFacts): ReadonlyArray<SessionEvent> {
  const own = answersIn(path, facts);
  return path.startsWith("renewing.") ? [...own, fault("lease_lost", facts)] : own;
}

const resting = ["absent", "fresh", "stale", "expired", "reauthorizationRequired", "revoked"];
const callers: ReadonlyArray<SessionEvent> = [
  wanted("a"),
  wanted("b"),
  { type: "signed_in" },
  { type: "revoke" },
];

interface Stand {
  readonly snapshot: AnyMachineSnapshot;
  readonly path: string;
  readonly context: SessionContext;
}

function stand(snapshot: unknown): Stand {
  const known = snapshot as AnyMachineSnapshot;
  return { snapshot: known, path: pathOf(known.value), context: known.context as SessionContext };
}

function begin(facts: SessionFacts): Stand {
  return stand(initialTransition(session, { ...input, ...facts })[0]);
}

function step(
  { snapshot }: Stand,
  event: SessionEvent,
): { readonly next: Stand; readonly emitted: ReadonlyArray<SessionEmitted> } {
  const [next, commands] = transition(session, snapshot as never, event);
  const emitted = commands.flatMap(({ type, params }) =>
    type === "xstate.emit" ? [(params as { readonly event: SessionEmitted }).event] : []
  );
  return { next: stand(next), emitted };
}

/** Path after these events, and what was told. */
function play(facts: SessionFacts, ...events: ReadonlyArray<SessionEvent>): string {
  let at = begin(facts);
  const told: Array<string> = [];
  for (const event of events) {
    const { next, emitted } = step(at, event);
    at = next;
    for (const each of emitted) {
      told.push("variant" in each ? `${each.type} ${each.variant ?? "all"}` : each.type);
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

  /** One of each kind of standing that can be reached. */
  const stands = new Map<string, Stand>();
  const waiting = all.map(begin);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const key = keyOf(at);
    if (stands.has(key)) continue;
    stands.set(key, at);
    const { path } = at;
    const events = [...callers, ...all.flatMap((facts) => worldIn(path, facts))];
    for (const event of events) waiting.push(step(at, event).next);
  }

  const declared = declaredPaths(session.root.states as never, "");

  it("has a way into every state but the one that it only passes through", () => {
    const reached = new Set([...stands.values()].map(({ path }) => path));
    assert.deepStrictEqual([...reached, "settling"].toSorted(), declared.toSorted());
    assert.strictEqual(declared.length, 22);
  });

  it("has a shortest way of at most eight events into every state", () => {
    const events = [...callers, ...all.flatMap((facts) => allAnswers(facts))];
    const paths = getShortestPaths(session, {
      input: { ...input, ...fresh },
      events,
      serializeState: (snapshot) => keyOf(stand(snapshot)),
      serializeEvent: (event) => JSON.stringify(event),
      limit: 20_000,
    });
    const lengths = new Map<string, number>();
    for (const { state, steps } of paths) {
      const path = pathOf(state.value);
      lengths.set(path, Math.min(lengths.get(path) ?? Infinity, steps.length));
    }
    assert.deepStrictEqual([...lengths.keys(), "settling"].toSorted(), declared.toSorted());
    assert.isAtMost(Math.max(...lengths.values()), 9);
  });

  it("comes to rest from every state by answers and time alone", () => {
    for (const [key, from] of stands) {
      let at = from;
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

function allAnswers(facts: SessionFacts): ReadonlyArray<SessionEvent> {
  return declaredPaths(session.root.states as never, "")
    .flatMap((path) => worldIn(path, facts));
}

describe("session, row by row", () => {
  const leased: SessionEvent = { type: "leased" };
  const marked: SessionEvent = { type: "marked" };
  const token: SessionEvent = { type: "token" };
  const readDue: SessionEvent = { type: "due", facts: due };
  const stored: SessionEvent = { type: "stored", facts: fresh };
  const requested = [wanted("a"), leased, readDue, marked];

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
      [
        "renewing.leasing",
        "failed",
      ].join(", "),
    ],
    [
      "rests when the window is over",
      [...requested, fault("unanswered"), backoffOver],
      [
        "stale",
        "failed",
      ].join(", "),
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

describe("session's callers", () => {
  const Seed = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 31 - 2 }));

  /** A number below `limit`, the same for the same seed. */
  function dice(seed: number): (limit: number) => number {
    let state = seed;
    return (limit) => {
      state = Number(BigInt(state) * 48_271n % 2_147_483_647n);
      return state % limit;
    };
  }

  /** What a session's callers know: whom nobody has answered yet. */
  class Callers {
    readonly waiting = new Set<string>();

    hear(emitted: SessionEmitted): void {
      if (emitted.type === "settled" && emitted.variant !== undefined) {
        this.waiting.delete(emitted.variant);
      } else if (emitted.type === "refused") this.waiting.delete(emitted.variant);
      else if (emitted.type === "settled" || emitted.type === "failed") this.waiting.clear();
    }
  }

  const acts = new Set(["looking", "acquiring", "revoking"]);

  /** Nobody waits whom the state does not know and will not answer. */
  function assertKnown({ path, context }: Stand, { waiting }: Callers): void {
    const isRenewing = path.startsWith("renewing.") && path !== "renewing.unsaved";
    for (const variant of waiting) {
      const isNow = context.variant === variant && (isRenewing || path === "looking");
      assert.isTrue(isNow || context.queue.includes(variant), `${variant} in ${path}`);
    }
    if (resting.includes(path)) assert.deepStrictEqual([...waiting], [], path);
    const isKept = isRenewing || acts.has(path);
    assert.isTrue(isKept || !context.isSignedIn, `a login in ${path}`);
    assert.isTrue(isKept || !context.isToBeRevoked, `a revocation in ${path}`);
  }

  it.prop("are all answered, whatever happens", [Seed], ([seed]) => {
    const roll = dice(seed);
    const mode = roll(2) === 0
      ? all.filter(({ canRenew, rotates }) => canRenew === rotates)
      : all.filter(({ rotates }) => !rotates).map((facts) => ({ ...facts, canRenew: true }));
    let at = begin(mode[roll(mode.length)] as SessionFacts);
    const known = new Callers();
    const take = (event: SessionEvent) => {
      const { next, emitted } = step(at, event);
      at = next;
      for (const each of emitted) known.hear(each);
      assertKnown(at, known);
    };
    for (let turn = 0; turn < 80; turn++) {
      const world = worldIn(at.path, mode[roll(mode.length)] as SessionFacts);
      if (world.length > 0 && roll(3) > 0) take(world[roll(world.length)] as SessionEvent);
      else if (roll(6) === 0) take({ type: roll(2) === 0 ? "signed_in" : "revoke" });
      else {
        const variant = ["a", "b", "c"][roll(3)] as string;
        if (known.waiting.has(variant)) continue;
        known.waiting.add(variant);
        take(wanted(variant));
      }
    }
    for (let turn = 0; turn < 40 && !resting.includes(at.path); turn++) {
      take(answersIn(at.path, mode.includes(fresh) ? fresh : acquiring)[0] as SessionEvent);
    }
    assert.include(resting, at.path);
    assert.deepStrictEqual([...known.waiting], []);
  }, { arbitrary: { runs: 400 } });

  it.prop("do not make it go round without a pause", [Seed], ([seed]) => {
    const roll = dice(seed);
    // What only ever answers because another process wrote, or took over.
    const others = new Set(["conflict", "newer", "rebased", "current", "lease_lost", "superseded"]);
    let at = begin(all[roll(all.length)] as SessionFacts);
    let steps = 0;
    for (let turn = 0; turn < 200; turn++) {
      if (resting.includes(at.path)) {
        at = step(at, wanted("a")).next;
        steps = 0;
      }
      const isPause = at.path === "backingOff" || at.path === "renewing.unsaved";
      const world = answersIn(at.path, [due, spent, acquiring, inDoubt][roll(4)] as SessionFacts)
        .filter(({ type }) => !others.has(type));
      steps = isPause ? 0 : steps + 1;
      assert.isAtMost(steps, 12, at.path);
      at = step(at, world[roll(world.length)] as SessionEvent).next;
    }
  }, { arbitrary: { runs: 200 } });
});
