import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber, Redacted, Scope } from "effect";
import { TestClock } from "effect/testing";
import type { Client } from "../protocol/client.ts";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { client, RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

const later = TestClock.adjust("2 minutes");

describe("signIn()", () => {
  it.effect("replaces what the session held", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* session.signIn(server.signIn(0, ["read"]));
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-4");
      assert.deepStrictEqual((yield* World.stored)?.scope, ["read"]);
      assert.strictEqual(
        yield* World.reasonOf(session.token({ scope: ["write"] })),
        "ScopeNotGranted",
      );
    });
  });

  it.effect("keeps what the login asked for as what is asked for by default", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openWork();
      const resource = ["https://api.example.com"];
      yield* session.signIn(server.signIn(0), { scope: ["write", "read"], resource });
      const first = yield* World.tokenOf(session.token());
      assert.strictEqual(first, "planted-access-token-2");
      assert.strictEqual(yield* World.tokenOf(session.token({ scope: ["read", "write"] })), first);
      yield* later;
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
      assert.strictEqual(
        yield* World.tokenOf(session.token({ resource })),
        "planted-access-token-3",
      );
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("waits for a renewal that is out, and replaces what that brought", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 500 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      const caller = yield* World.asks(session.token());
      const login = yield* World.asks(session.signIn(server.signIn(120_000)));
      yield* TestClock.adjust("400 millis");
      assert.isUndefined(login.pollUnsafe());
      yield* TestClock.adjust("100 millis");
      yield* Fiber.join(login);
      yield* Fiber.join(caller);
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-4");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("stores the last of several logins at once, and answers them all", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openWork();
      store.beforePut = Effect.sleep("100 millis");
      const logins = [
        yield* World.asks(session.signIn(server.signIn(0))),
        yield* World.asks(session.signIn(server.signIn(0))),
      ];
      yield* TestClock.adjust("50 millis");
      logins.push(yield* World.asks(session.signIn(server.signIn(0))));
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.joinAll(logins);
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-6");
      assert.strictEqual((yield* session.state).name, "fresh");
    }, store.layer);
  });

  it.effect("in another process is found by the next caller without a token", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const absent = yield* World.openWork();
      assert.strictEqual(yield* World.reasonOf(absent.token()), "Absent");
      const other = yield* World.openSignedIn(server);
      assert.strictEqual(yield* World.tokenOf(absent.token()), "planted-access-token-2");
      yield* later;
      server.revokeAll();
      assert.strictEqual(yield* World.reasonOf(absent.token()), "ReauthorizationRequired");
      yield* other.signIn(server.signIn(120_000));
      assert.strictEqual(yield* World.tokenOf(absent.token()), "planted-access-token-5");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("of long ago in another process is renewed once when it is found", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const absent = yield* World.openWork();
      yield* World.openSignedIn(server);
      yield* later;
      assert.strictEqual(yield* World.tokenOf(absent.token()), "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("makes callers wait who came before it was stored", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openWork();
      store.beforePut = Effect.sleep("100 millis");
      yield* World.asks(session.signIn(server.signIn(0)));
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("100 millis");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-2");
    }, store.layer);
  });
});

describe("revoke()", () => {
  it.effect("is not undone by a store that shows the past", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* session.revoke();
      store.showsThePast = true;
      assert.strictEqual(yield* World.reasonOf(session.token()), "Revoked");
      assert.strictEqual((yield* session.state).name, "revoked");
      // Nor by whoever signs out once more.
      assert.deepStrictEqual(yield* session.revoke(), { untold: [] });
      assert.strictEqual(yield* World.reasonOf(session.token()), "Revoked");
      assert.lengthOf(server.revoked, 2);
      store.showsThePast = false;
      yield* session.signIn(server.signIn(0));
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-4");
    }, store.layer);
  });

  it.effect("tells the server, forgets the record, and says so to callers", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      assert.deepStrictEqual(yield* session.revoke(), { untold: [] });
      assert.deepStrictEqual(server.revoked, [
        "planted-refresh-token-1",
        "planted-access-token-2",
      ]);
      assert.isUndefined(yield* World.stored);
      assert.strictEqual((yield* session.state).name, "revoked");
      assert.strictEqual(yield* World.reasonOf(session.token()), "Revoked");
      const other = yield* World.openWork();
      assert.strictEqual(yield* World.reasonOf(other.token()), "Absent");
    });
  });

  it.effect("forgets the session also where the server cannot be told", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const silent = { ...client, server: { ...client.server } };
      delete (silent.server as { revocationEndpoint?: string }).revocationEndpoint;
      const session = yield* World.openSignedIn(server, { client: silent });
      const { untold } = yield* session.revoke();
      assert.strictEqual(untold.length, 1);
      assert.isUndefined(yield* World.stored);
      assert.strictEqual(yield* World.reasonOf(session.token()), "Revoked");
    });
  });

  it.effect("waits for a renewal that is out, and revokes what that brought", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 500 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      const caller = yield* World.asks(session.token());
      const end = yield* World.asks(session.revoke());
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.join(end);
      assert.include(["Success", "Failure"], (yield* Fiber.await(caller))._tag);
      assert.strictEqual(server.revoked[0], "planted-refresh-token-4");
      assert.isUndefined(yield* World.stored);
    });
  });

  it.effect("revokes the refresh token that only memory holds", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      const caller = yield* World.asks(session.token());
      store.broken.add("put");
      yield* TestClock.adjust("100 millis");
      yield* Fiber.join(caller);
      const end = yield* World.asks(session.revoke());
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(end);
      assert.strictEqual(server.revoked[0], "planted-refresh-token-4");
    }, store.layer);
  });

  it.effect("answers everybody who asks for it, also while a lease is given back slowly", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    store.releaseMillis = 300;
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const ends = [yield* World.asks(session.revoke())];
      for (let at = 0; at < 8; at++) {
        yield* TestClock.adjust("100 millis");
        ends.push(yield* World.asks(session.revoke()));
      }
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.joinAll(ends);
      assert.strictEqual(server.revoked.length, 2);
    }, store.layer);
  });

  it.effect("after a login that still waits ends that, too", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 500 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      yield* World.asks(session.token());
      const login = yield* World.asks(session.signIn(server.signIn(120_000)));
      const end = yield* World.asks(session.revoke());
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.joinAll([login, end]);
      assert.strictEqual((yield* session.state).name, "revoked");
      assert.isUndefined(yield* World.stored);
      assert.includeMembers(server.revoked, ["planted-refresh-token-3", "planted-access-token-4"]);
      assert.strictEqual(yield* World.reasonOf(session.token()), "Revoked");
    });
  });

  it.effect("before a login that still waits leaves that standing", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 500 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      yield* World.asks(session.token());
      const dropped = yield* World.asks(session.signIn(server.signIn(120_000)));
      const end = yield* World.asks(session.revoke());
      const login = yield* World.asks(session.signIn(server.signIn(120_000)));
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.joinAll([dropped, end, login]);
      assert.notInclude(server.revoked, "planted-refresh-token-5");
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-6");
    });
  });

  it.effect("leaves the session open for a new login", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* session.revoke();
      yield* session.signIn(server.signIn(0));
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-4");
    });
  });
});

