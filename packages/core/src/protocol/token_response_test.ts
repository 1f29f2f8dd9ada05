import { assert, describe, it } from "@effect/vitest";
import { Redacted, Result } from "effect";
import { membersIn, textIn, vectorsOf } from "./testdata/vectors.ts";
import { decode } from "./token_response.ts";
import type { TokenSet } from "./token_set.ts";

function decoded(
  members: Record<string, unknown>,
  scope: ReadonlyArray<string> = ["asked"],
): TokenSet {
  const body = { access_token: "a", token_type: "Bearer", ...members };
  return Result.getOrThrow(decode(body, { obtainedAtMillis: 7, scope }));
}

describe("token_response", () => {
  for (const { id, input } of vectorsOf("token-response")) {
    it(`decode() ${id}`, () => {
      const body = membersIn(input, "body");
      const tokens = Result.getOrThrow(decode(body, { obtainedAtMillis: 0 }));
      assert.strictEqual(Redacted.value(tokens.accessToken), textIn(body, "access_token"));
      assert.strictEqual(tokens.tokenType, textIn(body, "token_type"));
      assert.strictEqual(body["expires_in"], tokens.expiresInSeconds);
      assert.deepStrictEqual(tokens.refreshToken, Redacted.make(textIn(body, "refresh_token")));
    });
  }

  it("decode() takes the time from its caller", () => {
    assert.strictEqual(decoded({}).obtainedAtMillis, 7);
  });

  for (const value of [3600, "3600", " 3600 ", "3600.0"]) {
    it(`decode() takes ${JSON.stringify(value)} as lifetime`, () => {
      assert.strictEqual(decoded({ expires_in: value }).expiresInSeconds, 3600);
    });
  }

  const odd = [0, -1, "0", "-5", "", "soon", "1e3", NaN, Infinity, 315_360_001, null, true, [60]];
  for (const value of odd) {
    it(`decode() drops ${String(value)} as lifetime`, () => {
      assert.notProperty(decoded({ expires_in: value }), "expiresInSeconds");
    });
  }

  it("decode() takes ten years as lifetime", () => {
    assert.strictEqual(decoded({ expires_in: 315_360_000 }).expiresInSeconds, 315_360_000);
  });

  const types: ReadonlyArray<readonly [unknown, string]> = [
    ["bearer", "bearer"],
    ["BEARER", "BEARER"],
    ["DPoP", "DPoP"],
    ["", "Bearer"],
    [undefined, "Bearer"],
    [5, "Bearer"],
  ];
  for (const [written, read] of types) {
    it(`decode() reads token_type ${JSON.stringify(written)} as ${read}`, () => {
      assert.strictEqual(decoded({ token_type: written }).tokenType, read);
    });
  }

  const scopes: ReadonlyArray<readonly [unknown, ReadonlyArray<string>]> = [
    ["a b", ["a", "b"]],
    [" a  b ", ["a", "b"]],
    ["a,b", ["a", "b"]],
    ["a,b c", ["a,b", "c"]],
    ["https://www.googleapis.com/auth/x", ["https://www.googleapis.com/auth/x"]],
    ["", ["asked"]],
    [undefined, ["asked"]],
    [["a"], ["asked"]],
  ];
  for (const [written, read] of scopes) {
    it(`decode() reads scope ${JSON.stringify(written)} as ${read.join(" and ")}`, () => {
      assert.deepStrictEqual(decoded({ scope: written }).scope, read);
    });
  }

  it("decode() grants no scope where none was asked for and none is told", () => {
    const tokens = Result.getOrThrow(decode({ access_token: "a" }, { obtainedAtMillis: 0 }));
    assert.deepStrictEqual(tokens.scope, []);
  });

  it("decode() keeps the ID token and drops empty members", () => {
    const tokens = decoded({ id_token: "eyJ", refresh_token: "" });
    assert.deepStrictEqual(tokens.idToken, Redacted.make("eyJ"));
    assert.notProperty(tokens, "refreshToken");
  });

  it("decode() keeps what a token exchange issued, and drops what names nothing", () => {
    const type = "urn:ietf:params:oauth:token-type:jwt";
    const tokens = decoded({ issued_token_type: type, token_type: "N_A" });
    assert.deepInclude(tokens, { issuedTokenType: type, tokenType: "N_A" });
    for (const odd of [undefined, "", 5, null]) {
      assert.notProperty(decoded({ issued_token_type: odd }), "issuedTokenType");
    }
  });

  for (const token of [undefined, "", null, 5, {}]) {
    it(`decode() refuses access_token ${JSON.stringify(token)}`, () => {
      const result = decode({ access_token: token }, { obtainedAtMillis: 0 });
      assert.deepStrictEqual(result, Result.fail(`"access_token" is missing`));
    });
  }

  it("decode() does not read members of the prototype", () => {
    const result = decode(Object.create({ access_token: "a" }), { obtainedAtMillis: 0 });
    assert.isTrue(Result.isFailure(result));
  });
});
