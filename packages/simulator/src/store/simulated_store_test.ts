import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Exit, Option, Result } from "effect";
import { SessionStore, type SessionStore as Store } from "@bellhop/core/session/session_store";
import { cases } from "@bellhop/core/session/store_conformance";
import type { StoreTrouble, Weather } from "../fault/fault.ts";
import { exitIn, sinceStart } from "../world/testdata/exit_in.ts";
import type { Process } from "../world/process.ts";
import { World } from "../world/world.ts";
import { type RecordOutline, WrittenRecord } from "./record_outline.ts";
import { OTHER_VERSION, SimulatedStore } from "./simulated_store.ts";

function place(seed = 1, clockOffsetMillis = 0) {
  const world = new World({ seed });
  const store = new SimulatedStore(world);
  const [one, two] = [0, 1].map((machine) =>
    world.start({ machine, incarnation: 0, clockOffsetMillis })
  ) as [Process, Process];
  return { world, store, one, two };
}

type Place = ReturnType<typeof place>;

function trouble({ store }: Place, name: StoreTrouble, weather: Partial<Weather> = {}) {
  store.faults.add({
    on: "store",
    trouble: name,
    atMillis: 0,
    forMillis: 0,
    permille: 1_000,
    ...weather,
  });
}

/** What comes of a use: the value, or the tag of the reason why there is none. */
function result<A>(
  { world, store }: Place,
  process: Process,
  use: (store: Store) => Effect.Effect<A, { readonly reason: { readonly _tag: string } }>,
): A | string | undefined {
  const told = Effect.match(use(store.of(process)), {
    onFailure: ({ reason }): A | string => reason._tag,
    onSuccess: (value): A | string => value,
  });
  const exit = exitIn([world, process], told, 20_000);
  if (exit === undefined) return undefined;
  assert.isTrue(Exit.isSuccess(exit));
  return (exit as Exit.Success<A | string>).value;
}

const put = (byte: number, ifVersion: number | null) => (store: Store) =>
  store.put("work", Uint8Array.of(byte), { ifVersion });
const get = (store: Store) =>
  Effect.map(store.get("work"), (stored) =>
    Option.match(stored, {
      onNone: () => "nothing",
      onSome: ({ bytes, version }) => `${[...bytes].join()} at ${version}`,
    }));
const remove = (ifVersion: number) => (store: Store) => store.remove("work", { ifVersion });

const told = ({ world }: Place) => world.events.filter(({ type }) => !type.startsWith("process."));

describe("SimulatedStore.of()", () => {
  for (const { name, effect } of cases()) {
    it(name, () => {
      const { world, store, one } = place();
      const held = Effect.provideService(effect, SessionStore, store.of(one));
      assert.deepStrictEqual(exitIn([world, one], held), Exit.void);
    });
  }

  it("is one store for all processes, and tells what happens to it", () => {
    const at = place();
    const outline: RecordOutline = { status: "active", accessTokens: [3], isRenewing: false };
    const write = (store: Store) =>
      Effect.provideService(put(5, null)(store), WrittenRecord, outline);
    assert.strictEqual(result(at, at.one, write), 1);
    assert.strictEqual(result(at, at.two, get), "5 at 1");
    assert.deepStrictEqual(at.store.record("work"), outline);
    result(at, at.two, remove(1));
    assert.strictEqual(result(at, at.two, get), "nothing");
    assert.isUndefined(at.store.record("work"));
    assert.strictEqual(result(at, at.one, put(6, null)), 3);
    const events = told(at).map((event) => ({ ...event, seq: 0, at: 0 }));
    const nothing = { seq: 0, at: 0, key: "work" };
    assert.deepStrictEqual(events, [
      {
        ...nothing,
        type: "store.written",
        process: "p0.0",
        version: 1,
        ifVersion: null,
        record: outline,
      },
      { ...nothing, type: "store.read", process: "p1.0", version: 1 },
      { ...nothing, type: "store.removed", process: "p1.0", version: 2, ifVersion: 1 },
      { ...nothing, type: "store.read", process: "p1.0", version: null },
      { ...nothing, type: "store.written", process: "p0.0", version: 3, ifVersion: null },
    ]);
  });

  it("takes up to 11 ms each way", () => {
    const took = new Set<number>();
    for (let seed = 0; seed < 300; seed++) {
      const at = place(seed);
      took.add(
        result(at, at.one, (store) => Effect.map(get(store), () => sinceStart(at.world))) as number,
      );
    }
    assert.deepStrictEqual([Math.min(...took), Math.max(...took)], [0, 22]);
  });

  it("does what was asked although the asker gave up, or crashed", () => {
    const at = place();
    const { world, store, one, two } = at;
    one.run(Effect.asVoid(put(1, null)(store.of(one))), Context.empty());
    world.run(world.nowMillis);
    one.crash();
    const givenUp = Effect.timeoutOption(put(2, 1)(store.of(two)), 0);
    two.run(Effect.andThen(Effect.sleep(50), givenUp), Context.empty());
    world.run(world.nowMillis + 200);
    assert.strictEqual(result(at, two, get), "2 at 2");
  });

  it("reports an honest conflict as no trouble", () => {
    const at = place();
    result(at, at.one, put(1, null));
    for (const name of ["slow", "written, unsaid", "written, conflict", "conflict"] as const) {
      at.store.faults.clear();
      trouble(at, name);
      assert.strictEqual(result(at, at.two, put(2, 7)), "Conflict");
      const event = told(at).at(-1);
      assert.isTrue(event?.type === "store.failed");
      assert.deepInclude(event, { trouble: OTHER_VERSION, isApplied: false, ifVersion: 7 });
    }
  });
});

