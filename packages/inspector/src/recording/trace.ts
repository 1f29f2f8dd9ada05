/**
 * What a timeline holds: the flows, sessions, exchanges and happenings of a recording.
 *
 * Times are those of the lines, in milliseconds since the epoch. What a process told by its own wall
 * clock, such as when a timer is due, is moved onto them.
 *
 * @module
 */
import type { RecordedSpan } from "./recorded.ts";

/** How a flow ended; `lost`: its process ended without a word of it. */
export type FlowOutcome = "done" | "interrupted" | "defect" | "lost";

/** One step of a flow. */
export interface FlowStep {
  /** Number of its line. */
  readonly seq: number;
  /** When. */
  readonly at: number;
  /** Dotted path before; empty for the first. */
  readonly from: string;
  /** Dotted path after. */
  readonly to: string;
  /** The event's name, `after` and a delay's name; `start` or `resume` for the first. */
  readonly event: string;
  /** What the event carried, redacted; absent: nothing. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** The chart's context after the step, redacted. */
  readonly context: unknown;
  /** The flow's own count of its observations. */
  readonly flowSeq: number;
}

/** One run of an operation. */
export interface OperationRun {
  /** The operation's name. */
  readonly operation: string;
  /** Number of the line in which it began. */
  readonly seq: number;
  /** When it began. */
  readonly startedAt: number;
  /** Number of the line in which it ended; absent: it runs. */
  readonly endSeq?: number | undefined;
  /** When it ended; absent: it runs. */
  readonly endedAt?: number | undefined;
  /** The answering event's name, `interrupted`, `defect`, or `lost` with its flow. */
  readonly answer?: string | undefined;
}

/** One run of a timer. */
export interface TimerRun {
  /** `after` and the delay's name. */
  readonly timer: string;
  /** Number of the line in which it was armed. */
  readonly seq: number;
  /** When it was armed. */
  readonly armedAt: number;
  /** When it is due; infinite: never. */
  readonly dueAt: number;
  /** Number of the line in which it ended; absent: it runs. */
  readonly endSeq?: number | undefined;
  /** When it fired or was cancelled; absent: it runs. */
  readonly endedAt?: number | undefined;
  /** What became of it; `lost` with its flow. */
  readonly end?: "fired" | "cancelled" | "lost" | undefined;
}

/** An event that a flow gave to whoever runs it. */
export interface Emission {
  /** Number of its line. */
  readonly seq: number;
  /** When. */
  readonly at: number;
  /** The event's name, such as `user_code`. */
  readonly event: string;
}

/** One flow in one process. A flow that was resumed in the same process is another one. */
export interface FlowTrace {
  /** Unique in the timeline, and the same whenever the recording is read. */
  readonly id: string;
  /** The flow's own name. Kept when another process resumes it. */
  readonly flowId: string;
  /** In which process. */
  readonly process: string;
  /** The chart's id; empty where the recording begins after the flow did. */
  readonly chart: string;
  /** The chart's version; empty where the recording begins after the flow did. */
  readonly chartVersion: string;
  /** Whether it went on from a checkpoint. */
  readonly isResumed: boolean;
  /** Number of its first line. */
  readonly seq: number;
  /** When it began, or was first heard of. */
  readonly startedAt: number;
  /** Number of the line in which it ended; absent: it runs. */
  readonly endSeq?: number | undefined;
  /** When it ended; absent: it runs. */
  readonly endedAt?: number | undefined;
  /** How it ended; absent: it runs. */
  readonly outcome?: FlowOutcome | undefined;
  /** Dotted path of the last state. */
  readonly path: string;
  /** Its span, and the trace that it is part of. */
  readonly span?: RecordedSpan | undefined;
  /** Its steps, the start among them, in order. */
  readonly steps: ReadonlyArray<FlowStep>;
  /** How many earlier steps are not kept. */
  readonly droppedSteps: number;
  /** Its operations, in the order in which they began. */
  readonly operations: ReadonlyArray<OperationRun>;
  /** Its timers, in the order in which they were armed. */
  readonly timers: ReadonlyArray<TimerRun>;
  /** What it emitted. */
  readonly emissions: ReadonlyArray<Emission>;
  /** `id` of the session whose flow it is. */
  readonly session?: string | undefined;
  /** Raised with every line of this flow, so that a view can tell whether to draw again. */
  readonly revision: number;
}

