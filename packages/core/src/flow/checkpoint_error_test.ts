import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { CheckpointError, OtherVersion, Unreadable } from "./checkpoint_error.ts";

describe("CheckpointError", () => {
  it("says in its message what the reason says", () => {
    const reason = new OtherVersion({ chart: "device", expected: "2", found: "1" });
    const error = new CheckpointError({ reason });
    assert.strictEqual(error.message, reason.message);
    assert.include(error.message, `version "1" of chart "device", here is "2"`);
  });

  it.effect("is caught by its reason", () =>
    Effect.gen(function* () {
      const caught = yield* Effect.fail(new CheckpointError({ reason: new Unreadable() })).pipe(
        Effect.catchReason("CheckpointError", "Unreadable", () => Effect.succeed("caught")),
      );
      assert.strictEqual(caught, "caught");
    }));
});
