import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

describe("token()", () => {
  it.effect("gives a token that is not due as it is, done already", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const first = session.token();
      yield* TestClock.adjust("50 minutes");
      assert.strictEqual(session.token(), first);
      assert.strictEqual(World.clear(yield* first), "planted-access-token-2");
      assert.isUndefined((yield* first).refreshToken);
      assert.deepStrictEqual(server.seen, []);
    });
  });

  it.effect("makes one request for a thousand callers on an expired session", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 200 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("2 minutes");
      const callers = yield* Effect.forEach(Array(1_000), () => World.asks(session.token()));
      yield* TestClock.adjust("1 second");
      const tokens = yield* Fiber.joinAll(callers);
      assert.deepStrictEqual(new Set(tokens.map(World.clear)), new Set(["planted-access-token-3"]));
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("serves the last of a thousand callers when the others are interrupted", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 200 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("2 minutes");
      const callers = yield* Effect.forEach(Array(1_000), () => World.asks(session.token()));
      const last = callers.pop() as Fiber.Fiber<never>;
      yield* TestClock.adjust("100 millis");
      yield* Fiber.interruptAll(callers);
      yield* TestClock.adjust("100 millis");
      assert.strictEqual(World.clear(yield* Fiber.join(last)), "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("finishes the renewal that nobody waits for any more", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 200 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("2 minutes");
      yield* Fiber.interrupt(yield* World.asks(session.token()));
      yield* TestClock.adjust("1 second");
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("hands out the living token while it is renewed behind", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 3_000 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("55 seconds");
      assert.strictEqual((yield* session.state).name, "stale");
      assert.deepStrictEqual(server.seen, []);
      for (let caller = 0; caller < 10; caller++) {
        assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-2");
      }
      yield* TestClock.adjust("3 seconds");
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("makes callers wait only when the token expired during its renewal", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 8_000 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("55 seconds");
      yield* session.token();
      yield* TestClock.adjust("6 seconds");
      const caller = yield* World.asks(session.token());
      assert.isUndefined(caller.pollUnsafe());
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("counts a lifetime from before the request", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 5_000 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("2 minutes");
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("5 seconds");
      assert.strictEqual((yield* Fiber.join(caller)).obtainedAtMillis, 120_000);
      assert.strictEqual((yield* session.state).expiresAtMillis, 180_000);
    });
  });

  it.effect("renews what lives too short for the caller, and gives what comes then", () => {
    const server = new RotatingServer({ expiresInSeconds: 600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("5 minutes");
      const enough = yield* World.tokenOf(session.token({ minTtlMillis: 300_000 }));
      assert.strictEqual(enough, "planted-access-token-2");
      const short = yield* World.tokenOf(session.token({ minTtlMillis: 300_001 }));
      assert.strictEqual(short, "planted-access-token-3");
      yield* TestClock.adjust("1 minute");
      const never = yield* World.tokenOf(session.token({ minTtlMillis: 900_000 }));
      assert.strictEqual(never, "planted-access-token-5");
      assert.strictEqual(server.tokenRequests.length, 2);
    });
  });

  it.effect("renews a token without a lifetime only when it is refused", () => {
    const server = new RotatingServer();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("1000 days");
      const tokens = yield* session.token();
      assert.deepStrictEqual(server.seen, []);
      assert.isUndefined((yield* session.state).expiresAtMillis);
      const next = yield* World.tokenOf(session.replace(tokens.accessToken));
      assert.strictEqual(next, "planted-access-token-3");
    });
  });

  it.effect.each([0, -5, "soon", 1e300, null, "", 1e9, {}, "-1", "NaN"])(
    "does not go round over a lifetime of %j",
    (lifetime) => {
      const server = new RotatingServer({ expiresInSeconds: 60 });
      return World.run(server, function* () {
        const session = yield* World.openSignedIn(server);
        yield* TestClock.adjust("2 minutes");
        const body = { access_token: "planted-odd", expires_in: lifetime };
        server.troubles.push({ type: "answer", status: 200, body });
        for (let call = 0; call < 50; call++) {
          assert.strictEqual(yield* World.tokenOf(session.token()), "planted-odd");
          yield* TestClock.adjust("30 minutes");
        }
        assert.strictEqual(server.tokenRequests.length, 1);
      });
    },
  );

  it.effect("asks once for each caller where tokens die on their way", () => {
    const server = new RotatingServer({ expiresInSeconds: 0.05, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("1 second");
      for (let call = 1; call <= 5; call++) {
        const caller = yield* World.asks(session.token());
        yield* TestClock.adjust("1 second");
        yield* Fiber.join(caller);
        assert.strictEqual(server.tokenRequests.length, call);
      }
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(server.tokenRequests.length, 5);
    });
  });

  it.effect("takes the same access token again with its new life", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const body = { access_token: "planted-access-token-2", expires_in: 60 };
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      for (let call = 1; call <= 3; call++) {
        yield* TestClock.adjust("2 minutes");
        server.troubles.push({ type: "answer", status: 200, body });
        assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-2");
        assert.strictEqual(server.tokenRequests.length, call);
      }
    });
  });
});

