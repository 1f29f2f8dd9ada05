import { assert, describe, it } from "@effect/vitest";
import { AuthorizationRequestError } from "./authorization_request_error.ts";

describe("AuthorizationRequestError", () => {
  it("says what is wrong, and what to do about it", () => {
    const error = new AuthorizationRequestError({
      problem: "pkceUnsupported",
      description: "no S256",
    });
    assert.strictEqual(error.message, "Authorization request was not made: no S256");
    assert.include(error.hint, "off-because-the-server-refuses-it");
  });

  it("gives the better advice of whoever knows more", () => {
    const error = new AuthorizationRequestError({
      problem: "redirectUri",
      description: "no",
      hint: "Use https",
    });
    assert.strictEqual(error.hint, "Use https");
  });
});
