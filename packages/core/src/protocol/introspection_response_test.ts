import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { type ActiveToken, decode } from "./introspection_response.ts";

function decoded(members: Record<string, unknown>): ActiveToken {
  const token = Result.getOrThrow(decode({ active: true, ...members }));
  if (!token.active) throw new Error("not active");
  return token;
}

describe("introspection_response", () => {
  it("decode() reads the example of RFC 7662 section 2.2", () => {
    const token = decoded({
      client_id: "l238j323ds-23ij4",
      username: "jdoe",
      scope: "read write dolphin",
      sub: "Z5O3upPC88QrAjx00dis",
      aud: "https://protected.example.net/resource",
      iss: "https://server.example.com/",
      exp: 1419356238,
      iat: 1419350238,
      extension_field: "twenty-seven",
    });
    assert.deepStrictEqual(token, {
      active: true,
      clientId: "l238j323ds-23ij4",
      username: "jdoe",
      scope: ["read", "write", "dolphin"],
      subject: "Z5O3upPC88QrAjx00dis",
      audience: ["https://protected.example.net/resource"],
      issuer: "https://server.example.com/",
      expiresAtMillis: 1_419_356_238_000,
      issuedAtMillis: 1_419_350_238_000,
    });
  });

  it("decode() believes nothing else of a token that is not active", () => {
    const token = Result.getOrThrow(decode({ active: false, sub: "x", scope: "all", exp: 1 }));
    assert.deepStrictEqual(token, { active: false });
  });

  for (const active of [undefined, null, "true", "false", 1, 0, [], {}]) {
    it(`decode() refuses active ${JSON.stringify(active)}`, () => {
      assert.deepStrictEqual(
        decode({ active, sub: "x" }),
        Result.fail(`"active" is missing or not a boolean`),
      );
    });
  }

  it("decode() does not read members of the prototype", () => {
    assert.isTrue(Result.isFailure(decode(Object.create({ active: true }))));
  });

  const times: ReadonlyArray<readonly [unknown, number | undefined]> = [
    [1, 1_000],
    ["1419356238", 1_419_356_238_000],
    [1.5, 1_500],
    [8_640_000_000_000, 8_640_000_000_000_000],
    [8_640_000_000_001, undefined],
    [1e308, undefined],
    [0, undefined],
    [-1, undefined],
    ["soon", undefined],
    [null, undefined],
    [true, undefined],
  ];
  for (const [exp, millis] of times) {
    it(`decode() reads exp ${JSON.stringify(exp)} as ${String(millis)}`, () => {
      assert.strictEqual(decoded({ exp, nbf: exp, iat: exp }).expiresAtMillis, millis);
      assert.strictEqual(decoded({ exp, nbf: exp, iat: exp }).notBeforeMillis, millis);
    });
  }

  const audiences: ReadonlyArray<readonly [unknown, ReadonlyArray<string> | undefined]> = [
    ["a", ["a"]],
    [["a", "b"], ["a", "b"]],
    [[], []],
    ["", undefined],
    [["a", 5], undefined],
    [{}, undefined],
  ];
  for (const [aud, audience] of audiences) {
    it(`decode() reads aud ${JSON.stringify(aud)} as ${JSON.stringify(audience)}`, () => {
      assert.deepStrictEqual(decoded({ aud }).audience, audience);
    });
  }

  it("decode() drops members of the wrong type", () => {
    const odd = { scope: ["a"], client_id: 5, username: {}, token_type: "", sub: null, jti: 7 };
    assert.deepStrictEqual(decoded(odd), { active: true });
    assert.strictEqual(decoded({ jti: "7" }).tokenId, "7");
    assert.deepStrictEqual(decoded({ scope: " a  b " }).scope, ["a", "b"]);
  });
});
