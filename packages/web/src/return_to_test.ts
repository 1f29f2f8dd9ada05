import { assert, describe, it } from "@effect/vitest";
import { Result, Schema } from "effect";
import { parse, type ReturnToProblem } from "./return_to.ts";

const hostile: ReadonlyArray<readonly [string, ReturnToProblem]> = [
  ["", "notAPath"],
  ["inbox", "notAPath"],
  ["https://evil.example/", "notAPath"],
  ["https:evil.example", "notAPath"],
  ["javascript:alert(1)", "notAPath"],
  ["?next=/", "notAPath"],
  [" /inbox", "notAPath"],
  ["\t//evil.example", "notAPath"],
  ["\\\\evil.example", "notAPath"],
  ["//evil.example", "ambiguous"],
  ["///evil.example", "ambiguous"],
  ["/a//evil.example", "ambiguous"],
  ["/.//evil.example", "ambiguous"],
  ["/a/..//evil.example", "ambiguous"],
  ["/\\evil.example", "ambiguous"],
  ["/a\\..\\evil.example", "ambiguous"],
  ["/%2fevil.example", "ambiguous"],
  ["/%2Fevil.example", "ambiguous"],
  ["/%5cevil.example", "ambiguous"],
  ["/%252fevil.example", "ambiguous"],
  ["/%25255cevil.example", "ambiguous"],
  ["/%09/evil.example", "ambiguous"],
  ["/a%0d%0aset-cookie:x=1", "ambiguous"],
  ["/%00", "ambiguous"],
  ["/\t/evil.example", "characters"],
  ["/\n/evil.example", "characters"],
  ["/a\r\nset-cookie: x=1", "characters"],
  ["/a\0", "characters"],
  ["/a b", "characters"],
  ["/ä", "characters"],
  ["/\u202eevil", "characters"],
  ["/／evil.example", "characters"],
  ["/\ud800", "characters"],
  ["/%", "characters"],
  ["/%zz", "characters"],
  ["/<script>", "characters"],
  ['/"', "characters"],
  [`/${"a".repeat(2_000)}`, "length"],
];

describe("parse()", () => {
  for (const [text, problem] of hostile) {
    it(`refuses ${JSON.stringify(text).slice(0, 40)}: ${problem}`, () => {
      const parsed = parse(text);
      assert.isTrue(Result.isFailure(parsed));
      if (Result.isFailure(parsed)) {
        assert.strictEqual(parsed.failure.problem, problem);
        if (text.length > 1) assert.notInclude(parsed.failure.message, text);
      }
    });
  }

  it("takes paths with queries and fragments, as they are", () => {
    for (
      const text of [
        "/",
        "/inbox",
        "/a/b.html?x=1&next=https://other.example//x#top",
        "/@ada/posts:1;v=2",
        "/caf%C3%A9?q=%2F%5C%0A",
        "/../up",
        "/a%20b",
      ]
    ) assert.deepStrictEqual(parse(text), Result.succeed(text), text);
  });

  it.prop(
    "never leads to another origin, whatever stands after the slash",
    [Schema.Array(Schema.Literals([
      "/",
      "\\",
      ".",
      "..",
      "%2f",
      "%5C",
      "%25",
      "\t",
      "\n",
      " ",
      "@",
      ":",
      "#",
      "?",
      "evil.example",
      "https:",
      "\u3002",
    ]))],
    ([parts]) => {
      const text = `/${parts.join("")}`;
      const parsed = parse(text);
      if (Result.isFailure(parsed)) return;
      const decoded = decodeURIComponent(text.replace(/%(?![0-9A-Fa-f]{2})/g, "%25"));
      for (const origin of ["https://app.example.com", "http://localhost:3000"]) {
        assert.strictEqual(new URL(text, origin).origin, origin);
        const path = decoded.split(/[?#]/)[0] ?? "";
        assert.strictEqual(new URL(path, origin).origin, origin);
      }
      assert.match(text, /^\/[\x21-\x7e]*$/);
    },
  );
});