describe("SimulatedStore.faults", () => {
  it(`"unreadable": no read, no list and no lease; writes go on`, () => {
    const at = place();
    trouble(at, "unreadable");
    assert.strictEqual(result(at, at.one, put(1, null)), 1);
    assert.strictEqual(result(at, at.one, get), "Unreadable");
    assert.strictEqual(result(at, at.one, (store) => store.list()), "Unreadable");
    const lease = (store: Store) => Effect.scoped(store.lease("work", { ttlMillis: 1_000 }));
    assert.strictEqual(result(at, at.one, lease), "Unreadable");
    assert.deepInclude(told(at)[1], { type: "store.failed", key: "work", trouble: "unreadable" });
  });

  it(`"unwritable": nothing is taken`, () => {
    const at = place();
    result(at, at.one, put(1, null));
    trouble(at, "unwritable");
    assert.strictEqual(result(at, at.one, put(2, 1)), "Unwritable");
    assert.strictEqual(result(at, at.one, remove(1)), "Unwritable");
    assert.strictEqual(result(at, at.one, get), "1 at 1");
    assert.deepInclude(told(at)[1], {
      type: "store.failed",
      trouble: "unwritable",
      isApplied: false,
    });
  });

  for (
    const [name, reason] of [
      ["written, unsaid", "Unwritable"],
      ["written, conflict", "Conflict"],
    ] as const
  ) {
    it(`"${name}": it is taken, and the writer is told otherwise`, () => {
      const at = place();
      trouble(at, name);
      assert.strictEqual(result(at, at.one, put(1, null)), reason);
      assert.strictEqual(result(at, at.two, get), "1 at 1");
      assert.strictEqual(result(at, at.one, remove(1)), reason);
      assert.strictEqual(result(at, at.two, get), "nothing");
      const [written, failed] = told(at);
      assert.deepInclude(written, { type: "store.written", version: 1 });
      assert.deepInclude(failed, { type: "store.failed", trouble: name, isApplied: true });
    });
  }

  it(`"conflict": nothing is taken, though nobody else was there`, () => {
    const at = place();
    trouble(at, "conflict");
    assert.strictEqual(result(at, at.one, put(1, null)), "Conflict");
    assert.strictEqual(result(at, at.two, get), "nothing");
    assert.deepInclude(told(at)[0], {
      type: "store.failed",
      trouble: "conflict",
      isApplied: false,
    });
  });

  it(`"slow": 200 to 6000 ms each way`, () => {
    for (let seed = 0; seed < 40; seed++) {
      const at = place(seed);
      trouble(at, "slow");
      const took = result(
        at,
        at.one,
        (store) => Effect.map(get(store), () => sinceStart(at.world)),
      );
      assert.isTrue(typeof took === "number" && took >= 400 && took <= 12_000, `${took}`);
    }
  });

  it(`"stale": whoever holds no lease reads what was there 2 seconds ago`, () => {
    const at = place();
    const { world, store, one, two } = at;
    trouble(at, "stale");
    const at0 = world.nowMillis;
    result(at, one, put(1, null));
    world.run(at0 + 20_000);
    const lease = store.of(one).lease("work", { ttlMillis: 60_000 });
    one.run(Effect.scoped(Effect.andThen(lease, Effect.never)), Context.empty());
    world.run(at0 + 25_000);
    one.run(Effect.asVoid(put(2, 1)(store.of(one))), Context.empty());
    world.run(at0 + 25_100);
    const read = (process: Process) => {
      const exit = exitIn([world, process], Effect.option(get(store.of(process))), 50);
      return exit !== undefined && Exit.isSuccess(exit)
        ? Option.getOrUndefined(exit.value)
        : undefined;
    };
    assert.strictEqual(read(one), "2 at 2");
    assert.strictEqual(read(two), "1 at 1");
    assert.deepInclude(told(at).at(-1), { type: "store.read", version: 1, trouble: "stale" });
    world.run(at0 + 27_200);
    assert.strictEqual(read(two), "2 at 2");
  });

  it("concern the machine that they name, and no other", () => {
    const at = place();
    trouble(at, "unreadable", { machine: 1 });
    assert.strictEqual(result(at, at.one, get), "nothing");
    assert.strictEqual(result(at, at.two, get), "Unreadable");
  });
});

