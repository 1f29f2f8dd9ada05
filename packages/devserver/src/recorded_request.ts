/**
 * What a development server remembers of a request, so that a test can count polls.
 *
 * @module
 */
import type { FaultKind } from "./fault.ts";

/** One request. Holds no query, header, token or code. */
export interface RecordedRequest {
  /** HTTP method. */
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** When it arrived, in epoch milliseconds of the system's clock. */
  readonly atMillis: number;
  /** Status of the answer; absent while there is none, and where none was sent. */
  readonly status?: number | undefined;
  /** `grant_type` of a token request. */
  readonly grantType?: string | undefined;
  /** OAuth error code of the answer, such as `authorization_pending`. */
  readonly error?: string | undefined;
  /** The fault that struck it. */
  readonly fault?: FaultKind | undefined;
}
