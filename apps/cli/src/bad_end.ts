/**
 * How a command ended badly, in the terms of scripts and people.
 *
 * @module
 */
import type { ExitCode } from "./exit_code.ts";

/** A bad end. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** The RFC's code where it has one, ours where not. */
  readonly error: string;
  readonly description: string;
  readonly hint: string | undefined;
}
