import { assert, describe, it } from "@effect/vitest";
import { Effect, Option } from "effect";
import { grantOf } from "./grant.ts";

describe("grantOf()", () => {
  it.effect("takes what was asked for, else what is known, else the device grant", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* grantOf(Option.some("device"), "client-credentials"), "device");
      assert.strictEqual(yield* grantOf(Option.none(), "client-credentials"), "client-credentials");
      assert.strictEqual(yield* grantOf(Option.none()), "device");
    }));

  it.effect("refuses a grant of another build and names its own", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(grantOf(Option.some("co\u001bde")));
      assert.strictEqual(error.exitCode, 2);
      assert.include(error.message, `"code"`);
      assert.include(error.hint, "device, client-credentials");
    }));
});
