import { assert, describe, it } from "@effect/vitest";
import { RecorderError } from "./recorder_error.ts";

describe("RecorderError", () => {
  it("says what happened to which file, and what to do", () => {
    const cause = new Error("EACCES");
    for (const operation of ["open", "protect", "write"] as const) {
      const { message, hint, _tag } = new RecorderError({ path: "/run.jsonl", operation, cause });
      assert.include(message, "/run.jsonl");
      assert.isAbove(hint.length, 10);
      assert.strictEqual(_tag, "RecorderError");
    }
  });
});
