import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber, Redacted, Scope } from "effect";
import { TestClock } from "effect/testing";
import { RotatingServer } from "./testdata/rotating_server.ts";
import { FaultyStore } from "./testdata/faulty_store.ts";
import * as World from "./testdata/session_world.ts";

const later = TestClock.adjust("2 minutes");

describe("a renewal", () => {
  it.effect("stores the new refresh token before anybody gets the access token", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      store.beforePut = Effect.suspend(() =>
        server.tokenRequests.length > 0 ? Effect.sleep("3 seconds") : Effect.void
      );
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual(server.tokenRequests.length, 1);
      assert.isUndefined(caller.pollUnsafe());
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(caller);
      const record = yield* World.stored;
      assert.strictEqual(
        record?.refreshToken && Redacted.value(record.refreshToken),
        "planted-refresh-token-4",
      );
      assert.isUndefined(record?.renewal);
    }, store.layer);
  });

  it.effect("keeps the refresh token where the answer carries none", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, rotates: false });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      for (let round = 1; round <= 3; round++) {
        yield* later;
        yield* session.token();
        const sent = server.tokenRequests.at(-1)?.form.get("refresh_token");
        assert.strictEqual(sent, "planted-refresh-token-1");
      }
      assert.strictEqual(server.tokenRequests.length, 3);
    });
  });

  it.effect("keeps the login's ID token, which was validated, and none that comes later", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openWork();
      const login = Object.assign(server.signIn(0), { idToken: Redacted.make("planted-id-1") });
      yield* session.signIn(login);
      yield* later;
      const kept = (yield* session.token()).idToken;
      assert.strictEqual(kept && Redacted.value(kept), "planted-id-1");
      yield* later;
      const body = { access_token: "planted-a", expires_in: 60, id_token: "planted-id-2" };
      server.troubles.push({ type: "answer", status: 200, body });
      const after = yield* session.token();
      assert.strictEqual(Redacted.value(after.accessToken), "planted-a");
      assert.strictEqual(after.idToken && Redacted.value(after.idToken), "planted-id-1");
      assert.isUndefined((yield* session.token({ scope: ["read"] })).idToken);
    });
  });

  it.effect("is written down with a hash of its refresh token before it is sent", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      yield* World.asks(session.token());
      const { renewal } = (yield* World.stored) ?? {};
      assert.strictEqual(renewal?.startedAtMillis, 120_000);
      assert.notInclude(renewal?.refreshTokenHash ?? "planted", "planted");
      yield* TestClock.adjust("1 second");
      assert.isUndefined((yield* World.stored)?.renewal);
    });
  });

  it.effect("is made by one process, and used by the other", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 500 });
    return World.run(server, function* () {
      const one = yield* World.openSignedIn(server);
      const other = yield* World.openWork();
      yield* later;
      const callers = [yield* World.asks(one.token()), yield* World.asks(other.token())];
      yield* TestClock.adjust("5 seconds");
      const tokens = (yield* Fiber.joinAll(callers)).map(World.clear);
      assert.deepStrictEqual(tokens, ["planted-access-token-3", "planted-access-token-3"]);
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("is made once by ten processes that open while it runs", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 500 });
    return World.run(server, function* () {
      yield* World.openSignedIn(server);
      yield* later;
      const callers = yield* Effect.forEach(
        Array(10),
        () => World.asks(Effect.flatMap(World.openWork(), (session) => session.token())),
      );
      yield* TestClock.adjust("10 seconds");
      const tokens = (yield* Fiber.joinAll(callers)).map(World.clear);
      assert.deepStrictEqual(new Set(tokens), new Set(["planted-access-token-3"]));
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("of many processes never shows the server an old refresh token", () => {
    const server = new RotatingServer({ expiresInSeconds: 2, latencyMillis: 30 });
    return World.run(server, function* () {
      const first = yield* World.openSignedIn(server);
      const sessions = [first, ...yield* Effect.forEach(Array(7), () => World.openWork())];
      for (let round = 0; round < 60; round++) {
        const callers = yield* Effect.forEach(sessions, (each) => World.asks(each.token()));
        yield* TestClock.adjust("700 millis");
        yield* Fiber.joinAll(callers);
      }
      const used = server.tokenRequests.map(({ form }) => form.get("refresh_token"));
      assert.strictEqual(new Set(used).size, used.length);
      assert.isAbove(used.length, 20);
    });
  });
});

describe("a renewal without an answer", () => {
  it.effect("is tried again with the same refresh token, and a server's grace saves it", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, graceMillis: 30_000 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      server.troubles.push({ type: "lostAnswer" });
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("5 seconds");
      yield* Fiber.join(caller);
      const used = server.tokenRequests.map(({ form }) => form.get("refresh_token"));
      assert.deepStrictEqual(used, ["planted-refresh-token-1", "planted-refresh-token-1"]);
      yield* later;
      yield* session.token();
    });
  });

  it.effect("is tried again though nobody waits, until the window is over", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("55 seconds");
      for (let at = 0; at < 50; at++) server.troubles.push({ type: "lostRequest" });
      yield* session.token();
      yield* TestClock.adjust("10 minutes");
      const { length } = server.tokenRequests;
      assert.isAtLeast(length, 5);
      assert.isAtMost(length, 9);
      assert.isAtMost(server.tokenRequests.at(-1)?.at ?? Infinity, 55_000 + 120_000);
      assert.strictEqual((yield* session.state).name, "stale");
      server.troubles.length = 0;
      yield* session.token();
    });
  });

  it.effect("ends typed and written down without grace, and no other process asks again", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const other = yield* World.openWork();
      yield* later;
      server.troubles.push({ type: "lostAnswer" });
      const caller = yield* World.asks(Effect.flip(session.token()));
      yield* TestClock.adjust("5 seconds");
      const { reason } = yield* Fiber.join(caller);
      assert.strictEqual(reason._tag, "ReauthorizationRequired");
      assert.strictEqual("code" in reason ? reason.code : "", "invalid_grant");
      assert.strictEqual(server.tokenRequests.length, 2);
      const record = yield* World.stored;
      assert.strictEqual(record?.status, "reauthorizationRequired");
      assert.isUndefined(record?.refreshToken);
      for (const each of [other, yield* World.openWork(), session, other]) {
        assert.strictEqual(yield* World.reasonOf(each.token()), "ReauthorizationRequired");
      }
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(server.tokenRequests.length, 2);
    });
  });

  it.effect("is tried again at once by the process that finds its mark", () => {
    const server = new RotatingServer({
      expiresInSeconds: 60,
      graceMillis: 30_000,
      latencyMillis: 100,
    });
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const crashed = yield* Scope.provide(
        World.openSignedIn(server, { requestLimitMillis: 5_000 }),
        scope,
      );
      yield* later;
      server.troubles.push({ type: "lostAnswer" });
      yield* World.asks(crashed.token());
      yield* TestClock.adjust("200 millis");
      yield* Scope.close(scope, Exit.void);
      assert.strictEqual(server.tokenRequests.length, 1);
      const next = yield* World.openWork();
      yield* TestClock.adjust("1 second");
      assert.strictEqual(server.tokenRequests.length, 2);
      assert.strictEqual((yield* next.state).name, "fresh");
    });
  });

  it.effect("is not tried unasked when its mark is old or of another clock", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const crashed = yield* Scope.provide(World.openSignedIn(server), scope);
      yield* TestClock.adjust("1 day");
      server.troubles.push({ type: "lostRequest" });
      yield* World.asks(crashed.token());
      yield* Scope.close(scope, Exit.void);
      for (const at of [86_400_000 + 600_000, 3_600_000]) {
        yield* TestClock.setTime(at);
        yield* World.openWork();
        yield* TestClock.adjust("5 minutes");
        assert.strictEqual(server.tokenRequests.length, 1, `at ${at}`);
      }
    });
  });
});

