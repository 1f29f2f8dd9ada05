import { assert, it } from "@effect/vitest";
import { ViolationError } from "./violation_error.ts";

it("ViolationError says the whole report", () => {
  const report = "Seed 7: neverAfter is violated after 130.000 s\n  must hold: …";
  const error = new ViolationError({ seed: 7, invariant: "neverAfter", report });
  assert.strictEqual(error.message, report);
  assert.strictEqual(error._tag, "ViolationError");
  assert.include(error.hint, "in the place of the check");
});
