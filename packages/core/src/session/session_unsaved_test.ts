import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer, type Trouble } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

/** A store that forgets a lease after 20 seconds. */
function losing(): FaultyStore {
  const store = new FaultyStore();
  store.leaseLost = Effect.sleep("20 seconds");
  store.forgetsLost = true;
  return store;
}

/** A session whose next refresh token is in memory only. */
const openUnsaved = Effect.fnUntraced(function* (server: RotatingServer, store: FaultyStore) {
  const session = yield* World.openSignedIn(server);
  yield* TestClock.adjust("59 minutes");
  // The mark goes through, and nothing after it.
  const { puts } = store;
  store.beforePut = Effect.sync(() => store.puts > puts + 1 && store.broken.add("put"));
  yield* session.token();
  yield* TestClock.adjust("100 millis");
  assert.strictEqual((yield* session.state).name, "unsaved");
  return session;
});

function mend(store: FaultyStore): void {
  store.beforePut = Effect.void;
  store.broken.clear();
}

const busy: Trouble = {
  type: "answer",
  status: 503,
  body: "busy",
  headers: { "retry-after": "600" },
};
const refusal: Trouble = {
  type: "answer",
  status: 400,
  body: { error: "invalid_target" },
  headers: { "retry-after": "600" },
};

describe("a session that memory alone holds", () => {
  it.effect.each([["Unavailable", busy], ["Refused", refusal]] as const)(
    "keeps its lease and goes on writing where another variant is told %s",
    ([reason, trouble]) => {
      const server = new RotatingServer({ expiresInSeconds: 3600 });
      const store = new FaultyStore();
      return World.run(server, function* () {
        const session = yield* openUnsaved(server, store);
        server.troubles.push(trouble);
        const variant = yield* World.asks(World.reasonOf(session.token({ scope: ["read"] })));
        yield* TestClock.adjust("100 millis");
        assert.strictEqual(yield* Fiber.join(variant), reason);
        assert.strictEqual((yield* session.state).name, "unsaved");
        // The server's wish to be left alone is none of the store's.
        assert.strictEqual(yield* World.reasonOf(session.token({ scope: ["read"] })), reason);
        const other = yield* World.openWork();
        yield* TestClock.adjust("5 seconds");
        assert.strictEqual((yield* other.state).path, "renewing.leasing");
        mend(store);
        yield* TestClock.adjust("20 seconds");
        assert.strictEqual((yield* session.state).name, "fresh");
        yield* TestClock.adjust("1 minute");
        assert.strictEqual((yield* other.state).name, "fresh");
        const sent = server.tokenRequests.map(({ form }) => form.get("refresh_token"));
        assert.deepStrictEqual(sent, ["planted-refresh-token-1", "planted-refresh-token-4"]);
        const { refreshToken } = (yield* World.stored) ?? {};
        assert.strictEqual(
          refreshToken && Redacted.value(refreshToken),
          "planted-refresh-token-4",
        );
      }, store.layer);
    },
  );

  it.effect("is known again in a store that had taken what it denied", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("59 minutes");
      const { puts } = store;
      // The mark goes through; the answer is written and denied; then another variant is wanted.
      store.beforePut = Effect.sync(() => {
        if (store.puts === puts + 1) store.isNextDenied = true;
      });
      const callers = yield* Effect.forEach(
        [{}, { scope: ["read"] }],
        (options) => World.asks(session.token({ minTtlMillis: 120_000, ...options })),
      );
      yield* TestClock.adjust("1 minute");
      yield* Fiber.joinAll(callers);
      assert.strictEqual(server.tokenRequests.length, 2);
      yield* TestClock.adjust("2 hours");
      yield* session.token();
      const sent = server.tokenRequests.map(({ form }) => form.get("refresh_token"));
      assert.strictEqual(new Set(sent).size, sent.length);
    }, store.layer);
  });

  it.effect("waits between its writes while the store goes on about conflicts", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("59 minutes");
      const { puts } = store;
      store.beforePut = Effect.sync(() => {
        if (store.puts > puts) store.conflicts = Infinity;
      });
      yield* session.token();
      yield* TestClock.adjust("1 minute");
      assert.strictEqual((yield* session.state).name, "unsaved");
      assert.isBelow(store.puts - puts, 50);
      store.beforePut = Effect.void;
      store.conflicts = 0;
      yield* TestClock.adjust("2 minutes");
      assert.strictEqual((yield* session.state).name, "fresh");
    }, store.layer);
  });

  it.effect("asks again for a variant when its wait is over", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* openUnsaved(server, store);
      server.troubles.push(busy);
      assert.strictEqual(
        yield* World.reasonOf(session.token({ scope: ["read"] })),
        "Unavailable",
      );
      yield* TestClock.adjust("13 minutes");
      yield* session.token({ scope: ["read"] });
      assert.lengthOf(server.tokenRequests, 3);
      assert.strictEqual((yield* session.state).name, "unsaved");
    }, store.layer);
  });

  it.effect("leaves a server in trouble alone, whatever else is asked for", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* openUnsaved(server, store);
      server.troubles.push(busy);
      const scopes = ["read", "write"];
      const callers = yield* Effect.forEach(
        scopes,
        (scope) => World.asks(World.reasonOf(session.token({ scope: [scope] }))),
      );
      yield* TestClock.adjust("1 minute");
      const reasons = yield* Fiber.joinAll(callers);
      assert.deepStrictEqual(reasons, ["Unavailable", "Unavailable"]);
      for (const scope of scopes) {
        assert.strictEqual(yield* World.reasonOf(session.token({ scope: [scope] })), "Unavailable");
      }
      assert.lengthOf(server.tokenRequests, 2);
      // What is in hand is still handed out, and written down as soon as that can be.
      yield* session.token();
      mend(store);
      yield* TestClock.adjust("2 minutes");
      assert.strictEqual((yield* session.state).name, "fresh");
      yield* TestClock.adjust("10 minutes");
      yield* session.token({ scope: ["write"] });
      assert.lengthOf(server.tokenRequests, 3);
    }, store.layer);
  });

  it.effect("is not let go of where the store cannot be read either", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* openUnsaved(server, store);
      store.broken.add("get").add("lease");
      yield* TestClock.adjust("10 minutes");
      yield* session.token();
      mend(store);
      yield* TestClock.adjust("2 minutes");
      assert.strictEqual((yield* session.state).name, "fresh");
      assert.lengthOf(server.tokenRequests, 1);
    }, store.layer);
  });

  it.effect("takes its lease again where the store forgot it, before another can", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = losing();
    return World.run(server, function* () {
      const session = yield* openUnsaved(server, store);
      store.leaseLost = undefined;
      yield* TestClock.adjust("30 seconds");
      const other = yield* World.openWork();
      const caller = yield* World.asks(other.token({ minTtlMillis: 120_000 }));
      yield* TestClock.adjust("5 seconds");
      assert.strictEqual((yield* other.state).path, "renewing.leasing");
      // And may send again what it is asked for.
      yield* session.token({ scope: ["read"] });
      assert.lengthOf(server.tokenRequests, 2);
      mend(store);
      yield* TestClock.adjust("15 seconds");
      assert.strictEqual((yield* session.state).name, "fresh");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-3");
      assert.lengthOf(server.tokenRequests, 2);
    }, store.layer);
  });

  it.effect("learns that another renewed while it had no lease from a store that takes nothing", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600, graceMillis: 60_000 });
    const store = losing();
    return World.run(server, function* () {
      const session = yield* openUnsaved(server, store);
      store.leaseLost = undefined;
      store.broken.add("lease");
      yield* TestClock.adjust("20 seconds");
      mend(store);
      const other = yield* World.openWork();
      const caller = yield* World.asks(other.token({ minTtlMillis: 120_000 }));
      yield* TestClock.adjust("500 millis");
      const renewed = World.clear(yield* Fiber.join(caller));
      store.broken.add("put");
      assert.strictEqual((yield* session.state).name, "unsaved");
      yield* TestClock.adjust("15 seconds");
      assert.strictEqual((yield* session.state).name, "fresh");
      assert.strictEqual(World.clear(yield* session.token()), renewed);
      assert.lengthOf(server.tokenRequests, 2);
    }, store.layer);
  });

  it.effect("waits between its writes where it had no lease and reads say this and that", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = losing();
    return World.run(server, function* () {
      const session = yield* openUnsaved(server, store);
      yield* TestClock.adjust("20 seconds");
      store.sways = true;
      const { puts } = store;
      yield* TestClock.adjust("1 minute");
      assert.strictEqual((yield* session.state).name, "unsaved");
      assert.isBelow(store.puts - puts, 50);
      assert.lengthOf(server.tokenRequests, 1);
    }, store.layer);
  });

  it.effect("goes on writing where its lease is lost, whatever is asked for", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = new FaultyStore();
    store.leaseLost = Effect.sleep("20 seconds");
    return World.run(server, function* () {
      const session = yield* openUnsaved(server, store);
      store.broken.add("lease");
      yield* TestClock.adjust("5 minutes");
      // Nothing is sent without a lease.
      const reason = yield* World.reasonOf(session.token({ scope: ["read"] }));
      assert.strictEqual(reason, "StoreFailed");
      assert.strictEqual((yield* session.state).name, "unsaved");
      mend(store);
      store.leaseLost = undefined;
      yield* TestClock.adjust("13 seconds");
      assert.strictEqual((yield* session.state).name, "fresh");
      assert.lengthOf(server.tokenRequests, 1);
      yield* session.token({ scope: ["read"] });
      assert.lengthOf(server.tokenRequests, 2);
    }, store.layer);
  });
});
