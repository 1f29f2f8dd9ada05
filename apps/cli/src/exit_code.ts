/**
 * The exit codes that scripts count on.
 *
 * @module
 */

/** What each exit code means. */
export interface ExitCodes {
  readonly done: 0;
  /** A defect: a bug in Bellhop, never a way to use it. */
  readonly defect: 1;
  /** Wrong usage or configuration. */
  readonly usage: 2;
  /** The user said no: `access_denied`. */
  readonly denied: 3;
  /** Time ran out: the code expired, or nobody answered. */
  readonly timedOut: 4;
  /** The server refused with another error, or answered nonsense. */
  readonly refused: 5;
  /** The server could not be reached: DNS, TCP, TLS, the limit of a request. */
  readonly unreachable: 6;
  /** The store could not be read or written. */
  readonly store: 7;
  /** No session, or one that must log in again. */
  readonly session: 8;
  readonly interrupted: 130;
}

/** The exit codes by name. */
export const exitCodes: ExitCodes = {
  done: 0,
  defect: 1,
  usage: 2,
  denied: 3,
  timedOut: 4,
  refused: 5,
  unreachable: 6,
  store: 7,
  session: 8,
  interrupted: 130,
};

/** Any of the exit codes. */
export type ExitCode = ExitCodes[keyof ExitCodes];
