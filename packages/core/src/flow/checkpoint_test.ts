import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Layer, Redacted, Schema, Scope } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { TestClock } from "effect/testing";
import { assign, setup } from "xstate";
import { operation } from "../chart/operation.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import { generateKey, SealingKeys } from "../protocol/seal.ts";
import { type Checkpoint, open, seal } from "./checkpoint.ts";
import { define } from "./definition.ts";
import { resume, start } from "./flow.ts";
import { errand } from "./testdata/errand.ts";

const input = { restMillis: 1_000 };

interface Behaviour {
  readonly fetchMillis?: number;
  readonly log?: Array<string>;
  readonly lostFetch?: boolean;
}

function errandFlow({ fetchMillis = 10, log = [], lostFetch = false }: Behaviour = {}) {
  return define(errand, {
    context: Schema.Struct({
      restMillis: Schema.Number,
      nudges: Schema.Number,
      what: Schema.String,
    }),
    operations: {
      fetch: {
        onResume: lostFetch ? () => ({ type: "fetched", what: "lost" }) : "rerun",
        run: () =>
          Effect.sync(() => log.push("fetch")).pipe(
            Effect.andThen(Effect.sleep(fetchMillis)),
            Effect.as({ type: "fetched" as const, what: "bread" }),
          ),
      },
      deliver: {
        onResume: "never",
        run: ({ what }) =>
          Effect.sync(() => log.push(`deliver ${what}`)).pipe(
            Effect.andThen(Effect.sleep(20)),
            Effect.as({ type: "delivered" as const }),
          ),
      },
    },
  });
}

/** Starts an errand, lets time pass, takes a checkpoint and ends the flow. */
const checkpointAt = Effect.fnUntraced(function* (millis: number, behaviour: Behaviour = {}) {
  const scope = yield* Scope.make();
  const flow = yield* Scope.provide(start(errandFlow(behaviour), { input, flowId: "f" }), scope);
  yield* TestClock.adjust(millis);
  const checkpoint = yield* flow.checkpoint;
  yield* Scope.close(scope, Exit.void);
  return checkpoint;
});

describe("Flow.checkpoint", () => {
  it.effect("is the flow as plain data: place, context, timers by wall clock, operations", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* checkpointAt(300), {
        format: 1,
        chart: "errand",
        chartVersion: "1",
        flowId: "f",
        at: 300,
        value: { "under way": "resting" },
        context: { restMillis: 1_000, nudges: 0, what: "bread" },
        timers: [
          {
            id: "xstate.after.deadline.errand.under way",
            event: "xstate.after.deadline.errand.under way",
            dueAt: 60_000,
          },
          {
            id: "xstate.after.rest.errand.under way.resting",
            event: "xstate.after.rest.errand.under way.resting",
            dueAt: 1_010,
          },
        ],
        operations: [],
      });
    }));

  it.effect("is refused while an operation is under way that must not run twice", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(checkpointAt(1_015));
      assert.deepInclude(error.reason, { _tag: "OperationUnderWay", operation: "deliver" });
    }));

  it.effect("is refused after the end", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(checkpointAt(1_031));
      assert.strictEqual(error.reason._tag, "FlowEnded");
    }));

  it.effect("leaves the flow running", () =>
    Effect.gen(function* () {
      const flow = yield* start(errandFlow(), { input });
      yield* TestClock.adjust(500);
      yield* flow.checkpoint;
      yield* TestClock.adjust(530);
      assert.strictEqual((yield* flow.await)._tag, "Delivered");
    }));
});

describe("resume()", () => {
  it.effect("waits for what is left of a timer, counted by the wall clock", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const checkpoint = yield* checkpointAt(300);
      yield* TestClock.adjust(400);
      const flow = yield* resume(errandFlow({ log }), checkpoint);
      yield* TestClock.adjust(309);
      assert.deepStrictEqual(log, []);
      yield* TestClock.adjust(1);
      assert.deepStrictEqual(log, ["deliver bread"]);
      yield* TestClock.adjust(20);
      assert.strictEqual((yield* flow.await)._tag, "Delivered");
    }));

  it.effect("fires overdue timers at once in the order they were due", () =>
    Effect.gen(function* () {
      const checkpoint = yield* checkpointAt(300);
      yield* TestClock.adjust("1 hour");
      const seen: Array<string> = [];
      const flow = yield* Effect.provideService(resume(errandFlow(), checkpoint), Observer, {
        observe: (each) => each.type === "timer.fired" && seen.push(each.timer),
      });
      assert.strictEqual((yield* flow.await)._tag, "Late");
      assert.deepStrictEqual(seen, ["after rest", "after deadline"]);
    }));

  it.effect("starts an operation again that was under way", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const checkpoint = yield* checkpointAt(5, { fetchMillis: 10, log });
      assert.deepStrictEqual(checkpoint.operations, [{ id: "fetch", src: "fetch" }]);
      const flow = yield* resume(errandFlow({ fetchMillis: 10, log }), checkpoint);
      yield* TestClock.adjust(10);
      assert.deepStrictEqual(log, ["fetch", "fetch"]);
      assert.strictEqual(yield* flow.path, "under way.resting");
    }));

  it.effect("does not start an operation again whose time is over", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const checkpoint = yield* checkpointAt(5, { log });
      yield* TestClock.adjust("1 hour");
      const flow = yield* resume(errandFlow({ log }), checkpoint);
      assert.strictEqual((yield* flow.await)._tag, "Late");
      assert.deepStrictEqual(log, ["fetch"]);
    }));

  it.effect("answers for an operation that is given up with its process", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const checkpoint = yield* checkpointAt(5, { log });
      yield* resume(errandFlow({ log, lostFetch: true }), checkpoint);
      yield* TestClock.adjust(1_000);
      assert.deepStrictEqual(log, ["fetch", "deliver lost"]);
    }));

  it.effect("interrupts a resumed operation when the chart leaves its state", () =>
    Effect.gen(function* () {
      const checkpoint = yield* checkpointAt(5, { fetchMillis: 90_000 });
      const seen: Array<Observation> = [];
      const flow = yield* Effect.provideService(
        resume(errandFlow({ fetchMillis: 90_000 }), checkpoint),
        Observer,
        { observe: (each) => seen.push(each) },
      );
      yield* TestClock.adjust(59_995);
      assert.strictEqual((yield* flow.await)._tag, "Late");
      assert.isTrue(
        seen.some((each) => each.type === "operation.ended" && each.answer === "interrupted"),
      );
      assert.isTrue(seen.some((each) => each.type === "flow.started" && each.resumed));
    }));

  it.effect("keeps the name of the run", () =>
    Effect.gen(function* () {
      const flow = yield* resume(errandFlow(), yield* checkpointAt(300));
      assert.strictEqual(flow.flowId, "f");
    }));

  it.effect("refuses another chart, version and format by name", () =>
    Effect.gen(function* () {
      const checkpoint = yield* checkpointAt(300);
      const refusals: Array<string> = [];
      for (
        const wrong of [
          { ...checkpoint, chart: "other" },
          { ...checkpoint, chartVersion: "0" },
          { ...checkpoint, format: 2 as 1 },
        ]
      ) {
        refusals.push((yield* Effect.flip(resume(errandFlow(), wrong))).reason._tag);
      }
      assert.deepStrictEqual(refusals, ["OtherChart", "OtherVersion", "OtherFormat"]);
    }));
});

