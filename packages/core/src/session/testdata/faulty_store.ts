/** A memory store that fails, hangs and is slow when told to. */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import { layerMemory } from "../memory_store.ts";
import { type Lease, SessionStore } from "../session_store.ts";
import { Conflict, LeaseLost, StoreError, Unreadable, Unwritable } from "../store_error.ts";

export class FaultyStore {
  /** What fails from now on. */
  readonly broken = new Set<"get" | "put" | "remove" | "lease">();
  /** Runs before each write, which it may hold up. */
  beforePut: Effect.Effect<void> = Effect.void;
  /** Runs after the next write, whose writer is then told of a conflict. */
  conflictAfterPut: Effect.Effect<void> | undefined;
  /** Whether the next write is taken, and its writer told that it was not. */
  isNextDenied = false;
  /** How many of the next writes are told of a conflict, and not taken. */
  conflicts = 0;
  /** Whether reads give what the last one gave, whatever was written since. */
  showsThePast = false;
  /** Whether reads give that and what is there by turns. */
  sways = false;
  /** When a lease is lost to its holder, though nobody else has it. */
  leaseLost: Effect.Effect<void> | undefined;
  /** Whether the store has no holder any more when that is. */
  forgetsLost = false;
  /** How long a lease takes to be given back. */
  releaseMillis = 0;
  /** How often something was to be written. */
  puts = 0;
  readonly #past = new Map<string, Effect.Effect<unknown>>();
  readonly layer: Layer.Layer<SessionStore> = Layer.effect(
    SessionStore,
    Effect.map(SessionStore, (store) => this.#around(store)),
  ).pipe(Layer.provide(layerMemory));

  #around(store: SessionStore): SessionStore {
    return {
      list: store.list,
      get: (key) => this.#unless("get", this.#seen(key, store.get(key))),
      put: (key, bytes, options) =>
        Effect.suspend(() => {
          this.puts += 1;
          if (this.conflicts > 0) {
            this.conflicts -= 1;
            return Effect.fail(new StoreError({ reason: new Conflict({ key, ...options }) }));
          }
          if (this.isNextDenied) {
            this.isNextDenied = false;
            return Effect.andThen(store.put(key, bytes, options), Effect.fail(errorOf("put")));
          }
          const { conflictAfterPut: after } = this;
          this.conflictAfterPut = undefined;
          const put = Effect.andThen(
            this.beforePut,
            this.#unless("put", store.put(key, bytes, options)),
          );
          return after === undefined ? put : Effect.andThen(
            Effect.andThen(put, after),
            Effect.fail(new StoreError({ reason: new Conflict({ key, ...options }) })),
          );
        }),
      remove: (key, options) => this.#unless("remove", store.remove(key, options)),
      lease: (key, options) =>
        this.#unless(
          "lease",
          this.#held(key, (scope) => Scope.provide(store.lease(key, options), scope)),
        ),
    };
  }

  readonly #held = Effect.fnUntraced(
    function* <E, R>(
      this: FaultyStore,
      key: string,
      take: (scope: Scope.Scope) => Effect.Effect<Lease, E, R>,
    ) {
      const scope = yield* Scope.fork(yield* Effect.scope);
      const lease = yield* take(scope);
      yield* Effect.addFinalizer(() => Effect.sleep(this.releaseMillis));
      const { leaseLost } = this;
      if (leaseLost === undefined) return lease;
      const forgotten = Effect.suspend(() =>
        this.forgetsLost ? Scope.close(scope, Exit.void) : Effect.void
      );
      const error = new StoreError({ reason: new LeaseLost({ key }) });
      return { ...lease, lost: leaseLost.pipe(Effect.andThen(forgotten), Effect.andThen(error)) };
    },
  );

  #seen<A>(key: string, read: Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> {
    return Effect.suspend(() => {
      if (this.sways) this.showsThePast = !this.showsThePast;
      const before = this.#past.get(key) as Effect.Effect<A> | undefined;
      if (this.showsThePast && before !== undefined) return before;
      return Effect.tap(read, (found) =>
        Effect.sync(() => {
          if (!this.sways) this.#past.set(key, Effect.succeed(found));
        }));
    });
  }

  #unless<A, R>(
    step: "get" | "put" | "remove" | "lease",
    effect: Effect.Effect<A, StoreError, R>,
  ): Effect.Effect<A, StoreError, R> {
    return Effect.suspend(() => this.broken.has(step) ? Effect.fail(errorOf(step)) : effect);
  }
}

function errorOf(step: string): StoreError {
  const facts = { location: "/store", description: "no space left", hint: "Make room" };
  return new StoreError({
    reason: step === "get" ? new Unreadable(facts) : new Unwritable(facts),
  });
}
