import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer, type Trouble } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";
import { SessionStore } from "./session_store.ts";
import { SessionVault } from "./session_vault.ts";

const later = TestClock.adjust("2 minutes");

function answer(status: number, body: unknown = "", headers = {}): Trouble {
  return { type: "answer", status, body, headers };
}

const troubles: ReadonlyArray<readonly [string, Trouble]> = [
  ["a 500", answer(500)],
  ["a 503", answer(503, "<html>maintenance</html>")],
  ["a 429", answer(429)],
  ["temporarily_unavailable", answer(400, { error: "temporarily_unavailable" })],
  ["a page instead of JSON", answer(200, "<html>welcome</html>", { "content-type": "text/html" })],
  ["JSON without a token", answer(200, { hello: "world" })],
  ["no connection", { type: "refusedConnection" }],
  ["a lost request", { type: "lostRequest" }],
];

describe("a server that fails", () => {
  it.effect.each(troubles)("with %s costs nobody a living token", ([, trouble]) => {
    const server = new RotatingServer({ expiresInSeconds: 600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("570 seconds");
      server.troubles.push(trouble, trouble, trouble);
      for (let second = 0; second < 25; second++) {
        const token = yield* World.tokenOf(session.token());
        assert.include(["planted-access-token-2", "planted-access-token-3"], token);
        yield* TestClock.adjust("1 second");
      }
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
      const times = server.tokenRequests.map(({ at }) => at - 570_000);
      assert.strictEqual(times.length, 4);
      for (const [at, atLeast] of [0, 500, 1_500, 3_500].entries()) {
        assert.isAtLeast(times[at] ?? 0, atLeast);
        assert.isAtMost(times[at] ?? Infinity, atLeast * 1.25 + 3_000);
      }
    });
  });

  it.effect.each(troubles)("with %s is asked again for callers with patience", ([, trouble]) => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      server.troubles.push(trouble, trouble);
      const callers = yield* Effect.forEach(Array(100), () => World.asks(session.token()));
      yield* TestClock.adjust("3 seconds");
      const tokens = (yield* Fiber.joinAll(callers)).map(World.clear);
      assert.deepStrictEqual(new Set(tokens), new Set(["planted-access-token-3"]));
      assert.strictEqual(server.tokenRequests.length, 3);
    });
  });

  it.effect("is said to be unavailable when patience ends, with the time of the next try", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      for (let at = 0; at < 20; at++) server.troubles.push(answer(503));
      const caller = yield* World.asks(Effect.flip(session.token()));
      yield* TestClock.adjust("10 seconds");
      const { reason } = yield* Fiber.join(caller);
      assert.strictEqual(reason._tag, "Unavailable");
      const { retryAtMillis = 0 } = reason as { readonly retryAtMillis?: number };
      assert.isAbove(retryAtMillis, 130_000);
      assert.include([4, 5], server.tokenRequests.length);
      assert.strictEqual((yield* World.stored)?.status, "active");
    });
  });

  it.effect("is left alone for as long as it asks", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 100_000 });
      yield* later;
      server.troubles.push(answer(429, "", { "retry-after": "300" }));
      for (let second = 0; second < 200; second += 10) {
        assert.strictEqual(yield* World.reasonOf(session.token()), "Unavailable");
        yield* TestClock.adjust("10 seconds");
      }
      yield* TestClock.adjust("80 seconds");
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("19 seconds");
      assert.strictEqual(server.tokenRequests.length, 1);
      yield* TestClock.adjust("80 seconds");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 2);
    });
  });

  it.effect("with a refusal that ends nothing is not asked unasked", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      server.troubles.push(answer(401, { error: "invalid_client" }));
      assert.strictEqual(yield* World.reasonOf(session.token()), "Refused");
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(server.tokenRequests.length, 1);
      assert.strictEqual((yield* session.state).name, "stale");
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
    });
  });
});

