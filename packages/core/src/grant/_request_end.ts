/** How a request at the server can end badly, whichever grant made it. */
import * as Data from "effect/Data";
import type { EndpointError } from "../protocol/endpoint_error.ts";

/**
 * The server answered with an error that another attempt does not mend, offers no such grant, or the
 * request was withheld because it could not be granted.
 */
export class Refused extends Data.Error<{ readonly error: EndpointError }> {
  override readonly name = "Refused";
  readonly _tag = "Refused";
  override readonly message: string = this.error.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error.hint;
  }
}

/** The server's answer makes no sense. */
export class Malformed extends Data.Error<{ readonly error: EndpointError }> {
  override readonly name = "Malformed";
  readonly _tag = "Malformed";
  override readonly message: string = this.error.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error.hint;
  }
}

/**
 * No answer came in time, or none but that the server cannot answer now. `error` tells of the last
 * request. A token request without an answer may still have been granted.
 */
export class Unreachable extends Data.Error<{ readonly error: EndpointError | undefined }> {
  override readonly name = "Unreachable";
  readonly _tag = "Unreachable";
  override readonly message: string = this.error?.message ??
    "The authorization server gave no answer in time";

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error?.hint ?? "Check the network and try again";
  }
}
