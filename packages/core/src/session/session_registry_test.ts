import { assert, describe, it } from "@effect/vitest";
import { Effect, Option, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { make } from "./session_registry.ts";
import { SessionStore } from "./session_store.ts";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { client, RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

const server = new RotatingServer({ expiresInSeconds: 3600 });
const provided = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(Effect.scoped, Effect.provide(server.layer), Effect.provide(World.layer));

describe("SessionRegistry", () => {
  it.effect("get() gives all who ask for a key the same session, and others their own", () =>
    Effect.gen(function* () {
      const registry = yield* make({ optionsOf: () => ({ client }) });
      const [one, same, other] = yield* Effect.all([
        registry.get("ada"),
        registry.get("ada"),
        registry.get("bob"),
      ], { concurrency: "unbounded" });
      assert.strictEqual(one, same);
      assert.notStrictEqual(one, other);
      assert.deepStrictEqual([one?.key, other?.key], ["ada", "bob"]);
    }).pipe(provided));

  it.effect("closes a session that nobody has used for a while, and opens it again", () =>
    Effect.gen(function* () {
      const registry = yield* make({ optionsOf: () => ({ client }), idleMillis: 60_000 });
      const tokens = server.signIn(yield* Effect.clockWith((clock) => clock.currentTimeMillis));
      const first = yield* Effect.scoped(
        Effect.tap(registry.get("ada"), (session) => session.signIn(tokens)),
      );
      yield* TestClock.adjust(59_000);
      assert.deepStrictEqual(yield* registry.keys, ["ada"]);
      yield* TestClock.adjust(2_000);
      assert.deepStrictEqual(yield* registry.keys, []);
      const second = yield* registry.get("ada");
      assert.notStrictEqual(second, first);
      const { accessToken } = yield* second.token();
      assert.strictEqual(Redacted.value(accessToken), Redacted.value(tokens.accessToken));
      assert.deepStrictEqual(server.tokenRequests, []);
    }).pipe(provided));

  it.effect("keeps a session open as long as anybody uses it", () =>
    Effect.gen(function* () {
      const registry = yield* make({ optionsOf: () => ({ client }), idleMillis: 1_000 });
      const used = yield* registry.get("ada");
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(yield* registry.get("ada"), used);
    }).pipe(provided));

  it.effect("evict() lets the next who asks read the store", () =>
    Effect.gen(function* () {
      const registry = yield* make({ optionsOf: () => ({ client }) });
      const before = yield* Effect.scoped(registry.get("ada"));
      yield* registry.evict("ada");
      assert.notStrictEqual(yield* registry.get("ada"), before);
    }).pipe(provided));

  it.effect("get() tries anew after a session could not be opened", () =>
    Effect.gen(function* () {
      const store = yield* SessionStore;
      const registry = yield* make({ optionsOf: () => ({ client }) });
      yield* store.put("ada", Uint8Array.of(1, 2, 3), { ifVersion: null });
      const error = yield* Effect.flip(Effect.scoped(registry.get("ada")));
      assert.strictEqual(error.reason._tag, "StoreFailed");
      const { version } = Option.getOrThrow(yield* store.get("ada"));
      yield* store.remove("ada", { ifVersion: version });
      assert.strictEqual((yield* registry.get("ada")).key, "ada");
    }).pipe(provided));

  it.effect.each(["idle", "evicted"])("keeps a session that memory alone holds: %s", (how) => {
    const store = new FaultyStore();
    return Effect.gen(function* () {
      const registry = yield* make({ optionsOf: () => ({ client }) });
      const unsaved = yield* Effect.scoped(Effect.gen(function* () {
        const session = yield* registry.get("ada");
        const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis);
        yield* session.signIn(server.signIn(now));
        yield* TestClock.adjust("59 minutes");
        // The mark goes through, and nothing after it.
        const { puts } = store;
        store.beforePut = Effect.sync(() => store.puts > puts + 1 && store.broken.add("put"));
        yield* session.token();
        yield* TestClock.adjust("1 second");
        assert.strictEqual((yield* session.state).name, "unsaved");
        return session;
      }));
      if (how === "evicted") yield* registry.evict("ada");
      yield* TestClock.adjust("6 minutes");
      store.beforePut = Effect.void;
      store.broken.clear();
      yield* TestClock.adjust("2 minutes");
      assert.strictEqual((yield* unsaved.state).name, "fresh");
      yield* TestClock.adjust("1 hour");
      assert.deepStrictEqual(yield* registry.keys, []);
      const again = yield* registry.get("ada");
      assert.notStrictEqual(again, unsaved);
      yield* again.token();
    }).pipe(
      Effect.scoped,
      Effect.provide(server.layer),
      Effect.provide(World.layerAbove(store.layer)),
    );
  });

  it.effect("get() opens a session anew that a fault has ended", () =>
    Effect.gen(function* () {
      let isBroken = true;
      const acquire = () =>
        Effect.suspend(() =>
          isBroken ? Effect.die(new Error("once")) : Effect.succeed(server.signIn(0))
        );
      const registry = yield* make({ optionsOf: () => ({ client, acquire }) });
      const first = yield* registry.get("ada");
      assert.include(String(yield* Effect.exit(first.token())), "once");
      isBroken = false;
      const next = yield* registry.get("ada");
      assert.notStrictEqual(next, first);
      yield* next.token();
    }).pipe(provided));
});
