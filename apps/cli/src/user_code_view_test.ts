import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber } from "effect";
import { TestClock } from "effect/testing";
import type { Screen } from "./screen.ts";
import { drawProgress, oneLine, showUserCode } from "./user_code_view.ts";

function screenOf(options: Partial<Screen> = {}): Screen & { text: string } {
  const screen = {
    text: "",
    isTerminal: true,
    hasKeys: false,
    canColor: false,
    columns: () => 80,
    ...options,
    write: (text: string) => {
      screen.text += text;
    },
  };
  return screen;
}

const code = {
  type: "user_code",
  userCode: "WDJB-MJHT",
  verificationUri: "https://as.example.com/device",
  verificationUriComplete: "https://as.example.com/device?user_code=WDJB-MJHT",
  expiresInMillis: 600_000,
  intervalMillis: 5_000,
} as const;

describe("showUserCode()", () => {
  it.effect("draws code, link and QR code", () =>
    Effect.gen(function* () {
      const screen = screenOf();
      yield* showUserCode(code, screen);
      assert.include(screen.text, "│   W D J B - M J H T   │");
      assert.include(screen.text, code.verificationUri);
      const qr = screen.text.split("\n").filter((line) => /^ {2}[█▀▄ ]{20,}$/.test(line));
      assert.isAtLeast(qr.length, 15);
      for (const line of screen.text.split("\n")) assert.isAtMost(line.length, 80);
    }));

  it.effect("leaves out the QR code where it would not fit, or nobody looks", () =>
    Effect.gen(function* () {
      for (const screen of [screenOf({ columns: () => 30 }), screenOf({ isTerminal: false })]) {
        yield* showUserCode(code, screen);
        assert.notMatch(screen.text, /[█▀▄]/);
        assert.include(screen.text, "W D J B");
      }
    }));

  it.effect("survives a link too long for any QR code", () =>
    Effect.gen(function* () {
      const screen = screenOf();
      const verificationUriComplete = `https://as.example.com/?c=${"x".repeat(5_000)}`;
      yield* showUserCode({ ...code, verificationUriComplete }, screen);
      assert.include(screen.text, "W D J B");
    }));

  it.effect("shows a long code whole, without a box where there is no room", () =>
    Effect.gen(function* () {
      const screen = screenOf({ columns: () => 40 });
      const userCode = "ABCDEFGH-".repeat(8);
      yield* showUserCode({ ...code, userCode }, screen);
      assert.include(screen.text, `    ${userCode}\n`);
    }));
});

describe("drawProgress()", () => {
  it.effect("draws four times a second, cuts what is too long, and wipes at the end", () =>
    Effect.gen(function* () {
      const screen = screenOf({ columns: () => 20 });
      const progress = { path: "awaitingUser.waiting", pollAt: 5_000 };
      const fiber = yield* Effect.forkChild(drawProgress(progress, screen));
      yield* TestClock.adjust(1_000);
      const drawings = screen.text.split("\r\u001b[2K").slice(1);
      assert.strictEqual(drawings.length, 5);
      for (const drawing of drawings) assert.isBelow(drawing.length, 20);
      yield* Fiber.interrupt(fiber);
      assert.isTrue(screen.text.endsWith("\r\u001b[2K"));
    }));
});

describe("oneLine()", () => {
  it("takes out what acts on a terminal, and line ends", () => {
    assert.strictEqual(oneLine("a\u001b[2J\u0007\r\nb\u202e\tc "), "a b c");
  });
});
