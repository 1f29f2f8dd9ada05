import { assert, describe, it } from "@effect/vitest";
import { type Cause, Effect, Option, Queue, Stream, Terminal } from "effect";
import { pastedLines } from "./paste.ts";

/** Types text, or presses a named key. */
function input(name: string, text = Option.some(name), ctrl = false): Terminal.UserInput {
  return { input: text, key: { name, ctrl, meta: false, shift: false } };
}

function linesOf(inputs: ReadonlyArray<Terminal.UserInput>) {
  let interrupts = 0;
  return Effect.gen(function* () {
    const keys = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>();
    yield* Queue.offerAll(keys, inputs);
    yield* Queue.end(keys);
    const terminal = Terminal.make({
      columns: Effect.succeed(80),
      rows: Effect.succeed(24),
      size: Effect.die("unused"),
      readInput: Effect.succeed(keys),
      readLine: Effect.die("unused"),
      display: () => Effect.die("what is pasted is not shown"),
    });
    const lines = yield* Stream.runCollect(pastedLines(Effect.sync(() => interrupts++))).pipe(
      Effect.provideService(Terminal.Terminal, terminal),
    );
    return { lines: [...lines], interrupts };
  });
}

describe("pastedLines()", () => {
  it.effect("gives what was typed or pasted before Enter, and no empty line", () =>
    Effect.gen(function* () {
      const { lines } = yield* linesOf([
        input("return"),
        ...Array.from("http://a/?c=1X", (character) => input(character)),
        input("backspace", Option.none()),
        input("return", Option.some("\r")),
        input("left", Option.none()),
        input("b"),
        input("enter", Option.some("\n")),
      ]);
      assert.deepStrictEqual(lines, ["http://a/?c=1", "b"]);
    }));

  it.effect("tells of Ctrl-C, which is no text", () =>
    Effect.gen(function* () {
      const keys = [input("c", Option.some("\u0003"), true), input("x"), input("return")];
      const { lines, interrupts } = yield* linesOf(keys);
      assert.deepStrictEqual([lines, interrupts], [["x"], 1]);
    }));
});
