import { assert, describe, it } from "@effect/vitest";
import { commandOf, hasModifier, keyHelp, type Modifiers, type Pressed } from "./keyboard.ts";

const pressed = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  hasModifier: false,
  target: "other",
  isReading: false,
  ...more,
});

const down = (key: string, more: Partial<Modifiers>, graph = false): Modifiers => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  getModifierState: (name) => graph && name === "AltGraph",
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

  it("hasModifier lets layouts type brackets that have them with AltGr or Option", () => {
    assert.isFalse(hasModifier(down("[", { ctrlKey: true, altKey: true }, true)));
    assert.isFalse(hasModifier(down("]", {}, true)));
    assert.isFalse(hasModifier(down("[", { altKey: true })));
    assert.isTrue(hasModifier(down("[", { metaKey: true })));
    assert.isTrue(hasModifier(down("l", { ctrlKey: true })));
    assert.isTrue(hasModifier(down("l", { altKey: true })));
    assert.isFalse(hasModifier(down("l", {})));
  });

  it("commandOf leaves the arrows to what is read and to what is picked", () => {
    assert.strictEqual(commandOf(pressed("ArrowDown")), "down");
    assert.isUndefined(commandOf(pressed("ArrowDown", { isReading: true, target: "button" })));
    assert.isUndefined(commandOf(pressed("ArrowUp", { target: "pick" })));
    assert.isUndefined(commandOf(pressed("j", { target: "pick" })));
    assert.strictEqual(commandOf(pressed("j", { isReading: true })), "down");
  });

  it("commandOf steps by keys that every layout has", () => {
    assert.strictEqual(commandOf(pressed(",")), "previousStep");
    assert.strictEqual(commandOf(pressed(".")), "nextStep");
  });

  it("keyHelp names keys that do something", () => {
    const keys = keyHelp.flatMap(({ keys }) => keys).map((key) => key === "Space" ? " " : key);
    assert.deepStrictEqual(keys.filter((key) => commandOf(pressed(key)) === undefined), []);
  });
});
