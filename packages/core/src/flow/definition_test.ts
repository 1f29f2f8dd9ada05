import { assert, describe, it } from "@effect/vitest";
import { Context, Effect } from "effect";
import type { SecureRandom } from "effect/crypto";
import { actor } from "./actor.ts";
import { chartVersion, define, type FlowDefinition } from "./definition.ts";
import { run } from "./flow.ts";
import { errand } from "./testdata/errand.ts";

interface Shop {
  readonly bread: string;
}
const Shop: Context.Service<Shop, Shop> = Context.Service("test/Shop");

const input = { restMillis: 1 };

const deliver = {
  onResume: "never",
  run: () => Effect.succeed({ type: "delivered" as const }),
} as const;
const fetch = {
  onResume: "rerun",
  run: () => Effect.succeed({ type: "fetched" as const, what: "" }),
} as const;

describe("define()", () => {
  it("reads the needed services off the operations", () => {
    const flow = define(errand, {
      operations: {
        deliver,
        fetch: {
          onResume: "rerun",
          run: () => Effect.map(Shop, ({ bread }) => ({ type: "fetched", what: bread })),
        },
      },
    });
    const typed: FlowDefinition<typeof errand, Shop> = flow;
    const needs: Effect.Effect<unknown, never, Shop> = run(flow, { input });
    // @ts-expect-error The shop is needed
    const needsNothing: Effect.Effect<unknown> = run(flow, { input });
    // @ts-expect-error Another service does not stand for it
    const needsOther: Effect.Effect<unknown, never, SecureRandom.SecureRandom> = run(flow, {
      input,
    });
    // @ts-expect-error The chart takes an input
    const withoutInput = () => run(flow);
    // @ts-expect-error So it does as an actor
    const actorWithoutInput = () => actor(flow);
    for (const each of [withoutInput, actorWithoutInput]) assert.isFunction(each);
    assert.strictEqual(typed.chart, errand);
    assert.isDefined(needs && needsNothing && needsOther);
  });

  it("takes no definition with an operation missing, or with a wrong answer or input", () => {
    // @ts-expect-error `fetch` is missing
    define(errand, { operations: { deliver } });
    define(errand, {
      operations: {
        deliver,
        // @ts-expect-error `fetch` is answered by `fetched`, not by `delivered`
        fetch: { onResume: "rerun", run: () => Effect.succeed({ type: "delivered" }) },
      },
    });
    define(errand, {
      operations: {
        fetch,
        // @ts-expect-error its input has no `where`
        deliver: { onResume: "never", run: ({ where }) => Effect.succeed({ type: where }) },
      },
    });
    define(errand, {
      operations: {
        deliver,
        // @ts-expect-error an operation never fails
        fetch: { onResume: "rerun", run: () => Effect.fail("no shop") },
      },
    });
    assert.isDefined(define(errand, { operations: { deliver, fetch } }));
  });
});

describe("chartVersion()", () => {
  it("is the chart's own", () => {
    assert.strictEqual(chartVersion(errand), "1");
  });
});