/** Holds a lease for as long as its process lives, and tells when it is lost. */
function hold({ store }: Place, process: Process, ttlMillis: number): { lost: boolean } {
  const seen = { lost: false };
  const held = Effect.flatMap(store.of(process).lease("work", { ttlMillis }), ({ lost }) => lost);
  const program = Effect.catch(Effect.scoped(held), () => Effect.sync(() => seen.lost = true));
  process.run(program, Context.empty());
  return seen;
}

/** Whether a process gets the lease within a time. */
function isFree({ world, store }: Place, process: Process, waitMillis: number): boolean {
  const lease = store.of(process).lease("work", { ttlMillis: 3_000, waitMillis });
  const exit = exitIn(
    [world, process],
    Effect.result(Effect.scoped(Effect.asVoid(lease))),
    waitMillis + 2_000,
  );
  return exit !== undefined && Exit.isSuccess(exit) && Result.isSuccess(exit.value);
}

const leaseEvents = (at: Place) =>
  told(at).flatMap((event) =>
    event.type.startsWith("lease.") && "process" in event ? [`${event.process} ${event.type}`] : []
  );

describe("SimulatedStore.holder()", () => {
  it("is whoever holds the lease, for as long as they keep it alive", () => {
    const at = place();
    const seen = hold(at, at.one, 3_000);
    at.world.run(at.world.startMillis + 20_000);
    assert.strictEqual(at.store.holder("work"), at.one);
    assert.isFalse(isFree(at, at.two, 5_000));
    assert.isFalse(seen.lost);
    assert.include(leaseEvents(at), "p0.0 lease.extended");
  });

  it("is nobody once the time of a holder that crashed is over", () => {
    const at = place();
    hold(at, at.one, 3_000);
    at.world.run(at.world.startMillis + 100);
    const [granted] = told(at);
    assert.isTrue(granted?.type === "lease.granted");
    at.one.crash();
    const untilMillis = (granted as { readonly untilMillis: number }).untilMillis;
    at.world.run(untilMillis - 1);
    assert.strictEqual(at.store.holder("work"), at.one);
    at.world.run(untilMillis);
    assert.isUndefined(at.store.holder("work"));
    assert.isTrue(isFree(at, at.two, 100));
  });

  it("goes by the store's clock, however wrong that of a process is", () => {
    for (const offset of [-3_600_000, 3_600_000]) {
      const at = place(1, offset);
      hold(at, at.one, 3_000);
      at.world.run(at.world.startMillis + 100);
      assert.strictEqual(at.store.holder("work"), at.one);
      const [granted] = told(at);
      const { untilMillis = 0 } = granted as { readonly untilMillis?: number };
      assert.isTrue(untilMillis > at.world.nowMillis && untilMillis <= at.world.nowMillis + 3_000);
      assert.isFalse(isFree(at, at.two, 2_000));
      at.one.crash();
      assert.isTrue(isFree(at, at.two, 4_000));
    }
  });

  it("is nobody after the lease was given back", () => {
    const at = place();
    assert.isTrue(isFree(at, at.one, 100));
    assert.isUndefined(at.store.holder("work"));
    assert.deepStrictEqual(leaseEvents(at), ["p0.0 lease.granted", "p0.0 lease.returned"]);
  });

  it(`"lease forgotten": another gets it, and the holder learns of it`, () => {
    const at = place();
    const seen = hold(at, at.one, 30_000);
    at.world.run(at.world.startMillis + 100);
    trouble(at, "lease forgotten", { machine: 1 });
    assert.isTrue(isFree(at, at.two, 100));
    assert.deepStrictEqual(leaseEvents(at), [
      "p0.0 lease.granted",
      "p0.0 lease.forgotten",
      "p1.0 lease.granted",
      "p1.0 lease.returned",
    ]);
    assert.isFalse(seen.lost);
    at.world.run(at.world.startMillis + 10_200);
    assert.isTrue(seen.lost);
  });

  it(`"lease forgotten" forgets none that has run out`, () => {
    const at = place();
    hold(at, at.one, 3_000);
    at.world.run(at.world.startMillis + 100);
    at.one.crash();
    at.world.run(at.world.startMillis + 5_000);
    trouble(at, "lease forgotten");
    assert.isTrue(isFree(at, at.two, 100));
    assert.notInclude(leaseEvents(at), "p0.0 lease.forgotten");
  });

  it("is nobody when the holder hung until its time was over, and the holder learns of it", () => {
    const at = place();
    const seen = hold(at, at.one, 3_000);
    at.world.run(at.world.startMillis + 100);
    at.one.hang(5_000);
    at.world.run(at.world.startMillis + 4_000);
    assert.isUndefined(at.store.holder("work"));
    assert.isTrue(isFree(at, at.two, 100));
    at.world.run(at.world.startMillis + 8_000);
    assert.isTrue(seen.lost);
  });
});
