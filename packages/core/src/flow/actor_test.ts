import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Scope } from "effect";
import { TestClock } from "effect/testing";
import { actor } from "./actor.ts";
import { define } from "./definition.ts";
import { errand } from "./testdata/errand.ts";

function errandTaking(millis: number, log: Array<string>) {
  return define(errand, {
    operations: {
      fetch: {
        onResume: "rerun",
        run: () =>
          Effect.delay(Effect.succeed({ type: "fetched" as const, what: "bread" }), millis).pipe(
            Effect.onInterrupt(() => Effect.sync(() => log.push("interrupted"))),
          ),
      },
      deliver: { onResume: "never", run: () => Effect.succeed({ type: "delivered" }) },
    },
  });
}

const input = { restMillis: 1_000 };

describe("actor()", () => {
  it.effect("runs operations as Effects and timers on Effect's clock", () =>
    Effect.gen(function* () {
      const made = yield* actor(errandTaking(10, []), { input });
      made.start();
      yield* TestClock.adjust(1_009);
      assert.deepStrictEqual(made.getSnapshot().value, { "under way": "resting" });
      yield* TestClock.adjust(1);
      assert.deepStrictEqual(made.getSnapshot().output, { _tag: "Delivered", nudges: 0 });
    }));

  it.effect("interrupts the operation when the chart leaves its state", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const made = yield* actor(errandTaking(90_000, log), { input });
      made.start();
      yield* TestClock.adjust(60_000);
      assert.strictEqual(made.getSnapshot().output?._tag, "Late");
      assert.deepStrictEqual(log, ["interrupted"]);
    }));

  it.effect("stops with its scope", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const scope = yield* Scope.make();
      const made = yield* Scope.provide(actor(errandTaking(90_000, log), { input }), scope);
      made.start();
      yield* TestClock.adjust(1);
      yield* Scope.close(scope, Exit.void);
      yield* TestClock.adjust(1);
      assert.strictEqual(made.getSnapshot().status, "stopped");
      assert.deepStrictEqual(log, ["interrupted"]);
    }));

  it.effect("tells a defect in an operation as the actor's error", () =>
    Effect.gen(function* () {
      const broken = define(errand, {
        operations: {
          fetch: { onResume: "rerun", run: () => Effect.die(new Error("no shop")) },
          deliver: { onResume: "never", run: () => Effect.succeed({ type: "delivered" }) },
        },
      });
      const made = yield* actor(broken, { input });
      const errors: Array<unknown> = [];
      made.subscribe({ error: (error) => errors.push(error) });
      made.start();
      assert.strictEqual(made.getSnapshot().status, "error");
      assert.deepStrictEqual(errors.map(String), ["Error: no shop"]);
    }));
});
