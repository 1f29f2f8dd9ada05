/**
 * Addresses that a user pastes into the terminal while a login waits. They hold a code, so that they are
 * not shown.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";

/** Longer than any address that is taken. */
const maxCharacters = 100_000;

/**
 * Reads lines key by key, until Escape or Ctrl-D.
 *
 * @param onInterrupt Runs when Ctrl-C was pressed, which is a key like others while keys are read.
 */
export function pastedLines<R>(
  onInterrupt: Effect.Effect<unknown, never, R>,
): Stream.Stream<string, never, Terminal.Terminal | R> {
  const keys = Effect.flatMap(Terminal.Terminal, (terminal) => terminal.readInput);
  return Stream.unwrap(Effect.map(keys, Stream.fromQueue)).pipe(
    Stream.tap(({ key }) => key.ctrl && key.name === "c" ? onInterrupt : Effect.void),
    Stream.mapAccum(
      () => "",
      (typed: string, input: Terminal.UserInput) => typedWith(typed, input),
    ),
    Stream.filter((line) => line.trim() !== ""),
  );
}

function typedWith(
  typed: string,
  { input, key }: Terminal.UserInput,
): readonly [string, ReadonlyArray<string>] {
  if (key.name === "return" || key.name === "enter") return ["", [typed]];
  if (key.name === "backspace") return [typed.slice(0, -1), []];
  const text = key.ctrl || key.meta ? "" : Option.getOrElse(input, () => "");
  return [(typed + text).slice(0, maxCharacters), []];
}
