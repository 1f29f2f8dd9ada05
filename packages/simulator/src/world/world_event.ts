/**
 * What happens in a world: the union of everything that its trace holds and its invariants look at.
 *
 * No event holds a secret. Tokens and codes are named by the ordinal under which the authorization
 * server issued them.
 *
 * @module
 */
import type { Observation } from "@bellhop/core/protocol/observation";
import type { ServerFact } from "../server/server_fact.ts";
import type { RecordOutline } from "../store/record_outline.ts";

/** What is true of every event. */
export interface Happened {
  /** Its number in the world, from 0. */
  readonly seq: number;
  /** The true time, in milliseconds since the epoch. */
  readonly at: number;
}

/** What only happens to one process. */
export interface OfProcess {
  /** Its name, such as `p2.1`. */
  readonly process: string;
}

/** A process began. */
export interface ProcessStarted extends OfProcess {
  readonly type: "process.started";
  /** How far its wall clock is ahead, in milliseconds. */
  readonly clockOffsetMillis: number;
}

/** A process came to an end, or back from hanging; `spun`: it never lets time go on. */
export interface ProcessChanged extends OfProcess {
  readonly type: "process.crashed" | "process.ended" | "process.woke" | "process.spun";
}

/** A process hangs. */
export interface ProcessHung extends OfProcess {
  readonly type: "process.hung";
  /** For how long, in milliseconds. */
  readonly forMillis: number;
}

/** A fault in the program ended something. */
export interface ProcessFaulted extends OfProcess {
  readonly type: "process.faulted";
  /** What was running. */
  readonly what: string;
  /** The fault, in the program's words. */
  readonly fault: string;
}

/** A wall clock was set. */
export interface ClockJumped extends OfProcess {
  readonly type: "clock.jumped";
  /** How far, in milliseconds; back where negative. */
  readonly byMillis: number;
}

/** What is true of everything that concerns one HTTP request. */
export interface OfRequest extends OfProcess {
  /** The request's number in the world, from 1. */
  readonly request: number;
}

/** A process sent a request. */
export interface HttpSent extends OfRequest {
  readonly type: "http.sent";
  /** Path of the URL. */
  readonly path: string;
  /** The grant of a token request. */
  readonly grant?: string | undefined;
  /** Ordinal of the refresh token or of the device code that it carries. */
  readonly secret?: number | undefined;
  /** Ordinal of the access token that it carries. */
  readonly bearer?: number | undefined;
  /** The trouble that awaits it. A partition may begin while it is on its way. */
  readonly trouble?: string | undefined;
  /** Whether its URL holds a secret, which proxies and servers write down. */
  readonly holdsSecret?: boolean | undefined;
}

/** A request reached the server. A duplicate arrives once more. */
export interface HttpArrived extends OfRequest {
  readonly type: "http.arrived";
  /** Whether it is the same request once more. */
  readonly isDuplicate: boolean;
}

/** What came of a request for the process: an answer, or the reason why there is none. */
export interface HttpEnded extends OfRequest {
  readonly type: "http.ended";
  /** The trouble that it met on its way; `given up` where its sender waited no longer. */
  readonly trouble?: string | undefined;
  /** Status of the answer. */
  readonly status?: number | undefined;
  /** The answer's `Retry-After`, in milliseconds; of a date, by the process' wall clock. */
  readonly retryAfterMillis?: number | undefined;
  /** Whether the server's own answer came back whole. */
  readonly isWhole: boolean;
}

/** The authorization server did something. */
export interface ServerActed {
  readonly type: "server";
  /** What it did. */
  readonly fact: ServerFact;
  /** The number of the request that it answered, if it answered one. */
  readonly request?: number | undefined;
}

/** A program sent a person's browser to the server. */
export interface BrowserSent extends OfProcess {
  readonly type: "browser.sent";
  /** The PKCE challenge of the authorization request. */
  readonly challenge: string;
}

/** What a person will do who was asked to sign in. */
export interface PersonExpected {
  readonly type: "person.expected";
  /** All their visits; none: they never come. */
  readonly visits: ReadonlyArray<Visit>;
}

/** What a person does, and how long after having been asked to. */
export interface Visit {
  /** In milliseconds. */
  readonly afterMillis: number;
  /** What they do. */
  readonly decision: "approve" | "deny";
}

