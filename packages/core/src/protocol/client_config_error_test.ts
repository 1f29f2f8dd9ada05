import { assert, describe, it } from "@effect/vitest";
import { ClientConfigError } from "./client_config_error.ts";

describe("client_config_error", () => {
  it("ClientConfigError says what is wrong, and what to do beside it", () => {
    const error = new ClientConfigError({ problem: "weakKey", description: "a", hint: "b" });
    assert.strictEqual(String(error), "ClientConfigError: a");
    assert.deepInclude(error, { _tag: "ClientConfigError", problem: "weakKey", hint: "b" });
    assert.notProperty(error, "cause");
  });
});
