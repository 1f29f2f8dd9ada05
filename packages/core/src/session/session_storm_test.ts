import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, type Fiber, Logger, type Redacted, Schema } from "effect";
import { TestClock } from "effect/testing";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer, type Trouble } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";
import type { Session } from "./session.ts";

const Seed = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 31 - 2 }));

function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = Number(BigInt(state) * 48_271n % 2_147_483_647n);
    return state % limit;
  };
}

const troubles: ReadonlyArray<Trouble> = [
  { type: "lostRequest" },
  { type: "lostAnswer" },
  { type: "refusedConnection" },
  { type: "answer", status: 503, body: "" },
  { type: "answer", status: 429, body: "", headers: { "retry-after": "7" } },
  { type: "answer", status: 400, body: { error: "invalid_target" } },
  { type: "answer", status: 200, body: "<html></html>" },
];
const steps = ["get", "put", "remove", "lease"] as const;

interface Storm {
  readonly server: RotatingServer;
  readonly store: FaultyStore;
  readonly sessions: ReadonlyArray<Session>;
  readonly callers: Array<Fiber.Fiber<unknown, unknown>>;
  readonly roll: (limit: number) => number;
  last: Redacted.Redacted | undefined;
}

/** Something that a caller, the server, the store or time may do. */
const happen = Effect.fnUntraced(function* (storm: Storm) {
  const { server, store, sessions, callers, roll } = storm;
  const session = sessions[roll(sessions.length)] as Session;
  const ask = (options = {}) =>
    Effect.tap(session.token(options), ({ accessToken }) =>
      Effect.sync(() => {
        storm.last = accessToken;
      }));
  const acts: ReadonlyArray<() => Effect.Effect<unknown, unknown>> = [
    () => Effect.suspend(ask),
    () => ask({ scope: ["read"] }),
    () => ask({ resource: [`https://api${roll(30)}.example.com`] }),
    () => Effect.sync(() => callers[roll(callers.length + 1)]?.interruptUnsafe()),
    () => ask({ minTtlMillis: 50_000 }),
    () => storm.last === undefined ? Effect.void : session.replace(storm.last),
    () =>
      Effect.clockWith((clock) => session.signIn(server.signIn(clock.currentTimeMillisUnsafe()))),
    () => roll(3) === 0 ? session.revoke() : Effect.void,
    () => Effect.sync(() => server.troubles.push(troubles[roll(troubles.length)] as Trouble)),
    () => Effect.sync(() => store.broken.add(steps[roll(steps.length)] as "get")),
    () => Effect.sync(() => store.broken.clear()),
    () => Effect.sync(() => (server.options = { ...server.options, latencyMillis: roll(400) })),
  ];
  callers.push(yield* World.asks((acts[roll(acts.length)] as () => Effect.Effect<unknown>)()));
  if (roll(2) === 0) yield* TestClock.adjust([1, 150, 700, 9_000, 65_000][roll(5)] as number);
});

describe("sessions in a storm", () => {
  it.effect.prop("leave nobody without an answer, and recover", [Seed], ([seed]) => {
    const server = new RotatingServer({ expiresInSeconds: 60, graceMillis: 20_000 });
    const store = new FaultyStore();
    return World.run(server, function* () {
      const sessions = [yield* World.openWork(), yield* World.openWork()];
      const storm: Storm = {
        server,
        store,
        sessions,
        callers: [],
        roll: dice(seed),
        last: undefined,
      };
      for (let turn = 0; turn < 60; turn++) yield* happen(storm);
      store.broken.clear();
      server.troubles.length = 0;
      yield* TestClock.adjust("5 minutes");
      for (const caller of storm.callers) {
        const exit = caller.pollUnsafe();
        if (exit === undefined) return assert.fail("somebody still waits");
        assert.isFalse(Exit.isFailure(exit) && Cause.hasDies(exit.cause), String(exit));
      }
      for (const session of sessions) {
        const login = yield* World.asks(session.signIn(server.signIn(0)));
        yield* TestClock.adjust("2 minutes");
        assert.isDefined(login.pollUnsafe());
        const caller = yield* World.asks(session.token());
        yield* TestClock.adjust("1 minute");
        assert.strictEqual(caller.pollUnsafe()?._tag, "Success");
      }
      const times = server.tokenRequests.map(({ at }) => at);
      assert.isBelow(times.length, 150);
    }, store.layer).pipe(Effect.provide(Logger.layer([])));
  }, { arbitrary: { runs: 25 } });
});
