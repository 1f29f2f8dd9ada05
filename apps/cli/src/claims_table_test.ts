import { assert, describe, it } from "@effect/vitest";
import { claimsTable } from "./claims_table.ts";

const screen = {
  isTerminal: false,
  hasKeys: false,
  canColor: false,
  columns: () => 80,
  write: () => {},
};

describe("claimsTable()", () => {
  it("begins with what people look for, and writes times as such", () => {
    const claims = { exp: 1_795_253_719, sub: "ada", name: "Ada", aud: ["a", "b"], iat: 1e300 };
    assert.deepStrictEqual(claimsTable(claims, screen).split("\n"), [
      "name  Ada",
      "sub   ada",
      "exp   2026-11-21T09:35:19Z",
      `aud   ["a","b"]`,
      "iat   1e+300",
    ]);
  });

  it("lets no claim act on the terminal", () => {
    const text = claimsTable({ sub: "a\u001b[2Jb\nc", "x\u001b]0;y": "z" }, screen);
    assert.notInclude(text, "\u001b");
    assert.lengthOf(text.split("\n"), 2);
  });
});
