import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, Layer } from "effect";
import { TestConsole } from "effect/testing";
import { usageError } from "./command_error.ts";
import { exitCodeOf, report, wantsJson } from "./report.ts";
import { Screen } from "./screen.ts";

describe("wantsJson()", () => {
  it("finds the flag anywhere before the operands", () => {
    assert.isTrue(wantsJson(["--json", "status"]));
    assert.isTrue(wantsJson(["status", "--json"]));
    assert.isFalse(wantsJson(["status"]));
    assert.isFalse(wantsJson(["call", "--", "--json"]));
  });
});

describe("exitCodeOf()", () => {
  it("is 0 for success, 130 for an interruption, 1 for a defect", () => {
    assert.strictEqual(exitCodeOf(Exit.void), 0);
    assert.strictEqual(exitCodeOf(Exit.interrupt()), 130);
    assert.strictEqual(exitCodeOf(Exit.die(new Error())), 1);
  });
});

describe("report()", () => {
  const cause = Cause.fail(usageError("It is\u001b[2J wrong", "Do it right"));
  const written: Array<string> = [];
  const screen = Layer.succeed(Screen, {
    isTerminal: false,
    hasKeys: false,
    canColor: false,
    columns: () => 80,
    write: (text) => void written.push(text),
  });

  it.effect("tells people on the screen, programs on stdout, and never both", () =>
    Effect.gen(function* () {
      yield* report(cause, false);
      assert.deepStrictEqual(written, ["error: It is wrong\nhint:  Do it right\n"]);
      assert.deepStrictEqual(yield* TestConsole.logLines, []);
      yield* report(Cause.interrupt(), false);
      assert.strictEqual(written.pop(), "Interrupted.\n");
      yield* report(cause, true);
      assert.strictEqual(written.length, 1);
      assert.strictEqual((yield* TestConsole.logLines).length, 1);
    }).pipe(Effect.provide([screen, TestConsole.layer])));
});
