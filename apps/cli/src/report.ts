/**
 * How a run ends: told to people and programs, and as an exit code.
 *
 * @module
 */
import type * as Cause from "effect/Cause";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as CliOutput from "effect/cli/CliOutput";
import { type ExitCode, exitCodes } from "./exit_code.ts";
import { type AppError, failureOfCause } from "./failure.ts";
import { errorLine, writeLine } from "./json_lines.ts";
import { Screen } from "./screen.ts";
import { failureWords } from "./words.ts";

/** Whether the arguments ask for JSON lines; known before they are parsed, and when they cannot be. */
export function wantsJson(args: ReadonlyArray<string>): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).includes("--json");
}

/** Tells why a run ended badly: as a JSON line where asked for, else in words on stderr. */
export function report(
  cause: Cause.Cause<AppError>,
  isJson: boolean,
): Effect.Effect<void, never, Screen> {
  return Effect.flatMap(Screen, (screen) => {
    const failure = failureOfCause(cause);
    return isJson
      ? writeLine(errorLine(failure))
      : Effect.sync(() => screen.write(failureWords(screen, failure)));
  });
}

/** The exit code of a run, whose errors are an {@linkcode AppError} however they are typed. */
export function exitCodeOf(exit: Exit.Exit<unknown, unknown>): ExitCode {
  return Exit.isSuccess(exit)
    ? exitCodes.done
    : failureOfCause(exit.cause as Cause.Cause<AppError>).exitCode;
}

/** Help that was asked for goes to stdout, help on wrong usage to stderr. */
export function presenter(screen: Screen): CliOutput.Presenter {
  const plain = CliOutput.defaultFormatter({ colors: screen.canColor });
  return {
    present: (event) => {
      switch (event._tag) {
        case "Version":
          return Console.log(event.version);
        case "Help":
          return event.reason === "Requested"
            ? CliOutput.defaultPresenter.present(event)
            : Effect.sync(() => screen.write(`${plain.formatHelpDoc(event.helpDoc)}\n\n`));
        case "InvalidInvocation":
          return Effect.sync(() => screen.write(`${plain.formatHelpDoc(event.helpDoc)}\n\n`));
      }
    },
  };
}
