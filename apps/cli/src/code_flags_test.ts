import { assert, describe, it } from "@effect/vitest";
import { Effect, Option } from "effect";
import { codeRequestOf } from "./code_flags.ts";

const none = {
  prompt: Option.none<string>(),
  loginHint: Option.none<string>(),
  acrValues: Option.none<string>(),
  maxAge: Option.none<number>(),
};

describe("codeRequestOf()", () => {
  it.effect("asks for nothing that was not told", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* codeRequestOf(none), {});
    }));

  it.effect("splits lists at white space", () =>
    Effect.gen(function* () {
      const request = yield* codeRequestOf({
        prompt: Option.some(" login  consent "),
        loginHint: Option.some("ada"),
        acrValues: Option.some("gold silver"),
        maxAge: Option.some(0),
      });
      assert.deepStrictEqual(request, {
        prompt: ["login", "consent"],
        loginHint: "ada",
        acrValues: ["gold", "silver"],
        maxAgeSeconds: 0,
      });
    }));

  it.effect("refuses a prompt that is none", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        codeRequestOf({ ...none, prompt: Option.some("login always") }),
      );
      assert.include(error.message, `"always"`);
      assert.include(error.hint, "select_account");
    }));
});