describe("token() for another scope or resource", () => {
  it.effect("queues on the one refresh token and gives each its own", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("2 minutes");
      const wanted = [
        undefined,
        { scope: ["read"] },
        { resource: ["https://a.example.com"] },
        { scope: ["read"], resource: ["https://a.example.com"] },
        { scope: ["write", "read"] },
        { scope: ["read"] },
      ];
      const callers = yield* Effect.forEach(wanted, (each) => World.asks(session.token(each)));
      yield* TestClock.adjust("5 seconds");
      const tokens = (yield* Fiber.joinAll(callers)).map(World.clear);
      assert.strictEqual(new Set(tokens).size, 4);
      assert.strictEqual(tokens[0], tokens[4]);
      assert.strictEqual(tokens[1], tokens[5]);
      const asked = server.tokenRequests.map(({ form }) => [
        form.get("scope"),
        form.get("resource"),
      ]);
      assert.deepStrictEqual(asked, [
        [null, null],
        ["read", null],
        [null, "https://a.example.com"],
        ["read", "https://a.example.com"],
      ]);
      const refreshTokens = server.tokenRequests.map(({ form }) => form.get("refresh_token"));
      assert.strictEqual(new Set(refreshTokens).size, 4);
      for (const [at, each] of wanted.entries()) {
        assert.strictEqual(yield* World.tokenOf(session.token(each)), tokens[at]);
      }
      assert.strictEqual(server.tokenRequests.length, 4);
    });
  });

  it.effect("fails for a scope that was not granted, and sends nothing", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const { reason } = yield* Effect.flip(session.token({ scope: ["read", "admin"] }));
      assert.strictEqual(reason._tag, "ScopeNotGranted");
      assert.deepStrictEqual("missing" in reason ? reason.missing : [], ["admin"]);
      assert.deepStrictEqual(server.seen, []);
    });
  });

  it.effect("keeps a refusal to those who asked for it", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("2 minutes");
      const body = { error: "invalid_target" };
      server.troubles.push({ type: "answer", status: 400, body });
      const resource = ["https://b.example.com"];
      const refused = yield* World.asks(World.reasonOf(session.token({ resource })));
      const granted = yield* World.asks(session.token());
      yield* TestClock.adjust("1 second");
      assert.strictEqual(yield* Fiber.join(refused), "Refused");
      assert.strictEqual(World.clear(yield* Fiber.join(granted)), "planted-access-token-3");
    });
  });

  it.effect("does not let a refusal for one scope fail the default token afterwards", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      yield* TestClock.adjust("2 minutes");
      server.troubles.push({ type: "answer", status: 400, body: { error: "invalid_target" } });
      const resource = ["https://b.example.com"];
      assert.strictEqual(yield* World.reasonOf(session.token({ resource })), "Refused");
      const granted = yield* World.asks(session.token());
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual(World.clear(yield* Fiber.join(granted)), "planted-access-token-3");
    });
  });

  it.effect("is not given the refresh token", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const tokens = yield* session.token({ scope: ["read"] });
      assert.isUndefined(tokens.refreshToken);
      const record = yield* World.stored;
      assert.strictEqual(
        record?.refreshToken && Redacted.value(record.refreshToken),
        "planted-refresh-token-4",
      );
    });
  });
});
