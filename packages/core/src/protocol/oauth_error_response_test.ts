import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import { decode } from "./oauth_error_response.ts";
import * as Redaction from "./redaction.ts";
import { membersIn, textIn, vectorsOf } from "./testdata/vectors.ts";

const redact = Redaction.make([Redacted.make("planted/secret")]);

describe("oauth_error_response", () => {
  for (const { id, input, expected } of vectorsOf("token-error")) {
    it(`decode() ${id}`, () => {
      const body = membersIn(input, "body");
      assert.deepStrictEqual(decode(body, redact), { code: textIn(expected, "error") });
    });
  }

  it("decode() keeps the server's words", () => {
    const body = {
      error: "invalid_grant",
      error_description: "The code is used",
      error_uri: "https://as.example.com/errors#used",
      hint: "unknown member",
    };
    assert.deepStrictEqual(decode(body, redact), {
      code: "invalid_grant",
      description: "The code is used",
      uri: "https://as.example.com/errors#used",
    });
  });

  for (const error of [undefined, "", null, 5, { message: "no" }]) {
    it(`decode() takes error ${JSON.stringify(error)} for no error`, () => {
      assert.isUndefined(decode({ error, error_description: "x" }, redact));
    });
  }

  it("decode() keeps a registered code that a short secret is a part of", () => {
    const short = Redaction.make([Redacted.make("d")]);
    assert.strictEqual(
      decode({ error: "authorization_pending" }, short)?.code,
      "authorization_pending",
    );
  });

  it("decode() redacts and bounds every member", () => {
    const error = decode({
      error: "planted/secret",
      error_description: `a\nb\u001b[31m planted%2Fsecret ${"x".repeat(1_000)}`,
      error_uri: "https://as.example.com/?s=planted%2Fsecret",
    }, redact);
    assert.notInclude(JSON.stringify(error), "planted");
    assert.match(error?.description ?? "", /^a b <redacted> x+…$/);
    assert.isAtMost(error?.description?.length ?? 0, 501);
  });

  it("decode() drops an error_uri that is no web page", () => {
    assert.deepStrictEqual(decode({ error: "e", error_uri: "javascript:alert(1)" }, redact), {
      code: "e",
    });
  });
});
