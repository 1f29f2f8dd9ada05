/**
 * What a check of a scenario fails with.
 *
 * @module
 */
import * as Data from "effect/Data";

/** Something that must hold did not. The message is the whole report. */
export class ViolationError extends Data.Error<{
  /** The seed of the run. */
  readonly seed: number;
  /** Name of the invariant. */
  readonly invariant: string;
  /** What is left of the seed's plan, in one word; absent: all. */
  readonly keep?: string | undefined;
  /** What happened, in lines of plain text. */
  readonly report: string;
}> {
  override readonly name = "ViolationError";
  readonly _tag = "ViolationError";
  override readonly message: string = this.report;
  readonly hint: string =
    "Put the call at the end of the report in the place of the check to see it again";
}
