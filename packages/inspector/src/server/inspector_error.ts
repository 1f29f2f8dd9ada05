/**
 * Why there is no inspector.
 *
 * @module
 */
import * as Data from "effect/Data";

/** The server that was provided listens where others can reach it. */
export class InspectorError extends Data.Error<{
  /** Where it listens. */
  readonly address: string;
}> {
  override readonly name = "InspectorError";
  readonly _tag = "InspectorError";
  override readonly message: string =
    `Inspector was not started: its server listens on ${this.address}, which is not 127.0.0.1`;
  /** What to do next. */
  readonly hint: string = "Provide an HTTP server that listens on 127.0.0.1";
}
