import { assert, describe, it } from "@effect/vitest";
import { InsufficientScope, OriginError, UnusableToken } from "./session_client_error.ts";

const url = "https://api.example.com/a";

describe("InsufficientScope", () => {
  it("names the scopes, and what to ask for", () => {
    const error = new InsufficientScope({ url, scope: ["a", "b"], description: "no" });
    assert.strictEqual(error.message, `The token is not enough for "${url}": it lacks "a", "b"`);
    assert.strictEqual(error.hint, `Log in again and ask for the scope "a b"`);
  });

  it("says what the server says where it names no scope", () => {
    const error = new InsufficientScope({ url, scope: [], description: "admins only" });
    assert.strictEqual(error.message, `The token is not enough for "${url}": admins only`);
    const silent = new InsufficientScope({ url, scope: [] });
    assert.strictEqual(silent.message, `The token is not enough for "${url}"`);
    assert.notInclude(silent.hint, `"`);
  });
});

describe("UnusableToken", () => {
  it("says what is wrong, and what to do about it", () => {
    const type = new UnusableToken({ problem: "type", tokenType: "DPoP" });
    assert.strictEqual(type.message, `The session's token (type "DPoP") is not of type Bearer`);
    const characters = new UnusableToken({ problem: "characters", tokenType: "Bearer" });
    assert.notStrictEqual(characters.message, type.message);
    assert.notStrictEqual(characters.hint, type.hint);
  });
});

describe("OriginError", () => {
  it("says what is wrong with which origin, and what to do about it", () => {
    const error = new OriginError({ problem: "notSecure", origin: "http://api.example.com" });
    assert.strictEqual(
      error.message,
      `"http://api.example.com" is not HTTPS and not on the loopback interface`,
    );
    assert.include(error.hint, "https");
    assert.include(new OriginError({ problem: "none", origin: "" }).hint, "https://");
  });
});
