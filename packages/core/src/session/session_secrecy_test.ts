import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Inspectable, Logger, Stream, Tracer } from "effect";
import { TestClock } from "effect/testing";
import { type Observation, Observer } from "../protocol/observation.ts";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer, type Trouble } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";
import { SessionStore } from "./session_store.ts";

const later = TestClock.adjust("2 minutes");

/** Everything that can be read of a value, in the ways in which values are shown. */
function shown(value: unknown): string {
  const seen = new Set<unknown>();
  const walk = (each: unknown): string => {
    if (typeof each !== "object" || each === null) return String(each);
    if (seen.has(each)) return "";
    seen.add(each);
    const members = Reflect.ownKeys(each).map((name) =>
      `${String(name)}: ${walk((each as Record<PropertyKey, unknown>)[name])}`
    );
    return [String(each), Inspectable.toStringUnknown(each), ...members].join();
  };
  return walk(value);
}

const troubles: ReadonlyArray<Trouble> = [
  { type: "lostAnswer" },
  { type: "answer", status: 503, body: "planted-refresh-token-1 is not for now" },
  { type: "answer", status: 200, body: "<html>planted-refresh-token-1</html>" },
  {
    type: "answer",
    status: 400,
    body: { error: "invalid_grant", error_description: "planted-refresh-token-1 is no more" },
  },
];

describe("a session", () => {
  it.effect.each(troubles)("shows no secret, whatever goes wrong: %#", (trouble) => {
    const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
    const store = new FaultyStore();
    const seen: Array<unknown> = [];
    const observe = (each: Observation) => seen.push(each, shown(each));
    const logger = Logger.make<unknown, void>(({ message, cause }) => {
      seen.push(shown(message), shown(cause), String(cause));
    });
    const tracer = Tracer.make({
      span(options) {
        const span = new Tracer.NativeSpan(options);
        seen.push(span);
        return span;
      },
    });
    return World.run(server, function* () {
      const session = yield* World.openSignedIn(server, {
        patienceMillis: 0,
        onReauthorizationRequired: (end) => Effect.sync(() => void seen.push(end, shown(end))),
      });
      const states = yield* World.asks(
        Stream.runForEach(
          session.changes,
          (state) => Effect.sync(() => void seen.push(state, shown(state))),
        ),
      );
      const ask = Effect.fnUntraced(function* () {
        const caller = yield* World.asks(Effect.exit(session.token()));
        yield* TestClock.adjust("200 millis");
        seen.push(shown(yield* Fiber.join(caller)));
      });
      yield* later;
      server.troubles.push(trouble);
      yield* ask();
      yield* later;
      const failing = yield* World.asks(Effect.exit(session.token()));
      store.broken.add("put");
      yield* TestClock.adjust("200 millis");
      seen.push(shown(yield* Fiber.join(failing)));
      yield* later;
      yield* ask();
      store.broken.clear();
      const raw = yield* SessionStore;
      const stored = yield* raw.get("work");
      if (stored._tag === "Some") seen.push(new TextDecoder().decode(stored.value.bytes));
      const ending = yield* World.asks(Effect.exit(session.revoke()));
      yield* TestClock.adjust("10 seconds");
      seen.push(shown(yield* Fiber.join(ending)));
      yield* Fiber.interrupt(states);
      assert.isAbove(seen.length, 50);
      for (const each of seen) assert.notInclude(shown(each), "planted-");
    }, store.layer).pipe(
      Effect.provideService(Observer, { observe }),
      Effect.provide(Logger.layer([logger])),
      Effect.withTracer(tracer),
    );
  });
});
