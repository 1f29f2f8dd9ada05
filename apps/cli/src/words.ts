/**
 * Words for people, on stderr: as many as the settings ask for.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { visible } from "@bellhop/core/protocol/redaction";
import { exitCodes } from "./exit_code.ts";
import { red, Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import type { Failure } from "./bad_end.ts";

/** Says what happens. Not with `--quiet`, and not with `--json`, whose lines say it. */
export function note(text: string): Effect.Effect<void, never, Settings | Screen> {
  return say(text, ({ isQuiet, isJson }) => !isQuiet && !isJson);
}

/** Says what no JSON line says. Not with `--quiet`. */
export function remark(text: string): Effect.Effect<void, never, Settings | Screen> {
  return say(text, ({ isQuiet }) => !isQuiet);
}

/** Says more, with `--verbose` only. */
export function detail(text: string): Effect.Effect<void, never, Settings | Screen> {
  return say(text, ({ isVerbose }) => isVerbose);
}

/** Says what people must know, whatever the settings. */
export function warn(text: string): Effect.Effect<void, never, Settings | Screen> {
  return say(text, () => true);
}

/** A bad end, in words: what happened, and what to do. Whoever interrupted knows both. */
export function failureWords(screen: Screen, failure: Failure): string {
  const { exitCode, description, hint } = failure;
  if (exitCode === exitCodes.interrupted) return "Interrupted.\n";
  const lines = [`${red(screen, "error:")} ${visible(description)}`];
  if (hint !== undefined) lines.push(`hint:  ${visible(hint)}`);
  return `${lines.join("\n")}\n`;
}

function say(
  text: string,
  isWanted: (settings: Settings) => boolean,
): Effect.Effect<void, never, Settings | Screen> {
  return Effect.gen(function* () {
    const screen = yield* Screen;
    if (isWanted(yield* Settings)) screen.write(`${visible(text)}\n`);
  });
}
