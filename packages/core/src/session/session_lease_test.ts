import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber } from "effect";
import { TestClock } from "effect/testing";
import { type Observation, Observer } from "../protocol/observation.ts";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";
import { SessionStore } from "./session_store.ts";

const later = TestClock.adjust("2 minutes");

describe("the lease of a session", () => {
  it.effect("that another holds for long makes callers wait and fail typed", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      yield* later;
      const store = yield* SessionStore;
      yield* Effect.scoped(Effect.gen(function* () {
        yield* store.lease("work", { ttlMillis: 30_000 });
        const caller = yield* World.asks(Effect.flip(session.token()));
        yield* TestClock.adjust("16 seconds");
        const { reason } = yield* Fiber.join(caller);
        assert.strictEqual(reason._tag, "StoreFailed");
        assert.include(reason.message, "was not free within 15000 ms");
      }));
      assert.deepStrictEqual(server.seen, []);
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
    });
  });

  it.effect("that another holds keeps nobody waiting for longer than their patience and one attempt", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 20_000 });
      yield* later;
      const store = yield* SessionStore;
      yield* store.lease("work", { ttlMillis: 600_000 });
      const caller = yield* World.asks(Effect.flip(session.token()));
      yield* TestClock.adjust("19 seconds");
      assert.isUndefined(caller.pollUnsafe());
      yield* TestClock.adjust("3 seconds");
      const { reason } = yield* Fiber.join(caller);
      assert.strictEqual(reason._tag, "StoreFailed");
      assert.include(reason.hint, "Another process is renewing");
      assert.deepStrictEqual(server.seen, []);
    });
  });

  it.effect("with too little time left lets nothing be sent", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, {
        patienceMillis: 0,
        requestLimitMillis: 5_000,
        leaseTtlMillis: 5_001,
      });
      yield* later;
      store.beforePut = Effect.sleep("1 second");
      const caller = yield* World.asks(World.reasonOf(session.token()));
      yield* TestClock.adjust("1 second");
      assert.strictEqual(yield* Fiber.join(caller), "StoreFailed");
      assert.deepStrictEqual(server.seen, []);
    }, store.layer);
  });

  it.effect.each([10_000, 9_999, Number.NaN])(
    "of %d ms, which no request fits into, is a defect",
    (leaseTtlMillis) => {
      const server = new RotatingServer();
      return World.run(server, function* () {
        const opened = yield* Effect.exit(World.openWork({ leaseTtlMillis }));
        assert.include(String(opened), "leaseTtlMillis must be more than requestLimitMillis");
        yield* World.openWork({ leaseTtlMillis: 10_001 });
      });
    },
  );

  it.effect("does not let a write that hung replace a newer login", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const hanging = yield* World.openSignedIn(server);
      yield* later;
      const caller = yield* World.asks(hanging.token());
      // Its write hangs, and another process logs in meanwhile, which needs no lease.
      store.beforePut = Effect.suspend(() => {
        store.beforePut = Effect.void;
        return Effect.sleep("5 minutes");
      });
      yield* TestClock.adjust("1 second");
      const other = yield* World.openWork();
      assert.strictEqual((yield* other.state).path, "renewing.leasing");
      server.options = { ...server.options, expiresInSeconds: 3600 };
      yield* other.signIn(server.signIn(121_000));
      yield* TestClock.adjust("5 minutes");
      const newer = yield* World.tokenOf(other.token());
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), newer);
      assert.strictEqual(server.tokenRequests.length, 1);
    }, store.layer);
  });

  it.effect("that is lost while a request is out is given back no earlier than its answer is stored", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 5_000 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const losing = yield* World.openSignedIn(server);
      yield* later;
      store.leaseLost = Effect.sleep("1 second");
      const caller = yield* World.asks(losing.token());
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual((yield* losing.state).path, "renewing.requesting");
      store.leaseLost = undefined;
      const other = yield* World.openWork();
      const waiting = yield* World.asks(other.token());
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual((yield* other.state).path, "renewing.leasing");
      yield* TestClock.adjust("3 seconds");
      const tokens = [yield* Fiber.join(caller), yield* Fiber.join(waiting)].map(World.clear);
      assert.deepStrictEqual(tokens, ["planted-access-token-3", "planted-access-token-3"]);
      assert.strictEqual(server.tokenRequests.length, 1);
    }, store.layer);
  });

  it.effect("that is given back slowly is not taken for one that is held", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    store.releaseMillis = 400;
    const kinds: Array<string> = [];
    const observe = (seen: Observation) => {
      if (seen.type.startsWith("lease.")) kinds.push(seen.type);
      if (seen.type === "http.exchange") kinds.push("request");
    };
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      for (const scope of [["read"], ["write"], undefined]) {
        const caller = yield* World.asks(session.token({ scope }));
        yield* TestClock.adjust("500 millis");
        yield* Fiber.join(caller);
      }
      yield* TestClock.adjust("2 seconds");
      const renewal = ["lease.taken", "request", "lease.released"];
      assert.deepStrictEqual(kinds, [...renewal, ...renewal, ...renewal]);
    }, store.layer).pipe(Effect.provideService(Observer, { observe }));
  });

  it.effect("is observed as it is taken, refused and given back", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 250 });
    const seen: Array<string> = [];
    const observe = (each: Observation) => {
      if (each.type.startsWith("lease.") && "durationMillis" in each) {
        seen.push(`${each.type} ${each.durationMillis}`);
      }
    };
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      yield* later;
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(caller);
      yield* later;
      store.broken.add("lease");
      yield* World.reasonOf(session.token());
      assert.deepStrictEqual(seen, ["lease.taken 0", "lease.released 250", "lease.refused 0"]);
    }, store.layer).pipe(Effect.provideService(Observer, { observe }));
  });
});