/** A state that a session came into. */
export interface SessionStep {
  /** Number of its line. */
  readonly seq: number;
  /** When. */
  readonly at: number;
  /** The state's name, such as `fresh`. */
  readonly name: string;
  /** Dotted path of the chart's state. */
  readonly path: string;
  /** The record's version in the store; `null`: nothing is stored. */
  readonly version: number | null;
  /** When the token expires. */
  readonly expiresAt?: number | undefined;
  /** When its renewal is due. */
  readonly dueAt?: number | undefined;
  /** What kept the last renewal or write from success. */
  readonly error?: string | undefined;
}

/** A time during which a session held its lease. */
export interface LeaseSpan {
  /** Number of the line in which it was taken. */
  readonly seq: number;
  /** When it was taken. */
  readonly takenAt: number;
  /** Number of the line in which it ended; absent: it is held. */
  readonly endSeq?: number | undefined;
  /** When it ended; absent: it is held. */
  readonly endedAt?: number | undefined;
  /** What became of it; absent: it is held. `forgotten`: its process ended. */
  readonly end?: "released" | "lost" | "forgotten" | undefined;
}

/** A request for new tokens, as the session's flow tells it. */
export interface Renewal {
  /** Number of the line in which it began. */
  readonly seq: number;
  /** When it began. */
  readonly startedAt: number;
  /** When it was answered; absent: it is under way. */
  readonly endedAt?: number | undefined;
  /** The answer's name, such as `token`; absent: it is under way. */
  readonly answer?: string | undefined;
}

/** One session in one process. */
export interface SessionTrace {
  /** Unique in the timeline. */
  readonly id: string;
  /** The session's key in its store: processes with the same one share it. */
  readonly key: string;
  /** In which process. */
  readonly process: string;
  /** The states that it came into, in order. */
  readonly steps: ReadonlyArray<SessionStep>;
  /** How many earlier states are not kept. */
  readonly droppedSteps: number;
  /** When it held its lease. */
  readonly leases: ReadonlyArray<LeaseSpan>;
  /** When it was refused the lease: another held it. */
  readonly refusals: ReadonlyArray<{ readonly seq: number; readonly at: number }>;
  /** Its renewals. */
  readonly renewals: ReadonlyArray<Renewal>;
  /** `id` of its flow. */
  readonly flow?: string | undefined;
  /** When its process ended; absent: it lives. */
  readonly endedAt?: number | undefined;
  /** Raised with every line of this session. */
  readonly revision: number;
}

/** Who takes part in an exchange. */
export type Party = "program" | "browser" | "server" | "api";

