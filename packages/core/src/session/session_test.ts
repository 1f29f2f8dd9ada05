import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber } from "effect";
import { TestClock } from "effect/testing";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

describe("open()", () => {
  it.effect("sends nothing before a token is wanted, however long that takes", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      yield* World.openSignedIn(server);
      const session = yield* World.openWork();
      yield* TestClock.adjust("30 days");
      assert.strictEqual((yield* session.state).name, "stale");
      assert.deepStrictEqual(server.seen, []);
    });
  });

  it.effect("opens what is not there yet", () => {
    const server = new RotatingServer();
    return World.run(server, function* () {
      const session = yield* World.openWork();
      assert.deepInclude(yield* session.state, { name: "absent", version: null });
      assert.strictEqual(yield* World.reasonOf(session.token()), "Absent");
      assert.deepStrictEqual(server.seen, []);
    });
  });

  it.effect("says what ended, where the record says so", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openWork();
      const { refreshToken: _, ...tokens } = server.signIn(0);
      yield* session.signIn(tokens);
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-2");
      yield* TestClock.adjust("2 minutes");
      assert.strictEqual((yield* session.state).name, "expired");
      assert.strictEqual(yield* World.reasonOf(session.token()), "Expired");
      const next = yield* World.openWork();
      assert.strictEqual((yield* next.state).name, "expired");
    });
  });

  it.effect("fails where the store cannot be read", () => {
    const server = new RotatingServer();
    const store = new FaultyStore();
    store.broken.add("get");
    return World.run(server, function* () {
      assert.strictEqual(yield* World.reasonOf(World.openWork()), "StoreFailed");
    }, store.layer);
  });
});

describe("open() in doubt", () => {
  it.effect("waits for the other's renewal, and repeats none that ended well", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600, latencyMillis: 500 });
    return World.run(server, function* () {
      const one = yield* World.openSignedIn(server);
      const caller = yield* World.asks(one.token({ scope: ["read"] }));
      yield* TestClock.adjust("100 millis");
      const others = yield* Effect.forEach(Array(5), () => World.openWork());
      for (const other of others) {
        assert.strictEqual((yield* other.state).path, "renewing.leasing");
        assert.strictEqual(yield* World.tokenOf(other.token()), "planted-access-token-2");
      }
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.join(caller);
      for (const other of others) assert.strictEqual((yield* other.state).name, "fresh");
      assert.lengthOf(server.tokenRequests, 1);
    });
  });
});

describe("a clock that jumps", () => {
  it.effect("forward costs one renewal", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.setTime(86_400_000);
      const callers = yield* Effect.forEach(Array(20), () => World.asks(session.token()));
      yield* TestClock.adjust("1 second");
      yield* Fiber.joinAll(callers);
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("back after a 401 and its renewal keeps no refused token", () => {
    const server = new RotatingServer({ expiresInSeconds: 1800 });
    return World.run(server, function* () {
      yield* TestClock.setTime(36_000_000);
      const session = yield* World.openSignedIn(server);
      const first = yield* session.token();
      const second = yield* session.replace(first.accessToken);
      yield* TestClock.setTime(36_000_000 - 3_600_000);
      const third = yield* session.replace(second.accessToken);
      assert.notStrictEqual(World.clear(third), World.clear(second));
      assert.lengthOf(server.tokenRequests, 2);
    });
  });

  it.effect("back costs one 401 and one renewal", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      yield* TestClock.setTime(86_400_000);
      const session = yield* World.openSignedIn(server);
      yield* TestClock.setTime(0);
      const { accessToken } = yield* session.token();
      const next = yield* World.tokenOf(session.replace(accessToken));
      assert.strictEqual(next, "planted-access-token-3");
      assert.strictEqual(yield* World.tokenOf(session.token()), next);
      yield* TestClock.adjust("2 hours");
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-5");
      assert.strictEqual(server.tokenRequests.length, 2);
    });
  });
});