describe("invalid_grant", () => {
  it.effect("leads to the newer record, if the store holds one", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const other = yield* World.openWork();
      yield* later;
      const refusal = { error: "invalid_grant" };
      server.troubles.push({ type: "answer", status: 400, body: refusal });
      const caller = yield* World.asks(session.token());
      yield* other.signIn(server.signIn(120_000));
      yield* TestClock.adjust("1 second");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-4");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("drops nothing while the store cannot be read", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      yield* later;
      server.revokeAll();
      const caller = yield* World.asks(World.reasonOf(session.token()));
      store.broken.add("get");
      yield* TestClock.adjust("100 millis");
      assert.strictEqual(yield* Fiber.join(caller), "StoreFailed");
      store.broken.clear();
      yield* TestClock.adjust("5 seconds");
      assert.strictEqual(yield* World.reasonOf(session.token()), "ReauthorizationRequired");
    }, store.layer);
  });

  it.effect("is remembered where it cannot be written down", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      server.revokeAll();
      const caller = yield* World.asks(World.reasonOf(session.token()));
      store.broken.add("put");
      yield* TestClock.adjust("1 second");
      assert.strictEqual(yield* Fiber.join(caller), "ReauthorizationRequired");
      assert.strictEqual((yield* World.stored)?.status, "active");
      assert.strictEqual(yield* World.reasonOf(session.token()), "ReauthorizationRequired");
      assert.strictEqual(server.tokenRequests.length, 1);
    }, store.layer);
  });

  it.effect("calls the hook once for each end", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const ends: Array<string> = [];
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, {
        onReauthorizationRequired: ({ code, atMillis }) =>
          Effect.sync(() => {
            ends.push(`${code} at ${atMillis}`);
          }),
      });
      yield* later;
      server.revokeAll();
      for (let call = 0; call < 3; call++) yield* World.reasonOf(session.token());
      assert.deepStrictEqual(ends, ["invalid_grant at 120000"]);
      yield* session.signIn(server.signIn(120_000));
      yield* later;
      server.revokeAll();
      yield* World.reasonOf(session.token());
      assert.deepStrictEqual(ends, ["invalid_grant at 120000", "invalid_grant at 240000"]);
    });
  });
});