describe("a store that fails", () => {
  it.effect("before the request: nothing is sent", () => {
    const server = new RotatingServer({ expiresInSeconds: 600 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      for (const step of ["put", "get", "lease"] as const) {
        yield* TestClock.adjust("570 seconds");
        store.broken.add(step);
        const living = yield* World.tokenOf(session.token());
        yield* TestClock.adjust("1 minute");
        const { length } = server.tokenRequests;
        assert.strictEqual(yield* World.reasonOf(session.token()), "StoreFailed", step);
        assert.strictEqual(server.tokenRequests.length, length);
        store.broken.clear();
        yield* TestClock.adjust("2 minutes");
        assert.notStrictEqual(yield* World.tokenOf(session.token()), living);
        assert.strictEqual(server.tokenRequests.length, length + 1);
      }
    }, store.layer);
  });

  it.effect("after the server rotated: the token is given, the write is retried, nothing is lost", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      const caller = yield* World.asks(session.token());
      store.broken.add("put");
      yield* TestClock.adjust("100 millis");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-3");
      const { name, error } = yield* session.state;
      assert.strictEqual(name, "unsaved");
      assert.strictEqual(error?._tag, "StoreError");
      const { puts } = store;
      yield* later;
      assert.isAbove(store.puts, puts + 3);
      // It is renewed from memory meanwhile.
      const next = yield* World.asks(session.token());
      yield* TestClock.adjust("1 second");
      assert.strictEqual(World.clear(yield* Fiber.join(next)), "planted-access-token-5");
      assert.strictEqual(
        server.tokenRequests.at(-1)?.form.get("refresh_token"),
        [
          "planted-refresh-token-4",
        ][0],
      );
      store.broken.clear();
      yield* later;
      assert.notStrictEqual((yield* session.state).name, "unsaved");
      const record = yield* World.stored;
      assert.strictEqual(
        record?.refreshToken && Redacted.value(record.refreshToken),
        "planted-refresh-token-6",
      );
      assert.strictEqual(server.tokenRequests.length, 2);
    }, store.layer);
  });

  it.effect("until the scope closes gets one last write", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      yield* Effect.scoped(Effect.gen(function* () {
        const session = yield* World.openSignedIn(server);
        yield* later;
        const caller = yield* World.asks(session.token());
        store.broken.add("put");
        yield* TestClock.adjust("100 millis");
        yield* Fiber.join(caller);
        yield* TestClock.adjust("5 seconds");
        store.broken.clear();
      }));
      const record = yield* World.stored;
      assert.strictEqual(
        record?.refreshToken && Redacted.value(record.refreshToken),
        "planted-refresh-token-4",
      );
    }, store.layer);
  });

  it.effect.each(
    [[2, "planted-refresh-token-4"], [Infinity, "planted-refresh-token-1"]] as const,
  )(
    "is offered to a store that reports %s conflicts until that is pointless",
    ([conflicts, kept]) => {
      const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
      const store = new FaultyStore();
      return World.run(server, function* () {
        yield* Effect.scoped(Effect.gen(function* () {
          const session = yield* World.openSignedIn(server);
          yield* later;
          const caller = yield* World.asks(session.token());
          store.broken.add("put");
          yield* TestClock.adjust("100 millis");
          yield* Fiber.join(caller);
          store.broken.clear();
          store.conflicts = conflicts;
          store.puts = 0;
        }));
        assert.isAbove(store.puts, 2);
        assert.isBelow(store.puts, 6);
        const record = yield* World.stored;
        assert.strictEqual(record?.refreshToken && Redacted.value(record.refreshToken), kept);
      }, store.layer);
    },
  );

  it.effect("between a conflict and the look at it loses no refresh token", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      const caller = yield* World.asks(session.token());
      // Another wrote the same record again, and then the store goes away.
      const raw = yield* SessionStore;
      const found = yield* raw.get("work");
      if (found._tag === "None") return assert.fail("nothing is stored");
      yield* raw.put("work", found.value.bytes, { ifVersion: found.value.version });
      store.broken.add("get");
      yield* TestClock.adjust("100 millis");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-3");
      assert.strictEqual((yield* session.state).name, "unsaved");
      yield* later;
      const next = yield* World.asks(session.token());
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(next);
      const used = server.tokenRequests.map(({ form }) => form.get("refresh_token"));
      assert.deepStrictEqual(used, ["planted-refresh-token-1", "planted-refresh-token-4"]);
      store.broken.clear();
      yield* later;
      const record = yield* World.stored;
      assert.strictEqual(
        record?.refreshToken && Redacted.value(record.refreshToken),
        "planted-refresh-token-6",
      );
    }, store.layer);
  });

  it.effect("keeps nobody from a login or a revocation for ever", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      yield* World.asks(session.token());
      store.broken.add("put");
      const login = yield* World.asks(World.reasonOf(session.signIn(server.signIn(120_000))));
      yield* TestClock.adjust("1 second");
      assert.strictEqual(yield* Fiber.join(login), "StoreFailed");
      store.broken.add("remove");
      const end = yield* World.asks(World.reasonOf(session.revoke()));
      yield* TestClock.adjust("1 second");
      assert.strictEqual(yield* Fiber.join(end), "StoreFailed");
    }, store.layer);
  });

  it.effect("while two callers look for a session leaves both with an answer", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openWork();
      store.broken.add("get");
      const one = yield* World.asks(World.reasonOf(session.token()));
      const other = yield* World.asks(World.reasonOf(session.token({ scope: ["read"] })));
      yield* TestClock.adjust("30 seconds");
      assert.strictEqual(yield* Fiber.join(one), "StoreFailed");
      assert.strictEqual(yield* Fiber.join(other), "StoreFailed");
      store.broken.clear();
      yield* later;
      assert.strictEqual(yield* World.reasonOf(session.token()), "Absent");
    }, store.layer);
  });

  it.effect("with a corrupt record says so and leaves it as it is", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      const raw = yield* SessionStore;
      const found = yield* raw.get("work");
      if (found._tag === "None") return assert.fail("nothing is stored");
      const bytes = found.value.bytes.toReversed();
      const version = yield* raw.put("work", bytes, { ifVersion: found.value.version });
      yield* later;
      assert.strictEqual(yield* World.reasonOf(session.token()), "StoreFailed");
      assert.strictEqual(yield* World.reasonOf(World.openWork()), "StoreFailed");
      assert.strictEqual(yield* World.reasonOf(session.signIn(server.signIn(0))), "StoreFailed");
      const left = yield* raw.get("work");
      assert.deepInclude(left._tag === "None" ? {} : left.value, { bytes, version });
      assert.deepStrictEqual(server.seen, []);
    });
  });

  it.effect("with a corrupt record is helped by discarding that, as the hint says", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const raw = yield* SessionStore;
      yield* raw.put("work", Uint8Array.of(1, 2, 3), { ifVersion: null });
      const { reason } = yield* Effect.flip(World.openWork());
      assert.include(reason.hint, "SessionVault.discard");
      assert.isTrue(yield* (yield* SessionVault).discard("work"));
      const session = yield* World.openSignedIn(server);
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-2");
    });
  });
});
