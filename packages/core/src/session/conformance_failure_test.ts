import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { expectSame } from "./conformance_failure.ts";

describe("expectSame()", () => {
  it.effect("compares member by member, in any order of the members", () =>
    expectSame("same", { actual: { a: [1], b: 2 }, expected: { b: 2, a: [1] } }));

  it.effect("fails with both values", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(expectSame("counts", { actual: [1, 3], expected: [1, 2] }));
      assert.strictEqual(error.message, "counts: expected [1,2], got [1,3]");
    }));
});
