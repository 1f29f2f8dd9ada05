import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

describe("replace()", () => {
  it.effect("renews once for however many were refused", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const { accessToken } = yield* session.token();
      const refused = yield* Effect.forEach(
        Array(100),
        () => World.asks(session.replace(accessToken)),
      );
      yield* TestClock.adjust("1 second");
      const tokens = (yield* Fiber.joinAll(refused)).map(World.clear);
      assert.deepStrictEqual(new Set(tokens), new Set(["planted-access-token-3"]));
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("keeps a refused token from those who ask for one", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600, latencyMillis: 100 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const { accessToken } = yield* session.token();
      const refused = yield* World.asks(session.replace(accessToken));
      const other = yield* World.asks(session.token());
      assert.isUndefined(other.pollUnsafe());
      yield* TestClock.adjust("1 second");
      assert.strictEqual(World.clear(yield* Fiber.join(other)), "planted-access-token-3");
      yield* Fiber.join(refused);
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("gives the newer token for a 401 that comes late", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const { accessToken } = yield* session.token();
      yield* TestClock.adjust("2 minutes");
      yield* session.token();
      const late = yield* World.tokenOf(session.replace(accessToken));
      assert.strictEqual(late, "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("gives the token back that was refused within five seconds of its renewal", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const second = yield* session.replace((yield* session.token()).accessToken);
      yield* TestClock.adjust("4 seconds");
      const again = yield* session.replace(second.accessToken);
      assert.strictEqual(again, second);
      assert.strictEqual(server.tokenRequests.length, 1);
      yield* TestClock.adjust("1 second");
      const third = yield* World.tokenOf(session.replace(second.accessToken));
      assert.strictEqual(third, "planted-access-token-5");
      assert.strictEqual(server.tokenRequests.length, 2);
    });
  });

  it.effect("renews a token that was not got for a refused one, however young", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* TestClock.adjust("2 minutes");
      const young = yield* session.token();
      const next = yield* World.tokenOf(session.replace(young.accessToken));
      assert.strictEqual(next, "planted-access-token-5");
    });
  });

  it.effect("gives the token back where nothing can renew it", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openWork();
      const { refreshToken: _, ...tokens } = server.signIn(0);
      yield* session.signIn(tokens);
      const same = yield* session.replace(tokens.accessToken);
      assert.strictEqual(same.accessToken, tokens.accessToken);
      assert.deepStrictEqual(server.seen, []);
    });
  });

  it.effect("takes what another process renewed instead of asking", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const one = yield* World.openSignedIn(server);
      const other = yield* World.openWork();
      const { accessToken } = yield* one.token();
      const renewed = yield* World.tokenOf(one.replace(accessToken));
      assert.strictEqual(yield* World.tokenOf(other.replace(accessToken)), renewed);
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });

  it.effect("renews the token of the scope that was refused, and no other", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const scope = ["read"];
      const held = yield* World.tokenOf(session.token());
      const narrow = yield* session.token({ scope });
      const next = yield* World.tokenOf(session.replace(narrow.accessToken, { scope }));
      assert.notStrictEqual(next, World.clear(narrow));
      assert.strictEqual(yield* World.tokenOf(session.token()), held);
      assert.strictEqual(yield* World.tokenOf(session.token({ scope })), next);
    });
  });

  it.effect("hands the refused token to nobody while the server fails", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      const { accessToken } = yield* session.token();
      server.troubles.push({ type: "answer", status: 503, body: "" });
      assert.strictEqual(yield* World.reasonOf(session.replace(accessToken)), "Unavailable");
      assert.strictEqual(yield* World.reasonOf(session.token()), "Unavailable");
      yield* TestClock.adjust("1 second");
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
    });
  });

  it.effect("gives back at once the same token that the server granted anew", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const { accessToken } = yield* session.token();
      yield* TestClock.adjust("1 second");
      const body = { access_token: Redacted.value(accessToken), expires_in: 3600 };
      server.troubles.push({ type: "answer", status: 200, body });
      const same = yield* World.tokenOf(session.replace(accessToken));
      assert.strictEqual(same, Redacted.value(accessToken));
      assert.strictEqual(server.tokenRequests.length, 1);
    });
  });
});
