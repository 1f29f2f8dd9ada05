import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { currentSpan } from "./current_span.ts";

describe("currentSpan()", () => {
  it.effect("has the ids of the fiber's span, and of the one around it", () =>
    Effect.gen(function* () {
      const around = yield* Effect.currentSpan;
      const span = yield* Effect.withSpan(
        Effect.zip(Effect.currentSpan, Effect.sync(currentSpan)),
        "inner",
      );
      const [{ traceId, spanId }, found] = span;
      assert.deepStrictEqual(found, { traceId, spanId, parentId: around.spanId });
    }).pipe(Effect.withSpan("outer")));

  it.effect("is nothing where there is no span", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* Effect.sync(currentSpan));
    }));

  it("is nothing where no fiber runs", () => {
    assert.isUndefined(currentSpan());
  });
});
