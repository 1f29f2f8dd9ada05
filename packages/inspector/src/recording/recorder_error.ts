/**
 * Why a recording is not written, or not whole.
 *
 * @module
 */
import * as Data from "effect/Data";

/** A recording cannot be written. */
export class RecorderError extends Data.Error<{
  /** The file. */
  readonly path: string;
  /** What failed; `protect`: to keep a file that was there from being read by others. */
  readonly operation: "open" | "protect" | "write";
  /** The system's error. */
  readonly cause: unknown;
}> {
  override readonly name = "RecorderError";
  readonly _tag = "RecorderError";
  override readonly message: string = words[this.operation](this.path);
  /** What to do next. */
  readonly hint: string = hints[this.operation];
}

const words: Readonly<Record<RecorderError["operation"], (path: string) => string>> = {
  open: (path) => `Recording cannot be written to ${path}`,
  protect: (path) =>
    `Recording cannot be written to ${path}: others can read that file, and its mode cannot be changed`,
  write: (path) => `Recording in ${path} is not whole: the file cannot be written any more`,
};

const hints: Readonly<Record<RecorderError["operation"], string>> = {
  open: "Name a file in a directory that exists and that you may write to",
  protect: "Remove that file, or name another",
  write: "Make room on the disk; what was recorded until then can be read",
};
