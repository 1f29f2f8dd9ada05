import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { parse } from "./json.ts";

describe("json", () => {
  it("parse() gives the value", () => {
    assert.deepStrictEqual(parse(`{"a":[1,"]"]}`), Result.succeed({ a: [1, "]"] }));
  });

  it("parse() takes 64 levels and refuses 65", () => {
    const nested = (depth: number) => `${`{"a":`.repeat(depth)}1${"}".repeat(depth)}`;
    assert.isTrue(Result.isSuccess(parse(nested(64))));
    assert.deepStrictEqual(parse(nested(65)), Result.fail("tooDeep"));
  });

  it("parse() does not count brackets in strings", () => {
    assert.isTrue(Result.isSuccess(parse(JSON.stringify(`\\"${"[{".repeat(100)}`))));
  });

  it("parse() refuses a million brackets without running out of stack", () => {
    assert.deepStrictEqual(parse("[".repeat(1_000_000)), Result.fail("tooDeep"));
  });

  for (const text of ["", "secret", "{", `{"a":}`, `{"a":1}x`, "{'a':1}"]) {
    it(`parse() refuses ${JSON.stringify(text)} and does not quote it`, () => {
      assert.deepStrictEqual(parse(text), Result.fail("notJson"));
    });
  }
});
