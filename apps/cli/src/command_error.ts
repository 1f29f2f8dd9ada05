/**
 * The command line's own error: what no package below it could know.
 *
 * @module
 */
import * as Data from "effect/Data";
import { type ExitCode, exitCodes } from "./exit_code.ts";

/** A command that ended badly for a reason of its own. */
export class CommandError extends Data.Error<{
  readonly exitCode: ExitCode;
  /** What scripts match on, such as `no_session`. */
  readonly code: string;
  /** What happened and where, in one sentence without a full stop. */
  readonly description: string;
  /** What to do next. */
  readonly hint: string;
}> {
  override readonly name = "CommandError";
  readonly _tag = "CommandError";
  override readonly message: string = this.description;
}

/** Wrong usage: flags that contradict each other, or lack something. */
export function usageError(description: string, hint: string): CommandError {
  return new CommandError({
    exitCode: exitCodes.usage,
    code: "invalid_usage",
    description,
    hint,
  });
}

/** Something that was configured does not work: a file, a variable, a port. */
export function configurationError(description: string, hint: string): CommandError {
  return new CommandError({
    exitCode: exitCodes.usage,
    code: "invalid_configuration",
    description,
    hint,
  });
}

/** There is no session to use, or none that still can be. */
export function sessionError(
  code: "no_session" | "session_expired" | "reauthorization_required",
  description: string,
  hint: string,
): CommandError {
  return new CommandError({ exitCode: exitCodes.session, code, description, hint });
}
