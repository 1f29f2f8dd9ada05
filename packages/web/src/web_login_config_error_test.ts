import { assert, describe, it } from "@effect/vitest";
import { WebLoginConfigError } from "./web_login_config_error.ts";

describe("WebLoginConfigError", () => {
  it("says what is wrong, and of which option", () => {
    const error = new WebLoginConfigError({ problem: "origin", description: "no origin" });
    assert.strictEqual(error.message, "Web logins cannot be set up: no origin");
    assert.strictEqual(error.problem, "origin");
    assert.strictEqual(error._tag, "WebLoginConfigError");
  });
});
