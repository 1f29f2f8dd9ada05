/**
 * What can go wrong: each fault is a piece of data with a time, so that a plan of them can be read,
 * shortened and replayed.
 *
 * @module
 */

/** What can happen to one HTTP request on its way. Whether the server acts is what matters most. */
export type NetworkTrouble =
  /** It never arrives, and nobody says so. */
  | "request lost"
  /** The server acts, its answer never comes, and nobody says so. */
  | "answer lost"
  /** No connection comes about. */
  | "refused"
  /** The connection breaks before the request arrived. */
  | "reset before"
  /** The connection breaks after the server acted. */
  | "reset after"
  /** It arrives twice, the second time a moment later; the first answer comes back. */
  | "duplicate"
  /** It arrives twice, and the second answer comes back. */
  | "duplicate, last answer"
  /** A proxy or the server says 503 with `Retry-After`, and nothing is done. */
  | "503 before"
  /** A proxy says 502 after the server acted. */
  | "502 after"
  /** The server has no time: 429 with `Retry-After`. It does nothing. */
  | "429"
  /** A proxy shows a page with status 200 in the place of the server. */
  | "HTML page"
  /** The server acts, and half of its answer comes. */
  | "truncated"
  /** The answer comes in pieces, with pauses. */
  | "slow body"
  /** The request or its answer takes seconds. */
  | "slow"
  /** Nothing gets through, in either direction. */
  | "partition";

/** What can happen to one use of the store. */
export type StoreTrouble =
  /** It cannot be read. */
  | "unreadable"
  /** It takes nothing, and says so. */
  | "unwritable"
  /** It takes what is written, and says that it did not. */
  | "written, unsaid"
  /** It takes what is written, and reports a conflict, as after a driver's own second try. */
  | "written, conflict"
  /** It reports a conflict where there is none. */
  | "conflict"
  /** It takes seconds. */
  | "slow"
  /** Whoever does not hold the lease reads what was there a while ago. */
  | "stale"
  /** It forgets who holds the lease, as after a fail-over. */
  | "lease forgotten";

/** What can happen to a process. */
export type ProcessTrouble =
  /** It ends in the middle of something, and is started again. */
  | "crash"
  /** It is told to end, ends in its own time, and is started again. */
  | "stop"
  /** It does nothing for a while, and goes on as if nothing had been. */
  | "hang"
  /** Its wall clock is set. */
  | "clock jump";

/** What all faults have. */
export interface FaultTimes {
  /** When it begins, in milliseconds since the world's first moment. */
  readonly atMillis: number;
  /** How long it lasts, in milliseconds. */
  readonly forMillis: number;
}

/** For a while requests, or uses of the store, may meet a trouble. */
export interface Weather extends FaultTimes {
  /** The machine that it concerns; absent: all. */
  readonly machine?: number | undefined;
  /** How many in a thousand it concerns. */
  readonly permille: number;
}

/** A trouble of the network. */
export interface NetworkFault extends Weather {
  /** What it befalls. */
  readonly on: "network";
  /** What happens. */
  readonly trouble: NetworkTrouble;
}

/** A trouble of the store. */
export interface StoreFault extends Weather {
  /** What it befalls. */
  readonly on: "store";
  /** What happens. */
  readonly trouble: StoreTrouble;
}

/** A trouble of a process. */
export interface ProcessFault extends FaultTimes {
  /** What it befalls. */
  readonly on: "process";
  /** What happens. `forMillis` is how long it is gone, or hangs. */
  readonly trouble: ProcessTrouble;
  /** The machine that it concerns. */
  readonly machine: number;
  /** A crash: how many turns the process still takes. */
  readonly turns?: number | undefined;
  /** A clock jump: how far, in milliseconds. */
  readonly byMillis?: number | undefined;
}

/** Something that goes wrong. */
export type Fault = NetworkFault | StoreFault | ProcessFault;

/** The trouble that a machine meets now, if chance has it meet one. */
export function troubleOf<F extends NetworkFault | StoreFault>(
  faults: Iterable<F>,
  machine: number,
  happens: (permille: number) => boolean,
): F["trouble"] | undefined {
  let trouble: F["trouble"] | undefined;
  for (const fault of faults) {
    const isHere = fault.machine === undefined || fault.machine === machine;
    if (isHere && trouble === undefined && happens(fault.permille)) trouble = fault.trouble;
  }
  return trouble;
}
