/** Who watches a session: streams of its state, observers, and the one who closes it. */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import type * as Cause from "effect/Cause";
import type { SessionContext } from "../chart/session_event.ts";
import { EndpointError } from "../protocol/endpoint_error.ts";
import { notify, type Observer } from "../protocol/observation.ts";
import type { SessionState, SessionStateName } from "./session_state.ts";
import { StoreError } from "./store_error.ts";
import type { TokenCell } from "./_token_cell.ts";

/** How many states wait for a slow reader before the oldest is dropped. */
const STATES_KEPT = 256;

/** States that must be gone through to their end: a request is out, or a write. */
const underWay: ReadonlySet<string> = new Set([
  "acquiring",
  "revoking",
  "renewing.marking",
  "renewing.requesting",
  "renewing.checking",
  "renewing.writingDown",
  "renewing.persisting",
  "renewing.reconciling",
]);

/** States in which a renewal has not sent anything yet. */
const beginning: ReadonlySet<string> = new Set(["renewing.leasing", "renewing.rereading"]);

interface Waiting {
  readonly isReached: (path: string) => boolean;
  readonly done: Deferred.Deferred<void>;
}

export class SessionWatch {
  readonly #cell: TokenCell;
  readonly #observer: Observer | undefined;
  #state: SessionState;
  #readers = new Set<Queue.Queue<SessionState, Cause.Done>>();
  /** Whoever closes the session. */
  #waiting: Waiting | undefined;
  #isClosed = false;

  constructor(cell: TokenCell, observer: Observer | undefined) {
    this.#cell = cell;
    this.#observer = observer;
    this.#state = { name: "absent", path: "settling", atMillis: cell.nowMillis, version: null };
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The chart took a step. */
  step(path: string, { error }: SessionContext): void {
    if (path === this.#state.path && path !== "renewing.unsaved") return;
    const { current, nowMillis, version } = this.#cell;
    this.#state = {
      name: nameOf(path),
      path,
      atMillis: nowMillis,
      version,
      ...finite("expiresAtMillis", current?.expiresAtMillis),
      ...finite("dueAtMillis", current?.dueAtMillis),
      ...(error instanceof EndpointError || error instanceof StoreError ? { error } : {}),
    };
    for (const reader of this.#readers) Queue.offerUnsafe(reader, this.#state);
    this.#observe();
    if (this.#waiting?.isReached(path)) Deferred.doneUnsafe(this.#waiting.done, Exit.void);
  }

  #observe(): void {
    if (this.#observer === undefined) return;
    const { atMillis, error, ...state } = this.#state;
    notify(this.#observer, {
      type: "session.changed",
      at: atMillis,
      key: this.#cell.options.key,
      ...state,
      ...(error === undefined ? {} : { error: error.message }),
    });
  }

  /** The state now, and each that follows. */
  get changes(): Stream.Stream<SessionState> {
    return Stream.unwrap(
      Effect.acquireRelease(
        Effect.map(Queue.sliding<SessionState, Cause.Done>(STATES_KEPT), (reader) => {
          Queue.offerUnsafe(reader, this.#state);
          this.#readers.add(reader);
          if (this.#isClosed) Queue.endUnsafe(reader);
          return reader;
        }),
        (reader) => Effect.sync(() => this.#readers.delete(reader)),
      ).pipe(Effect.map(Stream.fromQueue)),
    );
  }

  /** Waits until no request and no write is under way. */
  get rest(): Effect.Effect<void> {
    return this.#until((path) => !underWay.has(path));
  }

  /** Waits until a renewal that was begun has got its lease, and knows whether it is needed. */
  get begun(): Effect.Effect<void> {
    return this.#until((path) => !beginning.has(path));
  }

  #until(isReached: (path: string) => boolean): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.#isClosed || isReached(this.#state.path)) return Effect.void;
      const done = Deferred.makeUnsafe<void>();
      this.#waiting = { isReached, done };
      return Deferred.await(done);
    });
  }

  /** Nothing changes any more. */
  close(): void {
    this.#isClosed = true;
    if (this.#waiting !== undefined) Deferred.doneUnsafe(this.#waiting.done, Exit.void);
    for (const reader of this.#readers) Queue.endUnsafe(reader);
  }
}

function nameOf(path: string): SessionStateName {
  return path === "renewing.unsaved" ? "unsaved" : path.split(".")[0] as SessionStateName;
}

function finite<const Name extends string>(
  name: Name,
  value: number | undefined,
): { readonly [Key in Name]?: number } {
  return value === undefined || !Number.isFinite(value)
    ? {}
    : { [name]: value } as { readonly [Key in Name]: number };
}
