import { assert, describe, it } from "@effect/vitest";
import { Schema } from "effect";
import { type Challenge, find, parse } from "./challenge.ts";

/** Without what is absent, to compare. */
function plain({ scheme, token68, parameters }: Challenge) {
  return [scheme, token68 ?? { ...parameters }];
}

describe("parse()", () => {
  const headers: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]> = [
    ["", []],
    [" , ,\t", []],
    ["Bearer", [["bearer", {}]]],
    [`Bearer realm="example"`, [["bearer", { realm: "example" }]]],
    ["BEARER Error=invalid_token", [["bearer", { error: "invalid_token" }]]],
    // RFC 9110 section 11.6.1
    [
      `Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""`,
      [["basic", { realm: "simple" }], [
        "newauth",
        { realm: "apps", type: "1", title: `Login to "apps"` },
      ]],
    ],
    // RFC 6750 section 3
    [
      `Bearer realm="example", error="invalid_token", error_description="The access token expired"`,
      [["bearer", {
        realm: "example",
        error: "invalid_token",
        error_description: "The access token expired",
      }]],
    ],
    [`Negotiate YWJj==, Basic realm=x`, [["negotiate", "YWJj=="], ["basic", { realm: "x" }]]],
    ["Negotiate, NTLM , Basic", [["negotiate", {}], ["ntlm", {}], ["basic", {}]]],
    [`Bearer realm = "a" ,scope\t=\tb`, [["bearer", { realm: "a", scope: "b" }]]],
    [`Bearer scope="a, Basic realm=b"`, [["bearer", { scope: "a, Basic realm=b" }]]],
    [`Bearer realm="x" error="e"`, [["bearer", { realm: "x", error: "e" }]]],
    [`Bearer error=a, error=b, ERROR=c`, [["bearer", { error: "a" }]]],
    [`Bearer scope=""`, [["bearer", { scope: "" }]]],
    [`Bearer scope="unfinished, x=1`, [["bearer", { x: "1" }]]],
    [`Bearer scope=, x=1`, [["bearer", "scope="]]],
    [`realm="nobody's", Bearer`, [["bearer", {}]]],
    [`(), Bearer é=1, x=2`, [["bearer", { x: "2" }]]],
    [`Bearer __proto__=a, constructor=b`, [[
      "bearer",
      JSON.parse(`{"__proto__":"a","constructor":"b"}`),
    ]]],
  ];
  for (const [header, challenges] of headers) {
    it(`reads ${JSON.stringify(header)}`, () => {
      assert.deepStrictEqual(parse(header).map(plain), challenges);
    });
  }

  it("gives nothing for a header that is absent", () => {
    assert.deepStrictEqual(parse(undefined), []);
  });

  it("has no member that the header does not name", () => {
    assert.isUndefined(parse("Bearer")[0]?.parameters["toString"]);
  });

  it("bounds characters, challenges and parameters", () => {
    const many = Array.from({ length: 100 }, (_, index) => `p${index}=1`).join(", ");
    assert.lengthOf(Object.keys(parse(`Bearer ${many}`)[0]?.parameters ?? {}), 32);
    assert.lengthOf(parse("Basic, ".repeat(100)), 16);
    const late = `Basic realm="${"x".repeat(10_000)}", Bearer`;
    assert.isUndefined(find(late, "bearer"));
  });

  it.prop("ends, and quotes nothing that is not there", [Schema.Array(
    Schema.Literals(["Bearer", "=", `"`, "\\", ",", " ", "a", "b=c", "\t", "é", "=="]),
  )], ([pieces]) => {
    const header = pieces.join("");
    for (const { scheme, parameters } of parse(header)) {
      assert.include(header.toLowerCase(), scheme);
      for (const name of Object.keys(parameters)) assert.include(header.toLowerCase(), name);
    }
  });
});

describe("find()", () => {
  it("gives the first challenge of a scheme, compared without case", () => {
    const header = `Basic realm=a, BeArEr realm=b, bearer realm=c`;
    assert.strictEqual(find(header, "Bearer")?.parameters["realm"], "b");
  });

  it("gives nothing where the scheme is not there, or only as a value", () => {
    assert.isUndefined(find(`Basic realm="Bearer error=x"`, "bearer"));
    assert.isUndefined(find(undefined, "bearer"));
  });
});
