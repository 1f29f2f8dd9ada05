import { assert, describe, it } from "@effect/vitest";
import { Result, Schema } from "effect";
import { HttpClientRequest } from "effect/http";
import { isListed, parse, startsWithin } from "./_origins.ts";

const listed = ["https://api.example.com", "http://127.0.0.1:8080", "https://[::1]:8443"];
const origins = Result.getOrThrow(parse(listed));

/** Pieces that make a URL mean something else than it seems to. */
const Piece = Schema.Literals([
  "https://api.example.com",
  "https://api.example.com:443",
  "http://127.0.0.1:8080",
  "HTTPS://API.example.com",
  "https:",
  "http:",
  "/",
  "//",
  "\\",
  "@",
  ":",
  "?",
  "#",
  ".",
  "..",
  "evil.example",
  "user:pass",
  "80",
  "8080",
  "\t",
  "\n",
  " ",
  "%2f",
  "%40",
  "\u0000",
  "é",
  ";",
]);

describe("parse()", () => {
  const good: ReadonlyArray<readonly [string, string]> = [
    ["https://api.example.com", "https://api.example.com"],
    ["https://API.example.com:443/", "https://api.example.com"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["http://[::1]:3000/", "http://[::1]:3000"],
  ];
  for (const [origin, expected] of good) {
    it(`takes ${origin}`, () =>
      assert.deepStrictEqual(parse([origin]), Result.succeed([expected])));
  }

  const bad: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [[], "none"],
    [[""], "notAUrl"],
    [["api.example.com"], "notAUrl"],
    [["*"], "notAUrl"],
    [["ftp://api.example.com"], "notAUrl"],
    [["http://api.example.com"], "notSecure"],
    [["https://api.example.com", "http://localhost.example.com"], "notSecure"],
    [["https://me@api.example.com"], "userinfo"],
    [["https://api.example.com/#a"], "fragment"],
    [["https://api.example.com/v1"], "notAnOrigin"],
    [["https://api.example.com/?"], "notAnOrigin"],
    [["https://api.example.com/?key=1"], "notAnOrigin"],
  ];
  for (const [list, problem] of bad) {
    it(`refuses ${JSON.stringify(list)}: ${problem}`, () => {
      const error = Result.getOrThrow(Result.flip(parse(list)));
      assert.strictEqual(error.problem, problem);
      assert.notInclude(error.message, "key=1");
      assert.notStrictEqual(error.hint, "");
    });
  }
});

describe("isListed()", () => {
  const urls: ReadonlyArray<readonly [string, boolean]> = [
    ["https://api.example.com", true],
    ["https://api.example.com/", true],
    ["https://api.example.com?x=@evil.example", true],
    ["https://api.example.com#@evil.example", true],
    ["https://api.example.com:443/a", true],
    ["HTTPS://Api.Example.com/a", true],
    ["http://127.0.0.1:8080/a", true],
    ["https://[::1]:8443/a", true],
    ["https://api.example.com\\@evil.example/", true],
    ["https://api.example.com@evil.example/", false],
    ["https://api.example.com:443@evil.example/", false],
    ["https://user@api.example.com/", false],
    ["https://api.example.com.evil.example/", false],
    ["https://api.example.com:8443/", false],
    ["http://api.example.com/", false],
    ["http://127.0.0.1:80800/", false],
    ["http://127.0.0.1/", false],
    ["//api.example.com/", false],
    ["/relative", false],
    ["", false],
  ];
  for (const [url, expected] of urls) {
    it(`says ${expected} for ${JSON.stringify(url)}`, () => {
      assert.strictEqual(isListed(origins, HttpClientRequest.get(url)), expected);
    });
  }

  it("says the same with parameters and a hash beside the URL", () => {
    const request = HttpClientRequest.get("https://evil.example").pipe(
      HttpClientRequest.setUrlParam("a", "@api.example.com/"),
      HttpClientRequest.setHash("https://api.example.com/"),
    );
    assert.isFalse(isListed(origins, request));
    assert.isTrue(isListed(origins, HttpClientRequest.setUrl(request, "https://api.example.com")));
  });

  it.prop(
    "says what the parsed URL says, with and without the short way",
    [Schema.Array(Piece)],
    ([pieces]) => {
      for (const url of [pieces.join(""), `${listed[0] ?? ""}${pieces.join("")}`]) {
        const expected = isWithin(url);
        assert.strictEqual(isListed(origins, HttpClientRequest.get(url)), expected, url);
        if (startsWithin(origins, url)) assert.isTrue(expected, url);
      }
    },
    { arbitrary: { runs: 5_000 } },
  );
});

function isWithin(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return listed.includes(origin) && username === "" && password === "";
}
