import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { isLoopback, parse, stripped } from "./secure_url.ts";

describe("secure_url", () => {
  const good = [
    "https://as.example.com",
    "HTTPS://as.example.com/token?tenant=1",
    "http://127.0.0.1/token",
    "http://127.255.255.254:8080",
    "http://[::1]:8080/token",
    "http://localhost:9/",
    "http://LOCALHOST/",
  ];
  for (const url of good) {
    it(`parse() takes ${url}`, () => {
      assert.isTrue(Result.isSuccess(parse(url)));
    });
  }

  const bad: ReadonlyArray<readonly [string, string]> = [
    ["http://as.example.com/token", "notSecure"],
    ["http://128.0.0.1/", "notSecure"],
    ["http://0.0.0.0/", "notSecure"],
    ["http://[::2]/", "notSecure"],
    ["http://[::ffff:127.0.0.1]/", "notSecure"],
    ["http://localhost.example.com/", "notSecure"],
    ["http://sub.localhost/", "notSecure"],
    ["http://localhost./", "notSecure"],
    ["http://127.0.0.1.example.com/", "notSecure"],
    ["http://127.0.0.1@as.example.com/", "userinfo"],
    ["https://user:pw@as.example.com/", "userinfo"],
    ["https://as.example.com/#", "fragment"],
    ["https://as.example.com/#top", "fragment"],
    ["", "notAUrl"],
    ["as.example.com", "notAUrl"],
    ["/token", "notAUrl"],
    ["ftp://127.0.0.1/", "notAUrl"],
    ["javascript:alert(1)", "notAUrl"],
    ["https:as.example.com", "notAUrl"],
    ["https:///as.example.com", "notAUrl"],
    ["https://as.example.com\\@evil.example", "notAUrl"],
    [" https://as.example.com", "notAUrl"],
    ["https://as.exa\nmple.com", "notAUrl"],
    ["https://as.example.com:99999/", "notAUrl"],
  ];
  for (const [url, problem] of bad) {
    it(`parse() refuses ${JSON.stringify(url)} as ${problem}`, () => {
      assert.strictEqual(Result.getOrThrow(Result.flip(parse(url))).problem, problem);
    });
  }

  it("parse() shows nothing of a refused URL's secrets", () => {
    const error = Result.getOrThrow(Result.flip(parse("http://u:planted@h.example/p?k=planted")));
    assert.notInclude(JSON.stringify(error) + String(error), "planted");
    assert.strictEqual(
      error.message,
      `"http://h.example/p" holds a user name or password`,
    );
  });

  it("isLoopback() takes short forms only after URL has expanded them", () => {
    assert.isFalse(isLoopback("127.1"));
    assert.isTrue(isLoopback(new URL("http://127.1/").hostname));
  });

  const shown: ReadonlyArray<readonly [string, string]> = [
    ["https://u:p@h.example/p?q#f", "https://h.example/p"],
    ["https://h.example/a@b", "https://h.example/a@b"],
    ["u:p@h.example?q", "h.example"],
    ["https:\\\\u:p@h.example", "https:\\\\h.example"],
    ["h\u001b[31m\u202e", "h"],
  ];
  for (const [url, rest] of shown) {
    it(`stripped() shows ${JSON.stringify(url)} as ${JSON.stringify(rest)}`, () => {
      assert.strictEqual(stripped(url), rest);
    });
  }

  it("stripped() is bounded", () => {
    assert.strictEqual(stripped("x".repeat(10_000)).length, 500);
  });
});
