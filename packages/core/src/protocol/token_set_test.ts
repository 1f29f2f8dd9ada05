import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted, Schema } from "effect";
import { expiresAtMillis, TokenSet } from "./token_set.ts";

const full: TokenSet = {
  accessToken: Redacted.make("planted-access"),
  tokenType: "Bearer",
  obtainedAtMillis: 1_000,
  expiresInSeconds: 60,
  scope: ["a", "b"],
  refreshToken: Redacted.make("planted-refresh"),
  idToken: Redacted.make("planted-id"),
  issuedTokenType: "urn:ietf:params:oauth:token-type:jwt",
};

describe("token_set", () => {
  it.effect("TokenSet encodes to wire names", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Schema.encodeEffect(TokenSet)(full), {
        access_token: "planted-access",
        token_type: "Bearer",
        obtained_at_millis: 1_000,
        expires_in: 60,
        scope: ["a", "b"],
        refresh_token: "planted-refresh",
        id_token: "planted-id",
        issued_token_type: "urn:ietf:params:oauth:token-type:jwt",
      });
    }));

  it.effect.prop(
    "TokenSet decodes what it encodes",
    [TokenSet],
    ([tokens]) =>
      Effect.gen(function* () {
        const json = yield* Schema.encodeEffect(TokenSet)(tokens);
        const again = yield* Schema.decodeUnknownEffect(TokenSet)(JSON.parse(JSON.stringify(json)));
        const written = JSON.stringify(yield* Schema.encodeEffect(TokenSet)(again));
        assert.strictEqual(written, JSON.stringify(json));
      }),
  );

  it.effect("TokenSet refuses an empty access token", () =>
    Effect.gen(function* () {
      const json = { ...(yield* Schema.encodeEffect(TokenSet)(full)), access_token: "" };
      const exit = yield* Effect.exit(Schema.decodeEffect(TokenSet)(json));
      assert.strictEqual(exit._tag, "Failure");
    }));

  it("TokenSet shows no secret", () => {
    assert.notInclude(JSON.stringify(full) + String(full.accessToken), "planted");
  });

  it("expiresAtMillis() counts from when the tokens were obtained", () => {
    assert.strictEqual(expiresAtMillis(full), 61_000);
  });

  it("expiresAtMillis() knows nothing where no lifetime is known", () => {
    assert.strictEqual(expiresAtMillis({ obtainedAtMillis: 1_000 }), undefined);
  });
});