const secretive = setup({
  types: {
    context: {} as { readonly secret: Redacted.Redacted },
    events: {} as { readonly type: "go" },
  },
  actors: { use: operation<{ readonly secret: Redacted.Redacted }, { readonly type: "go" }>() },
  actions: { forget: assign({ secret: () => Redacted.make("") }) },
}).createMachine({
  id: "secretive",
  version: "3",
  context: { secret: Redacted.make("planted-7c1f") },
  initial: "waiting",
  states: { waiting: { on: { go: "done" } }, done: { type: "final" } },
});

function secretFlow(chart: typeof secretive = secretive) {
  return define(chart, {
    context: Schema.Struct({ secret: Schema.RedactedFromValue(Schema.String) }),
    operations: { use: { onResume: "rerun", run: () => Effect.succeed({ type: "go" }) } },
  });
}

const newKeys = Layer.effect(
  SealingKeys,
  Effect.map(generateKey(), (key) => ({ keys: [key] as const })),
);

const crypto = Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto).pipe(
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

describe("seal() and open()", () => {
  it.layer(Layer.provideMerge(newKeys, crypto))((it) => {
    const sealed = Effect.gen(function* () {
      const flow = yield* start(secretFlow());
      return yield* seal(secretFlow(), yield* flow.checkpoint);
    });

    it.effect("give the checkpoint back, secrets redacted", () =>
      Effect.gen(function* () {
        const opened = yield* open(secretFlow(), yield* sealed);
        assert.strictEqual(Redacted.value(opened.context.secret), "planted-7c1f");
        assert.notInclude(JSON.stringify(opened), "planted-7c1f");
        const flow = yield* resume(secretFlow(), opened);
        yield* flow.send({ type: "go" });
        yield* flow.await;
      }));

    it.effect("leave no secret readable", () =>
      Effect.gen(function* () {
        assert.notInclude(new TextDecoder("latin1").decode(yield* sealed), "planted");
      }));

    it.effect("refuse another version by name before anything is decrypted", () =>
      Effect.gen(function* () {
        const bytes = yield* sealed;
        const newer = secretFlow(secretive.provide({}));
        Object.assign(newer.chart, { version: "4" });
        const error = yield* Effect.flip(open(newer, bytes));
        assert.deepInclude(error.reason, { _tag: "OtherVersion", found: "3", expected: "4" });
      }));

    it.effect("refuse a header that was changed, and anything else that was", () =>
      Effect.gen(function* () {
        const bytes = yield* sealed;
        const tags = new Set<string>();
        for (let at = 0; at < bytes.length; at++) {
          const changed = Uint8Array.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ 1;
          tags.add((yield* Effect.flip(open(secretFlow(), changed))).reason._tag);
        }
        assert.isTrue(tags.has("SealError"));
        assert.isTrue(tags.has("Unreadable"));
      }));

    it.effect("refuse what is cut short", () =>
      Effect.gen(function* () {
        const bytes = yield* sealed;
        for (let length = 0; length < bytes.length; length++) {
          yield* Effect.flip(open(secretFlow(), bytes.subarray(0, length)));
        }
      }));
  });

  it.effect("refuse another key as a key, not as damage", () =>
    Effect.gen(function* () {
      const sealed = yield* Effect.provide(
        Effect.flatMap(checkpointAt(300), (each) => seal(errandFlow(), each as Checkpoint<never>)),
        newKeys,
      );
      const error = yield* Effect.flip(Effect.provide(open(errandFlow(), sealed), newKeys));
      assert.isTrue(
        error.reason._tag === "SealError" && error.reason.reason._tag === "UnknownKey",
      );
    }).pipe(Effect.provide(crypto)));
});
