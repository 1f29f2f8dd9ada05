/**
 * The store that the processes of a world share, as a server on a network would be one: each use of
 * it takes time, can fail, and is over only when its answer has come back. Its own clock decides how
 * long a lease lasts.
 *
 * ```ts
 * import { Context, Effect } from "effect";
 * import { equal } from "node:assert/strict";
 * import { SimulatedStore } from "@bellhop/simulator/store/simulated_store";
 * import { World } from "@bellhop/simulator/world/world";
 *
 * const world = new World({ seed: 1 });
 * const store = new SimulatedStore(world);
 * const process = world.start({ machine: 0, incarnation: 0 });
 * const lease = store.of(process).lease("work", { ttlMillis: 30_000 });
 * process.run(Effect.scoped(Effect.andThen(lease, Effect.never)), Context.empty());
 * world.run(world.startMillis + 1_000);
 * equal(store.holder("work"), process);
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { acquire, type LeaseBackend } from "@bellhop/core/session/lease";
import type { SessionStore, StoredBytes } from "@bellhop/core/session/session_store";
import { Conflict, StoreError, Unreadable, Unwritable } from "@bellhop/core/session/store_error";
import { type StoreFault, type StoreTrouble, troubleOf } from "../fault/fault.ts";
import { type Draw, stream } from "../seed.ts";
import type { Process } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { type RecordOutline, WrittenRecord } from "./record_outline.ts";

/** What lies or lay under a key. */
interface Entry {
  readonly version: number;
  readonly atMillis: number;
  /** Absent: a tombstone. */
  readonly bytes?: Uint8Array | undefined;
  readonly record?: RecordOutline | undefined;
}

interface Held {
  readonly hold: number;
  readonly process: Process;
  untilMillis: number;
}

interface Write {
  readonly key: string;
  readonly ifVersion: number | null;
  readonly bytes?: Uint8Array | undefined;
  readonly record?: RecordOutline | undefined;
}

/** A conflict as it should be, and no trouble of the store: somebody else was there before. */
export const OTHER_VERSION = "other version";

/** How far back a stale read looks. */
const STALE_MILLIS = 2_000;

/** The session store of a world. */
export class SimulatedStore {
  /** What can happen now. */
  readonly faults: Set<StoreFault> = new Set();
  readonly #world: World;
  readonly #entries = new Map<string, Array<Entry>>();
  readonly #leases = new Map<string, Held>();
  readonly #draws = new Map<number, Draw>();
  #holds = 0;

  /**
   * Begins empty.
   *
   * @param world Whose time it lives in.
   */
  constructor(world: World) {
    this.#world = world;
  }

  /** What was last written under a key, without its secrets. */
  record(key: string): RecordOutline | undefined {
    return this.#latest(key)?.record;
  }

  /** Who holds the lease on a key now, by the store's own clock. */
  holder(key: string): Process | undefined {
    const held = this.#leases.get(key);
    return held !== undefined && held.untilMillis > this.#world.nowMillis
      ? held.process
      : undefined;
  }

