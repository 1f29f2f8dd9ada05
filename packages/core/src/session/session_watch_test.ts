import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber, Scope, Stream, Tracer } from "effect";
import { TestClock } from "effect/testing";
import { type Observation, Observer } from "../protocol/observation.ts";
import { RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

const later = TestClock.adjust("2 minutes");

const renewal = ["leasing", "rereading", "marking", "requesting", "persisting"]
  .map((state) => `renewing.${state}`);

describe("changes", () => {
  it.effect("tells each state in order, begins with the present one and ends with the session", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const session = yield* Scope.provide(World.openWork(), scope);
      const reader = yield* World.asks(Stream.runCollect(session.changes));
      yield* session.signIn(server.signIn(0));
      yield* later;
      yield* session.token();
      yield* session.revoke();
      yield* Scope.close(scope, Exit.void);
      const states = [...yield* Fiber.join(reader)];
      assert.deepStrictEqual(states.map(({ path }) => path), [
        "absent",
        "acquiring",
        "fresh",
        "stale",
        ...renewal,
        "fresh",
        "revoking",
        "revoked",
      ]);
      assert.deepStrictEqual(
        states.map(({ version }) => version).filter((each, at, all) => each !== all[at - 1]),
        [null, 1, 2, 3, null],
      );
    });
  });

  it.effect("ends at once after the session, with its last state", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const scope = yield* Scope.make();
      const session = yield* Scope.provide(World.openSignedIn(server), scope);
      yield* Scope.close(scope, Exit.void);
      const states = [...yield* Stream.runCollect(session.changes)];
      assert.deepStrictEqual(states.map(({ name }) => name), ["fresh"]);
    });
  });

  it.effect("serves several readers, and forgets those who left", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    return World.run(server, function* () {
      const session = yield* World.openWork();
      const first = yield* World.asks(Stream.runCollect(Stream.take(session.changes, 2)));
      const second = yield* World.asks(Stream.runCollect(Stream.take(session.changes, 3)));
      yield* session.signIn(server.signIn(0));
      const names = (yield* Fiber.joinAll([first, second])).map((states) =>
        states.map(({ name }) => name)
      );
      assert.deepStrictEqual(names, [
        ["absent", "acquiring"],
        ["absent", "acquiring", "fresh"],
      ]);
    });
  });
});

describe("state", () => {
  it.effect("says since when, how long, and what failed", () => {
    const server = new RotatingServer({ expiresInSeconds: 600 });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      const fresh = yield* session.state;
      assert.deepInclude(fresh, {
        name: "fresh",
        atMillis: 0,
        version: 1,
        expiresAtMillis: 600_000,
      });
      assert.isAbove(fresh.dueAtMillis ?? 0, 500_000);
      assert.isUndefined(fresh.error);
      yield* TestClock.adjust("590 seconds");
      assert.strictEqual((yield* session.state).name, "stale");
      server.troubles.push({ type: "answer", status: 503, body: "" });
      yield* session.token();
      yield* TestClock.adjust("1 millis");
      const failing = yield* session.state;
      assert.deepInclude(failing, {
        name: "backingOff",
        atMillis: 590_000,
        expiresAtMillis: 600_000,
      });
      assert.strictEqual(failing.error?._tag, "EndpointError");
      yield* TestClock.adjust("1 second");
      const again = yield* session.state;
      assert.strictEqual(again.name, "fresh");
      assert.isUndefined(again.error);
    });
  });
});

describe("an observer", () => {
  it.effect("sees each state of the session under its key", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const seen: Array<Observation> = [];
    const observe = (each: Observation) => {
      if (each.type === "session.changed") seen.push(each);
    };
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      yield* later;
      server.troubles.push({ type: "answer", status: 503, body: "" });
      const caller = yield* World.asks(session.token());
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(caller);
      const paths = seen.map((each) => "path" in each ? each.path : "");
      assert.deepStrictEqual(paths, [
        "absent",
        "acquiring",
        "fresh",
        "stale",
        ...renewal.slice(0, 4),
        "backingOff",
        ...renewal,
        "fresh",
      ]);
      for (const each of seen) assert.propertyVal(each, "key", "work");
      const failed = seen.find((each) => "error" in each);
      assert.match(JSON.stringify(failed), /"error":"Authorization server is unavailable/);
    }).pipe(Effect.provideService(Observer, { observe }));
  });
});

describe("the trace", () => {
  it.effect("has one span for each renewal, and none for a cached token", () => {
    const server = new RotatingServer({ expiresInSeconds: 60 });
    const spans: Array<Tracer.NativeSpan> = [];
    const tracer = Tracer.make({
      span(options) {
        const span = new Tracer.NativeSpan(options);
        spans.push(span);
        return span;
      },
    });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server);
      spans.length = 0;
      for (let call = 0; call < 10; call++) yield* session.token();
      assert.deepStrictEqual(spans, []);
      yield* later;
      yield* session.token();
      const renewals = spans.filter(({ name }) => name === "session.renewal");
      assert.strictEqual(renewals.length, 1);
      assert.strictEqual(renewals[0]?.status._tag, "Ended");
      const ids = new Set(spans.map(({ spanId }) => spanId));
      for (const span of spans) {
        if (span.name === "session.renewal") continue;
        const parent = span.parent._tag === "Some" ? span.parent.value.spanId : "";
        assert.isTrue(ids.has(parent), `${span.name} is beside the renewal`);
      }
    }).pipe(Effect.withTracer(tracer));
  });
});
