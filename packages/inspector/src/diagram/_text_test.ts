import { assert, describe, it } from "@effect/vitest";
import { widthOf, wrap } from "./_text.ts";

const style = { size: 10, isBold: false };

describe("widthOf()", () => {
  it("adds up what each letter takes, rounded up", () => {
    assert.strictEqual(widthOf("", style), 0);
    assert.strictEqual(widthOf("iii", style), 7);
    assert.strictEqual(widthOf("mmm", style), 25);
    assert.isAbove(widthOf("name", { ...style, isBold: true }), widthOf("name", style));
  });

  it("takes letters that it does not know for wide ones", () => {
    assert.strictEqual(widthOf("日本", style), 20);
    assert.strictEqual(widthOf("\u007f", style), 10);
  });
});

describe("wrap()", () => {
  it("breaks between words, and gives a long word a line of its own", () => {
    assert.deepStrictEqual(wrap("one two  reauthorizationRequired", style, 40), [
      "one two",
      "reauthorizationRequired",
    ]);
    assert.deepStrictEqual(wrap("", style, 40), []);
  });

  it("keeps a number with its word, and a target with its arrow", () => {
    assert.deepStrictEqual(wrap("(RFC 6749 section 6)", style, 60), ["(RFC 6749", "section 6)"]);
    assert.deepStrictEqual(wrap("stored → settling", style, 60), ["stored", "→ settling"]);
  });
});
