import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { TestClock } from "effect/testing";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

const later = TestClock.adjust("2 minutes");

describe("signIn() to a store that reports conflicts", () => {
  it.effect("is not written once more over what was renewed since, when a conflict was none", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openWork();
      const other = yield* World.openWork();
      store.conflictAfterPut = Effect.suspend(() => other.token()).pipe(
        Effect.andThen(Effect.suspend(() => other.token({ minTtlMillis: 61_000 }))),
        Effect.ignore,
      );
      yield* session.signIn(server.signIn(0));
      assert.strictEqual(server.tokenRequests.length, 1);
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-3");
      yield* later;
      assert.strictEqual(yield* World.tokenOf(session.token()), "planted-access-token-5");
    }, store.layer);
  });

  it.effect("fails where the store goes on about conflicts", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openWork();
      store.conflicts = Infinity;
      assert.strictEqual(yield* World.reasonOf(session.signIn(server.signIn(0))), "StoreFailed");
      assert.isBelow(store.puts, 20);
      store.conflicts = 0;
      yield* session.signIn(server.signIn(0));
      assert.strictEqual((yield* session.state).name, "fresh");
    }, store.layer);
  });
});

describe("a renewal whose store reports conflicts", () => {
  it.effect("counts those in a row only, so that the next one is looked at anew", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      const before = store.puts;
      // The first write marks, three that follow meet conflicts, and the next one fails.
      store.beforePut = Effect.sync(() => {
        if (store.puts === before + 1) store.conflicts = 3;
        else store.broken.add("put");
      });
      yield* session.token();
      assert.deepStrictEqual([store.puts - before, (yield* session.state).name], [5, "unsaved"]);
      store.beforePut = Effect.void;
      store.broken.clear();
      store.conflicts = 1;
      // One wait, and no second one.
      yield* TestClock.adjust("700 millis");
      assert.deepStrictEqual([store.puts - before, (yield* session.state).name], [7, "fresh"]);
    }, store.layer);
  });
});
