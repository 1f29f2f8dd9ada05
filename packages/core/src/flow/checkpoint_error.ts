/**
 * The one error of checkpoints: why one could not be taken, opened or resumed.
 *
 * @module
 */
import * as Data from "effect/Data";
import { visible } from "../protocol/redaction.ts";
import type { SealError } from "../protocol/seal.ts";

/** An operation that must not run twice is under way. */
export class OperationUnderWay extends Data.Error<{ readonly operation: string }> {
  override readonly name = "OperationUnderWay";
  readonly _tag = "OperationUnderWay";
  override readonly message: string =
    `No checkpoint can be taken while "${this.operation}" is under way, because it must not run twice. ` +
    "Take it before or after";
}

/** The flow has ended. */
export class FlowEnded extends Data.Error {
  override readonly name = "FlowEnded";
  readonly _tag = "FlowEnded";
  override readonly message: string = "No checkpoint can be taken of a flow that has ended";
}

/** The checkpoint is of another chart. */
export class OtherChart extends Data.Error<{ readonly expected: string; readonly found: string }> {
  override readonly name = "OtherChart";
  readonly _tag = "OtherChart";
  override readonly message: string = `The checkpoint is of chart ${
    quoted(this.found)
  }, not of "${this.expected}". Resume it with its own`;
}

/** The checkpoint is of another version of the chart. */
export class OtherVersion extends Data.Error<{
  readonly chart: string;
  readonly expected: string;
  readonly found: string;
}> {
  override readonly name = "OtherVersion";
  readonly _tag = "OtherVersion";
  override readonly message: string =
    `The checkpoint is of version ${
      quoted(this.found)
    } of chart "${this.chart}", here is "${this.expected}". ` +
    "Start a new flow, or resume it with the version that took it";
}

/** The flow was started for another client or another authorization server. */
export class OtherClient extends Data.Error<{
  readonly expected: string;
  readonly found: string;
}> {
  override readonly name = "OtherClient";
  readonly _tag = "OtherClient";
  override readonly message: string =
    `The checkpoint is of a flow of ${this.found}, not of ${this.expected}. Resume it with its own client`;
}

/** The checkpoint is in a format that this version does not know. */
export class OtherFormat extends Data.Error<{ readonly found: number }> {
  override readonly name = "OtherFormat";
  readonly _tag = "OtherFormat";
  override readonly message: string =
    `The checkpoint is in format ${this.found}, which this version does not read. Update Bellhop`;
}

/** What was opened is no checkpoint, or not of this shape. */
export class Unreadable extends Data.Error {
  override readonly name = "Unreadable";
  readonly _tag = "Unreadable";
  override readonly message: string =
    "This is no checkpoint, or one that was changed or cut short. Start a new flow";
}

/** Why a checkpoint could not be taken, opened or resumed. */
export type CheckpointErrorReason =
  | OperationUnderWay
  | FlowEnded
  | OtherChart
  | OtherVersion
  | OtherClient
  | OtherFormat
  | Unreadable
  | SealError;

/** The only error of checkpoints. Match on `reason`. */
export class CheckpointError extends Data.Error<{ readonly reason: CheckpointErrorReason }> {
  override readonly name = "CheckpointError";
  readonly _tag = "CheckpointError";
  override readonly message: string = this.reason.message;
}

/** What a checkpoint says of itself is believed by nobody before it was opened. */
function quoted(claim: string): string {
  return `"${visible(claim).slice(0, 100)}"`;
}
