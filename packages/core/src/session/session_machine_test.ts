import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber, Option, Redacted, Scope } from "effect";
import { TestClock } from "effect/testing";
import * as ClientCredentials from "../grant/client_credentials.ts";
import type { Client } from "../protocol/client.ts";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { client as publicClient, RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";
import { open, type SessionOptions } from "./session.ts";
import { SessionStore } from "./session_store.ts";

const client: Client = {
  ...publicClient,
  authentication: { method: "client_secret_basic", clientSecret: Redacted.make("planted-secret") },
};

const later = TestClock.adjust("2 minutes");

function machine(server: RotatingServer): SessionOptions {
  return {
    key: "work",
    client,
    acquire: ({ scope, resource }) =>
      Effect.provide(ClientCredentials.request({ client, scope, resource }), server.layer),
  };
}

describe("a session whose renewal is its grant", () => {
  it.effect("needs no login and makes one request", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* open(machine(server));
      assert.strictEqual((yield* session.state).name, "absent");
      const callers = yield* Effect.forEach(Array(50), () => World.asks(session.token()));
      yield* TestClock.adjust("1 second");
      const tokens = (yield* Fiber.joinAll(callers)).map(World.clear);
      assert.deepStrictEqual(new Set(tokens), new Set(["planted-access-token-1"]));
      const grants = server.tokenRequests.map(({ form }) => form.get("grant_type"));
      assert.deepStrictEqual(grants, ["client_credentials"]);
    });
  });

  it.effect("is renewed by the grant, and keeps no refresh token", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const body = { access_token: "planted-a", refresh_token: "planted-r", expires_in: 60 };
    return World.run(server, function* () {
      const session = yield* open(machine(server));
      for (let round = 1; round <= 3; round++) {
        server.troubles.push({ type: "answer", status: 200, body });
        assert.isUndefined((yield* session.token()).refreshToken);
        assert.isUndefined((yield* World.stored)?.refreshToken);
        assert.strictEqual(server.tokenRequests.length, round);
        yield* later;
      }
      assert.isNull(server.tokenRequests.at(-1)?.form.get("refresh_token") ?? null);
    });
  });

  it.effect("is shared with another process through the store", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const one = yield* open(machine(server));
      const other = yield* open(machine(server));
      const token = yield* World.tokenOf(one.token());
      assert.strictEqual(yield* World.tokenOf(other.token()), token);
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect.each(["get", "put", "lease"] as const)("goes on without the store: %s", (step) => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* open(machine(server));
      store.broken.add(step);
      for (let round = 1; round <= 3; round++) {
        const caller = yield* World.asks(session.token());
        yield* TestClock.adjust("1 second");
        yield* Fiber.join(caller);
        assert.strictEqual(server.tokenRequests.length, round);
        yield* later;
      }
      store.broken.clear();
      yield* later;
      yield* session.token();
      yield* later;
      assert.strictEqual((yield* World.stored)?.accessTokens.length, 1);
    }, store.layer);
  });

  it.effect("fails typed when the client is refused, and asks again for the next caller", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* open(machine(server));
      server.troubles.push({ type: "answer", status: 400, body: { error: "invalid_grant" } });
      assert.strictEqual(yield* World.reasonOf(session.token()), "Refused");
      yield* later;
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-1");
      assert.strictEqual(server.tokenRequests.length, 2);
    });
  });

  it.effect("asks for what each caller wants", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* open({ ...machine(server), scope: ["read"] });
      yield* session.token();
      yield* session.token({ scope: ["admin"] });
      yield* session.token({ scope: ["read"] });
      const scopes = server.tokenRequests.map(({ form }) => form.get("scope"));
      assert.deepStrictEqual(scopes, ["read", "admin"]);
    });
  });

  it.effect("hands a fault in the grant to everybody, and leaves nobody waiting", () => {
    const server = new RotatingServer();
    return World.run(server, function* () {
      const session = yield* open({
        ...machine(server),
        acquire: () => Effect.andThen(Effect.sleep("1 second"), Effect.die("a typing error")),
      });
      const one = yield* World.asks(session.token());
      const login = yield* World.asks(session.signIn(server.signIn(0)));
      yield* TestClock.adjust("1 second");
      const late = World.asks(session.token());
      const fibers: ReadonlyArray<Fiber.Fiber<unknown, unknown>> = [one, login, yield* late];
      for (const fiber of fibers) {
        assert.include(String(yield* Fiber.await(fiber)), "a typing error");
      }
    });
  });

  it.effect("lets no caller be waiting where the grant interrupts itself", () => {
    const server = new RotatingServer();
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const session = yield* Scope.provide(
        open({ ...machine(server), acquire: () => Effect.interrupt }),
        scope,
      );
      const told: ReadonlyArray<Fiber.Fiber<unknown>> = [
        yield* World.asks(Effect.exit(session.token())),
        yield* World.asks(Effect.exit(session.signIn(server.signIn(0)))),
        yield* World.asks(Effect.exit(session.revoke())),
      ];
      yield* TestClock.adjust("1 millis");
      for (const fiber of told) {
        assert.include(String(yield* Fiber.join(fiber)), "was interrupted from within");
      }
      yield* Scope.close(scope, Exit.void);
    });
  });

  it.effect("renews without a lease that another does not let go of", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* open(machine(server));
      yield* (yield* SessionStore).lease("work", { ttlMillis: 600_000 });
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("6 seconds");
      assert.strictEqual(World.clear(yield* Fiber.join(caller)), "planted-access-token-1");
    });
  });

  it.effect("opens over a store that cannot be read", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    store.broken.add("get");
    return World.run(server, function* () {
      const session = yield* open(machine(server));
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-1");
    }, store.layer);
  });

  it.effect("opens over a record that does not open, and leaves that as it is", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const store = yield* SessionStore;
      const bytes = Uint8Array.of(1, 2, 3);
      yield* store.put("work", bytes, { ifVersion: null });
      const session = yield* open(machine(server));
      yield* session.token();
      yield* later;
      yield* World.asks(session.token());
      yield* later;
      assert.deepStrictEqual(Option.getOrThrow(yield* store.get("work")).bytes, bytes);
    });
  });

  it.effect("does not open over the record of another client", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      yield* (yield* open(machine(server))).token();
      const other = open({ ...machine(server), client: { ...client, clientId: "other" } });
      assert.strictEqual(yield* World.reasonOf(other), "OtherClient");
    });
  });
});

