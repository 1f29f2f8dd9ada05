import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import { decode, encode, encodeComponent } from "./form.ts";
import { textIn, vectorsOf } from "./testdata/vectors.ts";

describe("form", () => {
  for (const { id, input, expected } of vectorsOf("form-urlencode")) {
    it(`encodeComponent() ${id}`, () => {
      assert.strictEqual(encodeComponent(textIn(input, "text")), expected["encoded"]);
    });
  }

  it("encodeComponent() leaves the WHATWG set as it is", () => {
    assert.strictEqual(encodeComponent("aZ09*-._"), "aZ09*-._");
    assert.strictEqual(encodeComponent("~!'()"), "%7E%21%27%28%29");
  });

  it("encode() leaves parameters without value out and unwraps secrets", () => {
    const body = encode([["a", "1"], ["b", undefined], ["c", ""], ["d", Redacted.make("x y")]]);
    assert.strictEqual(body, "a=1&d=x+y");
  });

  it("encode() repeats a name", () => {
    assert.strictEqual(encode([["resource", "a"], ["resource", "b"]]), "resource=a&resource=b");
  });

  it("decode() reads what encode() writes", () => {
    const members = { a: "ü&=+ %", "b c": "\u0000\n" };
    assert.deepStrictEqual(decode(encode(Object.entries(members))), members);
  });

  it("decode() refuses a repeated parameter", () => {
    assert.strictEqual(decode("access_token=a&access_token=b"), undefined);
  });

  it("decode() does not touch a prototype", () => {
    const members = decode("__proto__=x");
    assert.deepStrictEqual(Object.keys(members ?? {}), ["__proto__"]);
    assert.strictEqual(Object.getPrototypeOf({}), Object.prototype);
  });
});
