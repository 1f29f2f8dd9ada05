import { assert, describe, it } from "@effect/vitest";
import { failures } from "./testdata/failures.ts";
import { statusOf, WebLoginError } from "./web_login_error.ts";

describe("WebLoginError", () => {
  for (const [reason, status] of failures) {
    const name = "error" in reason && "reason" in reason.error
      ? `${reason._tag} of ${reason.error.reason._tag}`
      : reason._tag;
    it(`says what happened and what to do: ${name} is a ${status}`, () => {
      const error = new WebLoginError({ reason });
      assert.strictEqual(statusOf(error), status);
      assert.strictEqual(error.message, reason.message);
      assert.match(error.message, /^[A-Z].*[^.]$/s);
      assert.match(error.hint, /^[A-Z].*[^.]$/s);
    });
  }
});
