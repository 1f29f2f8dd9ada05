import { assert, describe, it } from "@effect/vitest";
import { loginCommand, noSession } from "./login_command.ts";

describe("loginCommand()", () => {
  it("names the profile unless it is the default", () => {
    assert.strictEqual(loginCommand("default"), "bellhop login");
    assert.strictEqual(loginCommand("work"), "bellhop login --profile work");
  });
});

describe("noSession()", () => {
  it("exits with 8 and says how to get one", () => {
    const { exitCode, code, hint } = noSession("work");
    assert.deepStrictEqual([exitCode, code], [8, "no_session"]);
    assert.strictEqual(hint, "Log in: bellhop login --profile work");
  });
});
