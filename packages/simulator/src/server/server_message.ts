/**
 * What goes into a simulated authorization server and what comes out, as data.
 *
 * @module
 */

/** A request. */
export interface ServerRequest {
  /** In capital letters. */
  readonly method: string;
  /** Absolute. Its origin is not looked at, only what follows. */
  readonly url: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly body: string;
}

/** A response. */
export interface ServerResponse {
  /** The status code. */
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly body: string;
}
