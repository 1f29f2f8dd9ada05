import { assert, describe, it } from "@effect/vitest";
import { commandOf, keyHelp, type Pressed } from "./keyboard.ts";

const pressed = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  hasModifier: false,
  target: "other",
  ...more,
});

describe("keyboard", () => {
  it("commandOf leaves keys with a modifier to the browser", () => {
    assert.strictEqual(commandOf(pressed("l")), "live");
    assert.isUndefined(commandOf(pressed("l", { hasModifier: true })));
  });

  it("commandOf lets a search be typed, and left", () => {
    assert.isUndefined(commandOf(pressed("j", { target: "text" })));
    assert.isUndefined(commandOf(pressed(" ", { target: "text" })));
    assert.strictEqual(commandOf(pressed("Escape", { target: "text" })), "escape");
    assert.strictEqual(commandOf(pressed("ArrowDown", { target: "text" })), "down");
  });

  it("commandOf lets Enter and space press what has the focus", () => {
    assert.isUndefined(commandOf(pressed(" ", { target: "button" })));
    assert.isUndefined(commandOf(pressed("Enter", { target: "button" })));
    assert.strictEqual(commandOf(pressed("]", { target: "button" })), "nextStep");
  });

  it("keyHelp names keys that do something", () => {
    const keys = keyHelp.flatMap(({ keys }) => keys).map((key) => key === "Space" ? " " : key);
    assert.deepStrictEqual(keys.filter((key) => commandOf(pressed(key)) === undefined), []);
  });
});
