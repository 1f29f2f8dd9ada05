import { assert, describe, it } from "@effect/vitest";
import { KeySourceError } from "./key_source_error.ts";

describe("KeySourceError", () => {
  it("says where and what, and nothing that it was not given", () => {
    const error = new KeySourceError({
      problem: "missing",
      location: "keyring: bellhop/store-1",
      description: "it holds no key any more",
      hint: "Restore it",
    });
    assert.strictEqual(
      error.message,
      `Sealing key cannot be had from "keyring: bellhop/store-1": it holds no key any more`,
    );
    assert.deepInclude(error, {
      _tag: "KeySourceError",
      name: "KeySourceError",
      hint: "Restore it",
    });
    assert.isUndefined(error.cause);
  });
});
