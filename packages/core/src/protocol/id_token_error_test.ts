import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { IdTokenError, type IdTokenProblem } from "./id_token_error.ts";

describe("id_token_error", () => {
  it.effect("IdTokenError is caught by its tag and says what is wrong", () =>
    Effect.gen(function* () {
      const failed = Effect.fail(new IdTokenError({ problem: "nonce", description: "it is off" }));
      const caught = yield* Effect.catchTag(
        failed,
        "IdTokenError",
        (error) => Effect.succeed([error.problem, error.message, error.name]),
      );
      assert.deepStrictEqual(caught, ["nonce", "ID token refused: it is off", "IdTokenError"]);
    }));

  const hints: ReadonlyArray<readonly [IdTokenProblem, string]> = [
    ["missing", "openid"],
    ["issuedAt", "clock"],
    ["algorithm", "registered"],
    ["acr", "second factor"],
    ["unknownKey", "Try again"],
    ["audience", "Log in again"],
    ["signature", "Log in again"],
  ];
  for (const [problem, words] of hints) {
    it(`hint tells what to do about ${problem}`, () => {
      assert.include(new IdTokenError({ problem, description: "" }).hint, words);
    });
  }
});
