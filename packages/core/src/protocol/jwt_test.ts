import { assert, describe, it } from "@effect/vitest";
import { Redacted, Result } from "effect";
import { Base64Url } from "effect/encoding";
import type { JwsProblem } from "./jws_error.ts";
import { claimsOf, decode, type DecodeOptions } from "./jwt.ts";

const valid = { alg: "ES256" };

function token(header: unknown, payload: unknown = {}, signature = "AAAA"): string {
  const part = (value: unknown) =>
    Base64Url.encode(typeof value === "string" ? value : JSON.stringify(value));
  return `${part(header)}.${part(payload)}.${signature}`;
}

function problemOf(text: string, options?: DecodeOptions): JwsProblem {
  return Result.getOrThrow(Result.flip(decode(Redacted.make(text), options))).problem;
}

function claimsProblemOf(payload: unknown): JwsProblem {
  const jws = Result.getOrThrow(decode(Redacted.make(token(valid, payload))));
  return Result.getOrThrow(Result.flip(claimsOf(jws))).problem;
}

describe("jwt", () => {
  it("decode() gives the header and the parts, none of which shows", () => {
    const text = token({ ...valid, kid: "1", typ: "application/jwt", jku: "https://evil" }, {
      a: 1,
    });
    const jws = Result.getOrThrow(decode(Redacted.make(text)));
    assert.deepStrictEqual(jws.header, { algorithm: "ES256", keyId: "1", type: "application/jwt" });
    const input = new TextDecoder().decode(Redacted.value(jws.signingInput));
    assert.strictEqual(input, text.slice(0, text.lastIndexOf(".")));
    assert.deepStrictEqual(Result.getOrThrow(claimsOf(jws)), { a: 1 });
    for (const part of text.split(".").slice(1)) assert.notInclude(JSON.stringify(jws), part);
  });

  const hostile: ReadonlyArray<readonly [string, string, JwsProblem]> = [
    ["nothing", "", "malformed"],
    ["two parts", token(valid).split(".").slice(0, 2).join("."), "malformed"],
    ["five parts", "e30.e30.e30.e30.e30", "malformed"],
    ["a thousand parts", ".".repeat(999), "malformed"],
    ["a token of 65,537 characters", token(valid).padEnd(65_537, "A"), "tooLarge"],
    ["padding", token(valid, "a").replace(".YQ.", ".YQ==."), "malformed"],
    ["bits left over", token(valid, "a").replace(".YQ.", ".YR."), "malformed"],
    ["Base64 with plus and slash", token(valid, {}, "+/+/"), "malformed"],
    ["a line break at the end", `${token(valid)}\n`, "malformed"],
    ["a line break within", token(valid, {}, "AA\nAA"), "malformed"],
    ["white space before", ` ${token(valid)}`, "malformed"],
    ["no signature", token(valid, {}, ""), "signature"],
    ["a header that is no JSON", token("{"), "malformed"],
    ["a header after a byte order mark", token(`\ufeff{"alg":"ES256"}`), "malformed"],
    ["a header that is a list", token([]), "malformed"],
    ["a header that is null", token("null"), "malformed"],
    ["a deep header", token(`{"alg":"ES256","a":${"[".repeat(70)}${"]".repeat(70)}}`), "malformed"],
    ["a header that is not UTF-8", `_w.e30.AAAA`, "malformed"],
    ["alg twice", token(`{"alg":"ES256","alg":"ES256"}`), "duplicateMember"],
    [
      "alg twice, spelt differently",
      token(`{"alg":"ES256","\\u0061lg":"none"}`),
      "duplicateMember",
    ],
    ["no alg", token({}), "algorithm"],
    ["alg none", token({ alg: "none" }), "algorithm"],
    ["alg none without signature", token({ alg: "none" }, {}, ""), "algorithm"],
    ["alg nOnE", token({ alg: "nOnE" }), "algorithm"],
    ["alg in lower case", token({ alg: "es256" }), "algorithm"],
    ["alg of an encryption", token({ alg: "RSA-OAEP", enc: "A128GCM" }), "algorithm"],
    ["alg that is no text", token({ alg: ["ES256"] }), "algorithm"],
    ["a prototype for alg", token(`{"alg":"constructor"}`), "algorithm"],
    ["kid that is no text", token({ ...valid, kid: 1 }), "malformed"],
    ["a huge kid", token({ ...valid, kid: "k".repeat(1_025) }), "malformed"],
    ["typ that is no text", token({ ...valid, typ: {} }), "malformed"],
    ["an access token's typ", token({ ...valid, typ: "at+jwt" }), "type"],
    ["a logout token's typ", token({ ...valid, typ: "application/logout+jwt" }), "type"],
    ["crit", token({ ...valid, crit: ["b64"], b64: false }), "critical"],
    ["an empty crit", token({ ...valid, crit: [] }), "critical"],
  ];
  for (const [name, text, problem] of hostile) {
    it(`decode() refuses ${name}`, () => {
      assert.strictEqual(problemOf(text), problem);
    });
  }

  it("decode() takes the kinds of token that are named", () => {
    assert.isTrue(
      Result.isSuccess(decode(Redacted.make(token({ ...valid, typ: "AT+JWT" })), {
        types: ["at+jwt"],
      })),
    );
    assert.strictEqual(problemOf(token({ ...valid, typ: "JWT" }), { types: ["at+jwt"] }), "type");
  });

  const payloads: ReadonlyArray<readonly [string, unknown, JwsProblem]> = [
    ["text", "hello", "malformed"],
    ["a list", [], "malformed"],
    ["null", "null", "malformed"],
    ["JSON that is too deep", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`, "malformed"],
    ["a member twice", `{"sub":"a","x":{"sub":"b"},"sub":"c"}`, "duplicateMember"],
    ["a member twice after a long text", `{"a":"${"x".repeat(40_000)}","a":1}`, "duplicateMember"],
  ];
  for (const [name, payload, problem] of payloads) {
    it(`claimsOf() refuses ${name}`, () => {
      assert.strictEqual(claimsProblemOf(payload), problem);
    });
  }

  it("claimsOf() takes one name in several objects, and quoted braces", () => {
    const payload = `{"sub":"a\\"}{:","address":{"sub":":"},"list":[{"sub":1},{"sub":2}]}`;
    const jws = Result.getOrThrow(decode(Redacted.make(token(valid, payload))));
    assert.deepStrictEqual(Result.getOrThrow(claimsOf(jws)), JSON.parse(payload));
  });
});