/** A person did something. */
export interface PersonActed {
  readonly type: "person";
  /** What, such as `approve`. */
  readonly does: string;
  /** What came of it: a status. */
  readonly status: number;
}

/** Something happened to the store. */
export interface StoreActed extends OfProcess {
  readonly type: "store.read" | "store.written" | "store.removed" | "store.failed";
  /** Key of the session. */
  readonly key: string;
  /** The version that was read or written; `null`: nothing is there. */
  readonly version?: number | null | undefined;
  /** What the writer took to be there. */
  readonly ifVersion?: number | null | undefined;
  /** What was written, without its secrets. */
  readonly record?: RecordOutline | undefined;
  /** The trouble, where there was one. */
  readonly trouble?: string | undefined;
  /** Whether a write is in the store although its writer is told otherwise. */
  readonly isApplied?: boolean | undefined;
}

/** Something happened to a lease in the store. */
export interface LeaseActed extends OfProcess {
  readonly type: "lease.granted" | "lease.extended" | "lease.returned" | "lease.forgotten";
  /** Key of the session. */
  readonly key: string;
  /** When it ends by the store's clock, in milliseconds since the epoch. */
  readonly untilMillis?: number | undefined;
}

/** Somebody in a process asked its session for something. */
export interface CallerAsked extends OfProcess {
  readonly type: "caller.asked";
  /** The question's number in the world, from 1. */
  readonly call: number;
  /** What for, such as `token`. */
  readonly what: string;
  /** Key of the session. Absent: `work`. */
  readonly key?: string | undefined;
  /** The process' wall clock, in milliseconds since the epoch. */
  readonly clockMillis: number;
}

/** They got an answer. */
export interface CallerAnswered extends OfProcess {
  readonly type: "caller.got" | "caller.failed";
  /** The question's number. */
  readonly call: number;
  /** What was asked for. */
  readonly what: string;
  /** Key of the session. Absent: `work`. */
  readonly key?: string | undefined;
  /** Ordinal of the access token that they were given. */
  readonly accessToken?: number | undefined;
  /** When the token expires by what came with it, in milliseconds since the epoch. */
  readonly expiresAtMillis?: number | undefined;
  /** The process' wall clock, in milliseconds since the epoch. */
  readonly clockMillis?: number | undefined;
  /** Tag of the reason why there is nothing. */
  readonly reason?: string | undefined;
  /** Whether the error holds a secret: in its message, in its cause, or anywhere below. */
  readonly holdsSecret?: boolean | undefined;
}

/** A team's own program began one of its errands, or has done with it. */
export interface ErrandActed extends OfProcess {
  readonly type: "errand.began" | "errand.ended";
  /** What the plan calls it, such as `errand 417`. */
  readonly what: string;
  /** What the program calls it. */
  readonly name: string;
  /** Tag of the reason why it failed. */
  readonly reason?: string | undefined;
}

/** The observer of a process saw something. */
export interface Observed extends OfProcess {
  readonly type: "observed";
  /** What it saw. */
  readonly observation: Observation;
}

/** A fault began or ended, or the world turned quiet. */
export interface FaultActed {
  readonly type: "fault.began" | "fault.ended" | "world.quiet";
  /** What kind of fault. */
  readonly fault?: string | undefined;
  /** Its number in the plan. */
  readonly index?: number | undefined;
}

/** An invariant did not hold. */
export interface Violated {
  readonly type: "violated";
  /** Name of the invariant. */
  readonly invariant: string;
  /** What happened instead. */
  readonly detail: string;
}

/** An event before the world has given it its number and time. */
export type WorldEventBody =
  | ProcessStarted
  | ProcessChanged
  | ProcessHung
  | ProcessFaulted
  | ClockJumped
  | HttpSent
  | HttpArrived
  | HttpEnded
  | ServerActed
  | BrowserSent
  | PersonExpected
  | PersonActed
  | StoreActed
  | LeaseActed
  | CallerAsked
  | CallerAnswered
  | ErrandActed
  | Observed
  | FaultActed
  | Violated;

/** Something that happened. */
export type WorldEvent = Happened & WorldEventBody;
