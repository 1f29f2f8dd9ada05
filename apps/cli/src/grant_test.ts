import { assert, describe, it } from "@effect/vitest";
import { Effect, Option } from "effect";
import { grantOf } from "./grant.ts";

describe("grantOf()", () => {
  it.effect("takes what was asked for, else what is known", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* grantOf(Option.some("device"), "client-credentials"), "device");
      assert.strictEqual(yield* grantOf(Option.none(), "client-credentials"), "client-credentials");
      assert.isUndefined(yield* grantOf(Option.none(), undefined));
    }));

  it.effect("refuses a grant of another build and names its own", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(grantOf(Option.some("im\u001bplicit"), "auto"));
      assert.strictEqual(error.exitCode, 2);
      assert.include(error.message, `"implicit"`);
      assert.include(error.hint, "code, device, client-credentials, auto");
    }));
});