  /** The store as one process sees it. */
  of(process: Process): SessionStore {
    return {
      get: (key) => this.use(process, (trouble) => this.#get(process, key, trouble)),
      put: (key, bytes, { ifVersion }) =>
        Effect.flatMap(WrittenRecord, (record) => {
          const write = { key, ifVersion, bytes: bytes.slice(), record };
          return this.use(process, (trouble) => this.#write(process, write, trouble));
        }),
      remove: (key, { ifVersion }) =>
        Effect.asVoid(
          this.use(process, (trouble) => this.#write(process, { key, ifVersion }, trouble)),
        ),
      list: () => this.use(process, (trouble) => this.#list(trouble)),
      lease: (key, options) =>
        acquire(this.#leaseOf(process, key, options.ttlMillis), { ...options, key }),
    };
  }

  #draw(machine: number): Draw {
    const known = this.#draws.get(machine);
    if (known !== undefined) return known;
    const draw = stream(this.#world.seed, `store ${machine}`);
    this.#draws.set(machine, draw);
    return draw;
  }

  /**
   * Something that is done once its question has arrived, even if nobody waits for the answer.
   *
   * @param process Who asks.
   * @param act Told which trouble it meets. Its effect must be done already.
   */
  use<A, E>(
    process: Process,
    act: (trouble: StoreTrouble | undefined) => Effect.Effect<A, E>,
  ): Effect.Effect<A, E> {
    return Effect.callback<A, E>((resume) => {
      const draw = this.#draw(process.machine);
      const trouble = troubleOf(this.faults, process.machine, draw.permille);
      const latency = () => trouble === "slow" ? draw.between(200, 6_000) : draw.below(12);
      let isOver = false;
      this.#world.after(latency(), () => {
        const answer = act(trouble);
        this.#world.after(latency(), () =>
          process.post(() => {
            if (!isOver) resume(answer);
          }));
      });
      return Effect.sync(() => {
        isOver = true;
      });
    });
  }

  #latest(key: string): Entry | undefined {
    return this.#entries.get(key)?.at(-1);
  }

  #get(
    process: Process,
    key: string,
    trouble: StoreTrouble | undefined,
  ): Effect.Effect<Option.Option<StoredBytes>, StoreError> {
    if (trouble === "unreadable") {
      this.#world.emit({ type: "store.failed", process: process.name, key, trouble });
      return Effect.fail(unreadable());
    }
    const isStale = trouble === "stale" && this.holder(key) !== process;
    const entry = isStale ? this.#earlier(key) : this.#latest(key);
    const stored = entry?.bytes === undefined
      ? undefined
      : { bytes: entry.bytes.slice(), version: entry.version };
    this.#world.emit({
      type: "store.read",
      process: process.name,
      key,
      version: stored?.version ?? null,
      ...(isStale ? { trouble } : {}),
    });
    return Effect.succeed(Option.fromUndefinedOr(stored));
  }

  #earlier(key: string): Entry | undefined {
    const until = this.#world.nowMillis - STALE_MILLIS;
    return this.#entries.get(key)?.findLast(({ atMillis }) => atMillis <= until);
  }

  #write(
    process: Process,
    write: Write,
    trouble: StoreTrouble | undefined,
  ): Effect.Effect<number, StoreError> {
    const { key, ifVersion, record } = write;
    const failed = (
      error: StoreError,
      met: string | undefined = trouble,
    ): Effect.Effect<never, StoreError> => {
      this.#world.emit({
        type: "store.failed",
        process: process.name,
        key,
        ifVersion,
        isApplied: met === "written, unsaid" || met === "written, conflict",
        trouble: met,
        ...(record === undefined ? {} : { record }),
      });
      return Effect.fail(error);
    };
    const conflict = new StoreError({ reason: new Conflict({ key, ifVersion }) });
    if (trouble === "unwritable") return failed(unwritable());
    const latest = this.#latest(key);
    const current = latest?.bytes === undefined ? null : latest.version;
    if (current !== ifVersion) return failed(conflict, OTHER_VERSION);
    if (trouble === "conflict") return failed(conflict);
    const version = this.#keep(process, write);
    if (trouble === "written, unsaid") return failed(unwritable());
    return trouble === "written, conflict" ? failed(conflict) : Effect.succeed(version);
  }

  #keep(process: Process, { key, ifVersion, bytes, record }: Write): number {
    const version = (this.#latest(key)?.version ?? 0) + 1;
    const entries = this.#entries.get(key) ?? [];
    this.#entries.set(key, entries);
    entries.push({ version, atMillis: this.#world.nowMillis, bytes, record });
    this.#world.emit({
      type: bytes === undefined ? "store.removed" : "store.written",
      process: process.name,
      key,
      version,
      ifVersion,
      ...(record === undefined ? {} : { record }),
    });
    return version;
  }

  #list(trouble: StoreTrouble | undefined): Effect.Effect<ReadonlyArray<string>, StoreError> {
    if (trouble === "unreadable") return Effect.fail(unreadable());
    const keys = [...this.#entries.keys()];
    return Effect.succeed(
      keys.filter((key) => this.#latest(key)?.bytes !== undefined).toSorted(),
    );
  }

  #leaseOf(process: Process, key: string, ttlMillis: number): LeaseBackend<number> {
    const unanswered = (trouble: StoreTrouble | undefined) => trouble === "unreadable";
    return {
      tryAcquire: () =>
        this.use(process, (trouble) => {
          if (unanswered(trouble)) return Effect.fail(unreadable());
          if (trouble === "lease forgotten") this.#forget(key);
          return this.holder(key) === undefined
            ? Effect.succeed(Option.some(this.#grant(process, key, ttlMillis)))
            : Effect.succeed(Option.none<number>());
        }),
      tryExtend: (hold) =>
        this.use(process, (trouble) => {
          if (unanswered(trouble)) return Effect.fail(unreadable());
          if (trouble === "lease forgotten") this.#forget(key);
          const held = this.#leases.get(key);
          const isMine = held?.hold === hold && this.holder(key) !== undefined;
          if (held !== undefined && isMine) {
            held.untilMillis = this.#world.nowMillis + ttlMillis;
            this.#tell("lease.extended", process, key);
          }
          return Effect.succeed(isMine);
        }),
      release: (hold) =>
        Effect.ignore(this.use(process, (trouble) => {
          if (unanswered(trouble)) return Effect.fail(unreadable());
          if (this.#leases.get(key)?.hold === hold) {
            this.#tell("lease.returned", process, key);
            this.#leases.delete(key);
          }
          return Effect.void;
        })),
    };
  }

  #grant(process: Process, key: string, ttlMillis: number): number {
    const hold = ++this.#holds;
    this.#leases.set(key, { hold, process, untilMillis: this.#world.nowMillis + ttlMillis });
    this.#tell("lease.granted", process, key);
    return hold;
  }

  #forget(key: string): void {
    const holder = this.holder(key);
    this.#leases.delete(key);
    if (holder !== undefined) {
      this.#world.emit({ type: "lease.forgotten", process: holder.name, key });
    }
  }

  #tell(
    type: "lease.granted" | "lease.extended" | "lease.returned",
    process: Process,
    key: string,
  ): void {
    const untilMillis = this.#leases.get(key)?.untilMillis;
    this.#world.emit({
      type,
      process: process.name,
      key,
      ...(untilMillis === undefined ? {} : { untilMillis }),
    });
  }
}

function unreadable(): StoreError {
  return new StoreError({
    reason: new Unreadable({
      location: "simulated store",
      description: "it does not answer",
      hint: "This is a simulated trouble",
    }),
  });
}

function unwritable(): StoreError {
  return new StoreError({
    reason: new Unwritable({
      location: "simulated store",
      description: "it is full",
      hint: "This is a simulated trouble",
    }),
  });
}