/** One HTTP exchange of a program with an authorization server or an API. */
export interface Exchange {
  /** Unique in the timeline. */
  readonly id: string;
  /** Number of its last line. */
  readonly seq: number;
  /** In which process. */
  readonly process: string;
  /** With whom. */
  readonly to: "server" | "api";
  /** When it was sent. */
  readonly sentAt: number;
  /** When the answer was here, or it was clear that none comes; absent: under way. */
  readonly endedAt?: number | undefined;
  /** Which endpoint, such as `token`; its path where nothing else is known. */
  readonly endpoint: string;
  /** HTTP method; empty where it is not known. */
  readonly method: string;
  /** Without query, or the path alone. */
  readonly url: string;
  /** Absent where no response came. */
  readonly status?: number | undefined;
  /** `ok`, the tag of the reason why not, or the trouble of the world; absent: under way. */
  readonly outcome?: string | undefined;
  /** Parameters by their wire names, redacted; absent where they are not known. */
  readonly request?: Readonly<Record<string, string>> | undefined;
  /** Members by their wire names, redacted; absent where they are not known. */
  readonly response?: Readonly<Record<string, unknown>> | undefined;
  /** `id` of the flow that it belongs to, where that can be told. */
  readonly flow?: string | undefined;
  /** `id` of the session that it belongs to, where that can be told. */
  readonly session?: string | undefined;
  /** Whether it was sent once more, with another token, after a 401; absent: it was not. */
  readonly isReplay?: boolean | undefined;
  /** In a world: the request's number. */
  readonly worldRequest?: number | undefined;
  /** In a world: what befell it on its way. */
  readonly trouble?: string | undefined;
  /** In a world: when it reached the server; twice where it was duplicated. */
  readonly arrivals?: ReadonlyArray<number> | undefined;
  /** In a world: what else is told of it, such as the ordinal of its token. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** One arrow of a sequence diagram. */
export interface Message {
  /** Unique in the timeline. */
  readonly id: string;
  /** Number of the line that told of it. */
  readonly seq: number;
  /** When. */
  readonly at: number;
  /** Who sent it. */
  readonly from: Party;
  /** Who it is for. */
  readonly to: Party;
  /** In which process the program's end is; empty where none takes part. */
  readonly process: string;
  /** What it is: `POST token`, `200`, `authorization_url`, `approve`. */
  readonly label: string;
  /** `silence` is an answer that did not come. */
  readonly kind: "request" | "answer" | "silence" | "notice";
  /** `id` of the exchange that it is half of. */
  readonly exchange?: string | undefined;
  /** `id` of the flow that it belongs to, where that can be told. */
  readonly flow?: string | undefined;
}

/** Something else that happened, of a world mostly. */
export interface Happening {
  /** Number of its line. */
  readonly seq: number;
  /** When. */
  readonly at: number;
  /** Its line's type, such as `fault.began`, `store.written` or `dropped`. */
  readonly type: string;
  /** What it concerns. */
  readonly topic: "process" | "clock" | "person" | "server" | "store" | "lease" | "fault" | "other";
  /** In which process; absent: of the world. */
  readonly process?: string | undefined;
  /** What it is, in a few words, such as `approve 200`. */
  readonly label: string;
  /** The whole line. */
  readonly line: Readonly<Record<string, unknown>>;
}

/** Somebody who asked a session for something. */
export interface Call {
  /** Unique in the timeline. */
  readonly id: string;
  /** Number of the line in which it was asked. */
  readonly seq: number;
  /** In which process. */
  readonly process: string;
  /** What for, such as `token`. */
  readonly what: string;
  /** When it was asked. */
  readonly askedAt: number;
  /** When it was answered; absent: they wait. */
  readonly endedAt?: number | undefined;
  /** What came: `got`, or the tag of the reason why nothing; absent: they wait. */
  readonly outcome?: string | undefined;
}

/** A process of a recording. */
export interface ProcessTrace {
  /** Its name; `main` in a program's own recording. */
  readonly name: string;
  /** When it was first heard of. */
  readonly startedAt: number;
  /** When it ended; absent: it runs. */
  readonly endedAt?: number | undefined;
  /** How it ended; absent: it runs. */
  readonly end?: "crashed" | "ended" | undefined;
  /** How far its wall clock is ahead of the lines, in milliseconds. */
  readonly clockOffsetMillis: number;
}

/** How much is kept. */
export interface TimelineLimits {
  /** Flows that have ended. Default 2,000. */
  readonly endedFlows: number;
  /** Steps, operations, timers of one flow, and states of one session, of each. Default 2,000. */
  readonly perFlow: number;
  /**
   * Steps of all flows together, give or take: the more flows there are, the fewer of each are kept,
   * down to 50. Default 200,000.
   */
  readonly steps: number;
  /** Exchanges, messages, happenings and calls, of each. Default 20,000. */
  readonly perKind: number;
}

/** How much was let go of for the sake of the limits. */
export interface TimelineLosses {
  /** Flows that had ended. */
  readonly flows: number;
  /** Steps, those of these flows among them. */
  readonly steps: number;
  /** Exchanges. */
  readonly exchanges: number;
  /** Messages. */
  readonly messages: number;
  /** Happenings. */
  readonly happenings: number;
  /** Calls. */
  readonly calls: number;
  /** Lines that the recording itself does not hold, as it says. */
  readonly lines: number;
  /** Requests with a session's token that went well, and were too many a second to be told. */
  readonly requests: number;
}

/** A recording over time. Its collections change in place with `append`. */
export interface Timeline {
  /** Raised with every call of `append` that brought something. */
  readonly revision: number;
  /** Time of the first line; `undefined`: there is none. */
  readonly firstAt: number | undefined;
  /** Time of the last line; `undefined`: there is none. */
  readonly lastAt: number | undefined;
  /** How many lines there were. */
  readonly lineCount: number;
  /** Flows by their `id`, in the order in which they were first heard of. */
  readonly flows: ReadonlyMap<string, FlowTrace>;
  /** Sessions by their `id`, in the order in which they were first heard of. */
  readonly sessions: ReadonlyMap<string, SessionTrace>;
  /** Processes by their name. */
  readonly processes: ReadonlyMap<string, ProcessTrace>;
  /** HTTP exchanges, in the order of their first lines. */
  readonly exchanges: ReadonlyArray<Exchange>;
  /** The arrows of a sequence diagram, ordered by time, then line. */
  readonly messages: ReadonlyArray<Message>;
  /** What else happened, in order. */
  readonly happenings: ReadonlyArray<Happening>;
  /** Who asked sessions for something, in order. */
  readonly calls: ReadonlyArray<Call>;
  /** What is not kept. */
  readonly lost: TimelineLosses;
  /** What is kept at most. */
  readonly limits: TimelineLimits;
}
