import { assert, describe, it } from "@effect/vitest";
import { initial, withIssuer } from "./server_state.ts";

describe("initial()", () => {
  it("fills in what was not told", () => {
    const { settings } = initial();
    assert.deepStrictEqual({ ...settings, clients: [...settings.clients.keys()] }, {
      issuer: "https://as.example.com",
      clients: ["app"],
      scopes: ["openid", "profile", "read", "write", "admin"],
      defaultScopes: ["read"],
      accessTokenSeconds: undefined,
      refreshTokenSeconds: undefined,
      deviceCodeSeconds: 600,
      intervalSeconds: undefined,
      codeSeconds: 60,
      rotation: { type: "none" },
      slowDown: "measured",
      refreshTokens: true,
      subject: "person-1",
      signIdToken: undefined,
      jwks: { keys: [] },
      idTokenAlgorithm: "EdDSA",
    });
  });
});

describe("withIssuer()", () => {
  it("leaves the state before as it was", () => {
    const before = initial();
    assert.strictEqual(
      withIssuer(before, "http://127.0.0.1:1").settings.issuer,
      "http://127.0.0.1:1",
    );
    assert.strictEqual(before.settings.issuer, "https://as.example.com");
  });
});
