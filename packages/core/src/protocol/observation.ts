/**
 * What an observer sees: one union for the steps of flows and the messages on the wire.
 *
 * An observer is a {@linkcode Observer} provided through the context. Without one nothing is built
 * and nothing is called. Whatever an observation carries is safe to keep: secrets are `Redacted`
 * or already replaced.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { type Observation, Observer } from "@bellhop/core/protocol/observation";
 *
 * const seen: Array<Observation> = [];
 * const program = Effect.void.pipe(
 *   Effect.provideService(Observer, { observe: (observation) => seen.push(observation) }),
 * );
 * await Effect.runPromise(program);
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";

/** What every step of a flow carries. */
export interface FlowStep {
  /** Names one run of one chart. Not a secret, and kept over checkpoint and resume. */
  readonly flowId: string;
  /** Counts the steps of this run in this process, from 0. */
  readonly seq: number;
  /** Wall-clock time, in milliseconds since the epoch. */
  readonly at: number;
}

/** A flow began, or went on from a checkpoint. */
export interface FlowStarted extends FlowStep {
  readonly type: "flow.started";
  /** The chart's id. */
  readonly chart: string;
  /** The chart's version. */
  readonly chartVersion: string;
  /** Dotted path of the state that it starts in. */
  readonly path: string;
  /** Whether it goes on from a checkpoint. */
  readonly resumed: boolean;
  /** The chart's context. Secrets in it are `Redacted`. */
  readonly context: unknown;
}

/** The chart took an event. */
export interface FlowTransition extends FlowStep {
  readonly type: "flow.transition";
  /** Dotted path of the state before. */
  readonly from: string;
  /** Dotted path of the state after. */
  readonly to: string;
  /** The event's name; for a timer `after` and the delay's name. */
  readonly event: string;
  /**
   * What the event carries, so that the step can be taken again by the chart alone. Absent: nothing.
   * Secrets in it are `Redacted`.
   */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** The chart's context after the step. Secrets in it are `Redacted`. */
  readonly context: unknown;
}

/** An operation began. */
export interface OperationStarted extends FlowStep {
  readonly type: "operation.started";
  /** The operation's name. */
  readonly operation: string;
}

/** An operation gave its answer, or was interrupted because the chart left its state. */
export interface OperationEnded extends FlowStep {
  readonly type: "operation.ended";
  /** The operation's name. */
  readonly operation: string;
  /** The answering event's name; `interrupted` and `defect` where there was none. */
  readonly answer: string;
  /** How long it ran, in milliseconds. */
  readonly durationMillis: number;
}

/** A timer was armed. */
export interface TimerArmed extends FlowStep {
  readonly type: "timer.armed";
  /** `after` and the delay's name. */
  readonly timer: string;
  /** When it will fire, in milliseconds since the epoch. */
  readonly dueAt: number;
}

/** A timer fired, or was disarmed because the chart left its state. */
export interface TimerEnded extends FlowStep {
  readonly type: "timer.fired" | "timer.cancelled";
  /** `after` and the delay's name. */
  readonly timer: string;
}

/** The chart emitted an event to whoever runs the flow. */
export interface FlowEmitted extends FlowStep {
  readonly type: "flow.emitted";
  /** The emitted event's name. */
  readonly event: string;
}

/** The flow ended: in a final state, by interruption, or by a defect. */
export interface FlowEnded extends FlowStep {
  readonly type: "flow.ended";
  /** Dotted path of the state that it ended in. */
  readonly path: string;
  /** `done` in a final state, `interrupted` from outside, `defect` by a fault in the program. */
  readonly outcome: "done" | "interrupted" | "defect";
}

/** One exchange with a server, secrets replaced. */
export interface HttpExchange {
  readonly type: "http.exchange";
  /** Of the flow that sent it; absent where none did. */
  readonly flowId?: string;
  /** When the request was sent, in milliseconds since the epoch. */
  readonly at: number;
  /** Which endpoint was spoken to, such as `token`. */
  readonly endpoint: string;
  /** HTTP method. */
  readonly method: string;
  /** Without user information, query and fragment. */
  readonly url: string;
  /** Absent where no response came. */
  readonly status?: number;
  /** `ok`, or the tag of the reason why not. */
  readonly outcome: string;
  /** From sending to the whole answer, in milliseconds. */
  readonly durationMillis: number;
  /** Parameters by their wire names. */
  readonly request: Record<string, string>;
  /**
   * Members by their wire names. Of an answer that grants something only the outline: the values of
   * members such as `scope` and `expires_in`, of all others the type.
   */
  readonly response: Record<string, unknown>;
}

/**
 * One request that carried a session's token to an API. What it said is the program's own, and not
 * told.
 */
