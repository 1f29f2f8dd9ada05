import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import * as Redaction from "../protocol/redaction.ts";
import { outlineOf, outlineText } from "./_outline.ts";

const redact = Redaction.make([Redacted.make("planted")]);

describe("_outline", () => {
  it("outlineOf() keeps the values that tell what a grant is", () => {
    const members = {
      error: "slow_down",
      error_description: "Too fast",
      error_uri: "https://as.example.com/e",
      token_type: "Bearer",
      expires_in: 3600,
      interval: "5",
      scope: "read write",
      user_code: "WDJB-MJHT",
      verification_uri: "https://example.com/device",
      nested: { scope: "read" },
    };
    assert.deepStrictEqual(outlineOf(members, redact), members);
  });

  it("outlineOf() keeps none of them where it does not look like one", () => {
    const members = {
      token_type: "2YotnFZFEjr1zCsicMWpAA",
      expires_in: "2YotnFZFEjr1zCsicMWpAA",
      interval: { x: "y" },
      scope: ["2YotnFZFEjr1zCsicMWpAA"],
      user_code: "2YotnFZFEjr1zCsicMWpAA",
      error: 1,
    };
    assert.deepStrictEqual(outlineOf(members, redact), {
      token_type: "<string>",
      expires_in: "<string>",
      interval: { x: "<string>" },
      scope: ["<string>"],
      user_code: "<string>",
      error: "<number>",
    });
  });

  it("outlineOf() shows names and types of all others", () => {
    const members = { id: "x", count: 7, list: ["x", 7, null, true], ok: false, no: null };
    assert.deepStrictEqual(outlineOf(members, redact), {
      id: "<string>",
      count: "<number>",
      list: ["<string>", "<number>", null, "<1 more>"],
      ok: false,
      no: null,
    });
  });

  it("outlineOf() shows whether a secret is there, and nothing that lies below it", () => {
    const members = { access_token: "x", id_token: "", token: { scope: "x", n: 7, ok: true } };
    assert.deepStrictEqual(outlineOf(members, redact), {
      access_token: "<redacted>",
      id_token: "",
      token: { scope: "<redacted>", n: "<redacted>", ok: true },
    });
  });

  it("outlineOf() replaces what was sent in the values that it keeps", () => {
    assert.deepStrictEqual(outlineOf({ error_description: "no planted", planted: 1 }, redact), {
      error_description: "no <redacted>",
      "<name of 7 characters>": "<number>",
    });
  });

  for (const name of ["expiresIn", "ext_expires_in", "Data", "refresh-token", "id"]) {
    it(`outlineOf() shows the name ${name}`, () => {
      assert.deepStrictEqual(outlineOf({ [name]: "x" }, redact), {
        [name]: name === "refresh-token" ? "<redacted>" : "<string>",
      });
    });
  }

  for (const name of ["2YotnFZFEjr1zCsicMWpAA", "a".repeat(40), "x y", "https://x"]) {
    it(`outlineOf() hides the name ${name}`, () => {
      assert.deepStrictEqual(outlineOf({ [name]: true }, redact), {
        [`<name of ${name.length} characters>`]: true,
      });
    });
  }

  it("outlineOf() shows nothing of what lies too deep", () => {
    const shown = JSON.stringify(
      outlineOf({ a: { b: { c: { d: { e: { f: { g: {} } } } } } } }, redact),
    );
    assert.strictEqual(shown, `{"a":{"b":{"c":{"d":{"e":{"f":{"g":"<object>"}}}}}}}`);
  });

  it("outlineOf() looks at 100 values", () => {
    const letters = "abcdefghijklmnopqrstuvwxyz".split("");
    const names = letters.flatMap((first) => letters.map((second) => first + second));
    const shown = outlineOf(Object.fromEntries(names.map((name) => [name, 1])), redact);
    assert.lengthOf(Object.keys(shown), 101);
    assert.strictEqual(shown["…"], "<576 more>");
  });

  const texts: ReadonlyArray<readonly [string, string]> = [
    ["", ""],
    [`{"access":"x"}`, `{"access":"<string>"}`],
    ["access_token=x&scope=read", `{"access_token":"<redacted>","scope":"read"}`],
    [`["x"]`, `["<string>"]`],
    [`"x"`, `"<string>"`],
    ["12345", `"<number>"`],
    ["x y", "<3 characters, the body is not JSON>"],
    ["<p>x</p>", "<8 characters, the body is HTML or XML>"],
    [`{"access_token":"x`, "<18 characters, the JSON breaks off>"],
  ];
  for (const [text, shown] of texts) {
    it(`outlineText() shows ${JSON.stringify(text)} as ${shown}`, () => {
      assert.strictEqual(outlineText(text, redact), shown);
    });
  }

  it("outlineText() is bounded", () => {
    const body = JSON.stringify({ error_description: "x".repeat(5_000) });
    assert.strictEqual(outlineText(body, redact).length, 2_001);
  });
});