describe("the default of a session whose renewal is its grant", () => {
  const asked = (server: RotatingServer) =>
    server.tokenRequests.map(({ form }) => [form.get("scope"), form.get("resource")]);

  it.effect("is not what the first caller asked for", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* open(machine(server));
      const wanted = [
        { resource: ["https://a.example.com"] },
        { resource: ["https://b.example.com"] },
        { scope: ["admin"] },
        { scope: ["read"] },
        undefined,
      ];
      const tokens = yield* Effect.forEach(wanted, (each) => World.tokenOf(session.token(each)));
      assert.strictEqual(new Set(tokens).size, 5);
      assert.deepStrictEqual(asked(server), [
        [null, "https://a.example.com"],
        [null, "https://b.example.com"],
        ["admin", null],
        ["read", null],
        [null, null],
      ]);
      const other = yield* open(machine(server));
      for (const [at, each] of wanted.entries()) {
        assert.strictEqual(yield* World.tokenOf(other.token(each)), tokens[at]);
      }
      assert.lengthOf(server.tokenRequests, 5);
    });
  });

  it.effect("is not what another process was opened with", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const admin = yield* open({ ...machine(server), scope: ["admin"] });
      const plain = yield* open(machine(server));
      const token = yield* World.tokenOf(admin.token());
      assert.notStrictEqual(yield* World.tokenOf(plain.token()), token);
      assert.strictEqual(yield* World.tokenOf(admin.token()), token);
      assert.strictEqual(yield* World.tokenOf(plain.token({ scope: ["admin"] })), token);
      assert.deepStrictEqual(asked(server), [["admin", null], [null, null]]);
    });
  });

  it.effect("is what a login brings that names nothing else", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* open({ ...machine(server), scope: ["read"] });
      yield* session.signIn(server.signIn(0));
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-2");
      yield* session.signIn(server.signIn(0), { resource: ["https://a.example.com"] });
      yield* session.token();
      assert.deepStrictEqual(asked(server), [["read", null]]);
    });
  });
});
