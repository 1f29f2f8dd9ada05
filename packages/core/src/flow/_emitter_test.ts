import { assert, describe, it } from "@effect/vitest";
import { Effect, Scheduler } from "effect";
import { emit, setup } from "xstate";
import { define } from "./definition.ts";
import { start } from "./flow.ts";

type Tick = { readonly type: "tick" };

/** Emits something for each tick. */
const ticker = setup({
  types: { events: {} as Tick, emitted: {} as { readonly type: "ticked" } },
  actions: { tell: emit({ type: "ticked" }) },
}).createMachine({
  id: "ticker",
  version: "1",
  initial: "ticking",
  states: { ticking: { on: { tick: { actions: "tell" } } } },
});

/** Has fibers let others go first after every so many operations of all of them. */
class EagerScheduler extends Scheduler.MixedScheduler {
  readonly #every: number;
  #operations = 0;

  constructor(every: number) {
    super();
    this.#every = every;
  }

  override shouldYield(): boolean {
    this.#operations += 1;
    return this.#operations % this.#every === 0;
  }
}

function ticksTold(every: number, ticks: number): Effect.Effect<number> {
  let told = 0;
  return Effect.gen(function* () {
    const flow = yield* start(define(ticker, { operations: {} }), {
      onEmit: (): Effect.Effect<void> => Effect.sync(() => void (told += 1)),
    });
    for (let tick = 0; tick < ticks; tick++) {
      yield* flow.send({ type: "tick" });
      yield* Effect.yieldNow;
    }
    for (let turn = 0; turn < 200; turn++) yield* Effect.yieldNow;
    return told;
  }).pipe(
    Effect.scoped,
    Effect.provideService(Scheduler.Scheduler, new EagerScheduler(every)),
  );
}

describe("what a flow emits", () => {
  it.effect("is handed out whole, wherever a fiber lets others go first", () =>
    Effect.gen(function* () {
      for (let every = 5; every < 80; every++) {
        assert.strictEqual(yield* ticksTold(every, 40), 40, `every ${every}`);
      }
    }));

  it.effect("is handed out one after the other, also what is emitted meanwhile", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      let again: Effect.Effect<void> = Effect.void;
      const flow = yield* start(define(ticker, { operations: {} }), {
        onEmit: (): Effect.Effect<void> =>
          Effect.suspend(() => {
            log.push("begins");
            const more = log.length === 1 ? again : Effect.void;
            return Effect.andThen(more, Effect.sync(() => void log.push("ends")));
          }),
      });
      again = flow.send({ type: "tick" });
      yield* again;
      yield* Effect.yieldNow;
      assert.deepStrictEqual(log, ["begins", "ends", "begins", "ends"]);
    }).pipe(Effect.scoped));
});
