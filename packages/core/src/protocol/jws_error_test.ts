import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { JwsError } from "./jws_error.ts";

describe("jws_error", () => {
  it.effect("JwsError is caught by its tag and says what is wrong", () =>
    Effect.gen(function* () {
      const failed = Effect.fail(new JwsError({ problem: "key", description: "it is off" }));
      const caught = yield* Effect.catchTag(failed, "JwsError", (error) =>
        Effect.succeed([error.problem, error.message, error.name]));
      assert.deepStrictEqual(caught, ["key", "Signed token refused: it is off", "JwsError"]);
    }));
});