describe("the scope of a session", () => {
  it.effect("waits for a request that is out and for the write of its answer", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 2_000 });
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const session = yield* Scope.provide(World.openSignedIn(server), scope);
      yield* later;
      const caller = yield* World.asks(session.token());
      const closing = yield* World.asks(Scope.close(scope, Exit.void));
      yield* TestClock.adjust("1900 millis");
      assert.isUndefined(closing.pollUnsafe());
      yield* TestClock.adjust("100 millis");
      yield* Fiber.join(closing);
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-3");
      const record = yield* World.stored;
      assert.strictEqual(
        record?.refreshToken && Redacted.value(record.refreshToken),
        "planted-refresh-token-4",
      );
    });
  });

  it.effect("does not wait longer than the request and its write may take", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 600_000 });
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const options = { requestLimitMillis: 1_000 };
      const session = yield* Scope.provide(World.openSignedIn(server, options), scope);
      yield* later;
      const caller = yield* World.asks(World.reasonOf(session.token()));
      const closing = yield* World.asks(Scope.close(scope, Exit.void));
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(closing);
      assert.strictEqual(yield* Fiber.join(caller), "Closed");
      assert.isDefined((yield* World.stored)?.renewal);
    });
  });

  it.effect("lets those go who wait, and all who come later", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const session = yield* Scope.provide(World.openSignedIn(server), scope);
      yield* later;
      server.troubles.push({ type: "answer", status: 503, body: "" });
      const caller = yield* World.asks(World.reasonOf(session.token()));
      yield* Scope.close(scope, Exit.void);
      assert.strictEqual(yield* Fiber.join(caller), "Closed");
      assert.strictEqual(yield* World.reasonOf(session.token()), "Closed");
      assert.strictEqual(yield* World.reasonOf(session.signIn(server.signIn(0))), "Closed");
      assert.strictEqual(yield* World.reasonOf(session.revoke()), "Closed");
      const { accessToken } = server.signIn(0);
      assert.strictEqual(yield* World.reasonOf(session.replace(accessToken)), "Closed");
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });
});

describe("a session that is closed", () => {
  it.effect("gives out no token that still lives", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* Effect.scoped(World.openSignedIn(server));
      assert.strictEqual(yield* World.reasonOf(session.token()), "Closed");
      assert.strictEqual(yield* World.reasonOf(session.token({ minTtlMillis: 1 })), "Closed");
    });
  });
});

describe("a record of another client", () => {
  it.effect("is neither used nor changed", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      yield* World.openSignedIn(server);
      const before = yield* World.stored;
      const opened = yield* Effect.flip(
        World.openWork({ client: { ...client, clientId: "other" } }),
      );
      assert.strictEqual(opened.reason._tag, "OtherClient");
      assert.include(opened.message, `"app"`);
      assert.include(opened.message, `"other"`);
      assert.include(opened.reason.hint, "SessionVault.discard");
      assert.deepStrictEqual(yield* World.stored, before);
    });
  });
});

describe("introspect()", () => {
  const confidential: Client = {
    ...client,
    authentication: {
      method: "client_secret_basic",
      clientSecret: Redacted.make("planted-client-secret"),
    },
    server: { ...client.server, introspectionEndpoint: "https://as.example.com/introspect" },
  };

  it.effect("tells what the server knows of the current token", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { client: confidential });
      const told = yield* session.introspect();
      assert.deepStrictEqual(told, { active: true, scope: ["read"] });
      const asked = server.seen.find(({ path }) => path === "/introspect");
      assert.strictEqual(asked?.form.get("token"), yield* World.tokenOf(session.token()));
    });
  });

  it.effect("has a token renewed that the server calls inactive", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { client: confidential });
      const before = yield* World.tokenOf(session.token());
      server.inactive.add(before);
      assert.deepStrictEqual(yield* session.introspect(), { active: false });
      assert.notStrictEqual(yield* World.tokenOf(session.token()), before);
      assert.lengthOf(server.tokenRequests, 1);
    });
  });

  it.effect("is withheld from a public client", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const error = yield* Effect.flip(session.introspect());
      assert.strictEqual(error._tag, "EndpointError");
      assert.deepStrictEqual(server.seen, []);
    });
  });
});