export interface ApiExchange {
  readonly type: "api.exchange";
  /** When the request was sent, in milliseconds since the epoch. */
  readonly at: number;
  /** Key of the session whose token it carried. */
  readonly key: string;
  /** HTTP method. */
  readonly method: string;
  /** Without user information, query and fragment. */
  readonly url: string;
  /** Absent where no response came. */
  readonly status?: number;
  /** `ok` where a response came, whatever its status. */
  readonly outcome: "ok" | "failed" | "interrupted";
  /** From sending to the head of the response, in milliseconds. */
  readonly durationMillis: number;
  /** Whether it was sent once more, with another token, after a 401. */
  readonly isReplay: boolean;
}

/** A session came into another state. Renewals are seen as steps of its flow, too. */
export interface SessionChanged {
  readonly type: "session.changed";
  /** Wall-clock time, in milliseconds since the epoch. */
  readonly at: number;
  /** The session's key in its store. */
  readonly key: string;
  /** The state's name, such as `fresh`. */
  readonly name: string;
  /** Dotted path of the chart's state. */
  readonly path: string;
  /** The record's version in the store; `null`: nothing is stored. */
  readonly version: number | null;
  /** When the token expires, in milliseconds since the epoch. */
  readonly expiresAtMillis?: number | undefined;
  /** When its renewal is due, in milliseconds since the epoch. */
  readonly dueAtMillis?: number | undefined;
  /** What kept the last renewal or write from success. */
  readonly error?: string | undefined;
}

/** The lease under which a session is renewed was taken, given back, or lost. */
export interface LeaseChanged {
  readonly type: "lease.taken" | "lease.released" | "lease.lost" | "lease.refused";
  /** Wall-clock time, in milliseconds since the epoch. */
  readonly at: number;
  /** The session's key in its store. */
  readonly key: string;
  /** Since it was asked for or taken, in milliseconds. */
  readonly durationMillis: number;
}

/** Everything that can be observed. */
export type Observation =
  | FlowStarted
  | FlowTransition
  | OperationStarted
  | OperationEnded
  | TimerArmed
  | TimerEnded
  | FlowEmitted
  | FlowEnded
  | SessionChanged
  | LeaseChanged
  | HttpExchange
  | ApiExchange;

/** Whoever watches. */
export interface Observer {
  /**
   * Called synchronously, in order, so it must be quick. Through {@linkcode notify}, which drops
   * whatever it throws.
   */
  readonly observe: (observation: Observation) => void;
}

/** Key of the {@linkcode Observer}. Its default is `undefined`: nobody watches. */
export const Observer: Context.Reference<Observer | undefined> = Context.Reference(
  "@bellhop/core/protocol/observation/Observer",
  { defaultValue: (): Observer | undefined => undefined },
);

/** Key of the id of the flow whose operation runs, for whoever observes that. */
export const ObservedFlow: Context.Reference<string | undefined> = Context.Reference(
  "@bellhop/core/protocol/observation/ObservedFlow",
  { defaultValue: (): string | undefined => undefined },
);

/**
 * Makes one observer of several: each is told of everything, in order, whatever another of them does.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { Observer, together } from "@bellhop/core/protocol/observation";
 *
 * const told: Array<string> = [];
 * const named = (name: string): Observer => ({ observe: () => void told.push(name) });
 * const both = Effect.map(Observer, (outer) => together(outer, named("inner")));
 * const observer = await Effect.runPromise(Effect.provideService(both, Observer, named("outer")));
 *
 * observer.observe({ type: "flow.emitted", flowId: "f", seq: 0, at: 0, event: "user_code" });
 * assert.deepEqual(told, ["outer", "inner"]);
 * ```
 *
 * @param observers Those that are absent are left out: {@linkcode Observer} may be.
 */
export function together(...observers: ReadonlyArray<Observer | undefined>): Observer {
  const all = observers.filter((observer) => observer !== undefined);
  return {
    observe: (observation) => {
      for (const observer of all) notify(observer, observation);
    },
  };
}

/**
 * Tells an observer. Whoever watches cannot end what is watched: what it throws is dropped, and so
 * is the rejection of an observer that is `async`.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { notify, type Observation } from "@bellhop/core/protocol/observation";
 *
 * const observation: Observation = {
 *   type: "flow.emitted",
 *   flowId: "4bd3a1b2c3d4e5f6",
 *   seq: 0,
 *   at: 1_767_225_600_000,
 *   event: "user_code",
 * };
 * const broken = {
 *   observe: () => {
 *     throw new Error("disk full");
 *   },
 * };
 *
 * assert.equal(notify(broken, observation), undefined);
 * ```
 *
 * @param observer Called once.
 * @param observation Safe to keep.
 */
export function notify(observer: Observer, observation: Observation): void {
  try {
    const returned: unknown = observer.observe(observation);
    if (returned instanceof Promise) returned.catch(() => undefined);
  } catch {
    // An observer's fault is its own.
  }
}
