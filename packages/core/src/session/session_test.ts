import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { open } from "./session.ts";
import { client, RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

describe("open()", () => {
  it.effect("smoke", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return Effect.gen(function* () {
      const session = yield* open({ key: "work", client });
      const none = yield* Effect.flip(session.token());
      assert.strictEqual(none.reason._tag, "Absent");
      yield* session.signIn(server.signIn(0));
      const first = yield* session.token();
      assert.strictEqual(Redacted.value(first.accessToken), "planted-access-token-2");
      yield* TestClock.adjust("2 minutes");
      const second = yield* Effect.forkChild(session.token());
      const tokens = yield* Fiber.join(second);
      assert.strictEqual(Redacted.value(tokens.accessToken), "planted-access-token-3");
      assert.strictEqual(server.tokenRequests.length, 1);
      console.log(yield* session.state);
    }).pipe(Effect.scoped, Effect.provide(server.layer), Effect.provide(World.layer));
  });
});
