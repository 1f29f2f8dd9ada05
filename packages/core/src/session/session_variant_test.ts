import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, Exit, Fiber, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { RotatingServer, type Trouble } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";
import type { Session } from "./session.ts";

const later = TestClock.adjust("2 minutes");

function badTarget(headers: Record<string, string> = {}): Trouble {
  return { type: "answer", status: 400, body: { error: "invalid_target" }, headers };
}

const evil = (at: number) => ({ resource: [`https://evil${at}.example.com`] });

/** How long a caller waits, to the second. */
const waitOf = Effect.fnUntraced(function* (session: Session) {
  const start = yield* Clock.currentTimeMillis;
  const caller = yield* World.asks(session.token());
  for (let second = 0; second < 600 && caller.pollUnsafe() === undefined; second++) {
    yield* TestClock.adjust("1 second");
  }
  yield* Fiber.join(caller);
  return (yield* Clock.currentTimeMillis) - start;
});

describe("a refusal of one variant", () => {
  it.effect("with a Retry-After does not hold up the others", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      server.troubles.push(badTarget({ "retry-after": "3600" }));
      assert.strictEqual(yield* World.reasonOf(session.token(evil(0))), "Refused");
      assert.isAtMost(yield* waitOf(session), 1_000);
    });
  });

  it.effect("holds up itself for as long as the server asked, and then asks again", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      server.troubles.push(badTarget({ "retry-after": "600" }));
      for (let call = 0; call < 50; call++) {
        assert.strictEqual(yield* World.reasonOf(session.token(evil(0))), "Refused");
        yield* TestClock.adjust("10 seconds");
      }
      assert.lengthOf(server.tokenRequests, 1);
      yield* TestClock.adjust("5 minutes");
      yield* session.token(evil(0));
      assert.lengthOf(server.tokenRequests, 2);
    });
  });

  it.effect("after another does not make the family wait longer each time", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      for (let at = 0; at < 9; at++) {
        server.troubles.push(badTarget());
        assert.strictEqual(yield* World.reasonOf(session.token(evil(at))), "Refused");
      }
      assert.isAtMost(yield* waitOf(session), 1_000);
      assert.lengthOf(server.tokenRequests, 10);
    });
  });

  it.effect("is forgotten with the next login", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      server.troubles.push(badTarget({ "retry-after": "3600" }));
      assert.strictEqual(yield* World.reasonOf(session.token(evil(0))), "Refused");
      yield* session.signIn(server.signIn(0));
      yield* session.token(evil(0));
      assert.lengthOf(server.tokenRequests, 2);
    });
  });
});

describe("a variant", () => {
  it.effect("is filed under its own name, whatever logins made default meanwhile", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openWork();
      const scope = ["read", "write"];
      yield* session.signIn(server.signIn(0), { scope, resource: ["https://a"] });
      yield* session.token({ scope: ["read"] });
      yield* session.signIn(server.signIn(0), { scope, resource: ["https://b"] });
      const { length } = server.tokenRequests;
      const asked = { scope: ["read"], resource: ["https://a"] };
      const token = yield* World.tokenOf(session.token(asked));
      assert.lengthOf(server.tokenRequests, length + 1);
      const form = server.tokenRequests.at(-1)?.form;
      assert.deepStrictEqual([form?.get("scope"), form?.get("resource")], ["read", "https://a"]);
      assert.strictEqual(yield* World.tokenOf(session.token(asked)), token);
      assert.notStrictEqual(yield* World.tokenOf(session.token({ scope: ["read"] })), token);
      assert.isNull(server.tokenRequests.at(-1)?.form.get("resource") ?? null);
    });
  });

  it.effect("that never comes is not called expired where the session can renew", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 1_000_000 });
      const { accessToken } = yield* session.token();
      const body = { access_token: Redacted.value(accessToken), expires_in: 3600 };
      for (let at = 0; at < 20; at++) server.troubles.push({ type: "answer", status: 200, body });
      const asked = yield* World.asks(Effect.exit(session.replace(accessToken)));
      yield* TestClock.adjust("1 hour");
      const exit = yield* Fiber.join(asked);
      assert.notInclude(String(exit), "Expired");
    });
  });
});

describe("variants that callers choose", () => {
  it.effect("are asked for in their turn, however many they are", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600, latencyMillis: 1 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const callers = yield* Effect.forEach(
        Array.from({ length: 120 }, (_, at) => at),
        (at) => World.asks(session.token(evil(at))),
      );
      yield* TestClock.adjust("1 minute");
      const tokens = (yield* Fiber.joinAll(callers)).map(World.clear);
      assert.strictEqual(new Set(tokens).size, 120);
      assert.lengthOf(server.tokenRequests, 120);
    });
  });

  it.effect("do not make the record grow, and leave the session's own token in it", () => {
    const server = new RotatingServer({ expiresInSeconds: 3600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const own = yield* World.tokenOf(session.token());
      for (let at = 0; at < 150; at++) {
        yield* session.token(evil(at));
        yield* TestClock.adjust("1 millis");
      }
      const held = (yield* World.stored)?.accessTokens ?? [];
      assert.lengthOf(held, 100);
      assert.strictEqual(yield* World.tokenOf(session.token()), own);
      const { length } = server.tokenRequests;
      yield* session.token(evil(149));
      assert.lengthOf(server.tokenRequests, length);
      yield* session.token(evil(0));
      assert.lengthOf(server.tokenRequests, length + 1);
    });
  });

  it.effect("are not asked for when all who wanted them have left", () => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 1 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      server.options = { expiresInSeconds: 60, latencyMillis: 1_000 };
      const one = yield* World.asks(session.token({ scope: ["read"] }));
      for (let at = 0; at < 500; at++) {
        yield* Fiber.interrupt(yield* World.asks(session.token(evil(at))));
      }
      const kept = yield* World.asks(session.token(evil(7)));
      yield* TestClock.adjust("30 seconds");
      yield* Fiber.joinAll([one, kept]);
      assert.lengthOf(server.tokenRequests, 2);
    });
  });

  it.effect("are not asked for by callers who were told at once that it fails", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
      yield* later;
      server.troubles.push({
        type: "answer",
        status: 503,
        body: "",
        headers: { "retry-after": "60" },
      });
      for (let at = 0; at < 100; at++) {
        assert.strictEqual(yield* World.reasonOf(session.token(evil(at))), "Unavailable");
      }
      yield* later;
      // The first, and once more after the doubt that it left.
      assert.lengthOf(server.tokenRequests, 2);
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(session.token())));
    });
  });
});
