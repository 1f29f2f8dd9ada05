/**
 * A timeline as it is built: the same as others see, but writable, with what finds its parts.
 *
 * @module
 */
import type { Line, RecordedSpan } from "./recorded.ts";
import type {
  Call,
  Exchange,
  FlowTrace,
  Happening,
  Message,
  ProcessTrace,
  SessionTrace,
  Timeline,
  TimelineLimits,
  TimelineLosses,
} from "./trace.ts";

/** The same, writable, and lists that can grow. */
export type Writable<T> = {
  -readonly [Name in keyof T]: T[Name] extends ReadonlyArray<infer Item> ? Array<Item>
    : T[Name];
};

/** A line, as it is taken in. */
export interface Told {
  /** Number of the line. */
  readonly seq: number;
  /** When, never before the line before. */
  readonly at: number;
  readonly process: string;
  readonly span: RecordedSpan | undefined;
  readonly line: Line;
}

const DEFAULTS: TimelineLimits = {
  endedFlows: 2_000,
  perFlow: 2_000,
  steps: 200_000,
  perKind: 20_000,
};

/** So many steps of a flow are kept however many flows there are. */
const LEAST_PER_FLOW = 50;

export class TimelineState implements Timeline {
  revision = 0;
  firstAt: number | undefined;
  lastAt: number | undefined;
  lastSeq = -1;
  lineCount = 0;
  readonly flows: Map<string, Writable<FlowTrace>> = new Map();
  readonly sessions: Map<string, Writable<SessionTrace>> = new Map();
  readonly processes: Map<string, Writable<ProcessTrace>> = new Map();
  readonly exchanges: Array<Writable<Exchange>> = [];
  readonly messages: Array<Message> = [];
  readonly happenings: Array<Happening> = [];
  readonly calls: Array<Writable<Call>> = [];
  readonly lost: Writable<TimelineLosses> = {
    flows: 0,
    steps: 0,
    exchanges: 0,
    messages: 0,
    happenings: 0,
    calls: 0,
    lines: 0,
    requests: 0,
  };
  readonly limits: TimelineLimits;
  /** The last run of each flow, by process and its own name. */
  readonly runs: Map<string, Writable<FlowTrace>> = new Map();
  /** Flows that run, by process. */
  readonly running: Map<string, Set<Writable<FlowTrace>>> = new Map();
  /** Flows with an operation under way, by process. */
  readonly busy: Map<string, Set<Writable<FlowTrace>>> = new Map();
  /** Flows that have ended, in that order. */
  readonly ended: Set<Writable<FlowTrace>> = new Set();
  /** Exchanges of worlds that nobody has told the messages of yet, by process and party. */
  readonly untold: Map<string, Array<Writable<Exchange>>> = new Map();
  /** Exchanges under way, by process and number. */
  readonly sent: Map<string, Writable<Exchange>> = new Map();
  /** Questions without an answer, by process and number. */
  readonly asked: Map<string, Writable<Call>> = new Map();

  constructor(limits: Partial<TimelineLimits>) {
    this.limits = { ...DEFAULTS, ...limits };
  }

  /** How many steps of one flow are kept, with so many flows as there are. */
  get perFlow(): number {
    const share = Math.floor(this.limits.steps / Math.max(1, this.flows.size));
    return Math.min(this.limits.perFlow, Math.max(LEAST_PER_FLOW, share));
  }

  process(told: Pick<Told, "process" | "at">): Writable<ProcessTrace> {
    return found(this.processes, told.process, () => ({
      name: told.process,
      startedAt: told.at,
      clockOffsetMillis: 0,
    }));
  }

  session({ process, at: _at }: Told, key: string): Writable<SessionTrace> {
    const id = `${process}/${key}`;
    return found(this.sessions, id, () => ({
      id,
      key,
      process,
      steps: [],
      droppedSteps: 0,
      leases: [],
      refusals: [],
      renewals: [],
      revision: 0,
    }));
  }

  addMessage(message: Message): void {
    let index = this.messages.length;
    // What is told of at its end began before: its place is near.
    while (index > 0 && (this.messages[index - 1]?.at ?? 0) > message.at) index--;
    this.messages.splice(index, 0, message);
    this.lost.messages += trim(this.messages, this.limits.perKind);
  }

  addExchange(exchange: Writable<Exchange>): void {
    this.exchanges.push(exchange);
    this.lost.exchanges += trim(this.exchanges, this.limits.perKind);
  }

  addHappening(happening: Happening): void {
    this.happenings.push(happening);
    this.lost.happenings += trim(this.happenings, this.limits.perKind);
  }

  addCall(call: Writable<Call>): void {
    this.calls.push(call);
    this.lost.calls += trim(this.calls, this.limits.perKind);
  }

  /** A flow has ended: it is kept as long as there is room. */
  keepEnded(flow: Writable<FlowTrace>): void {
    this.ended.add(flow);
    if (this.ended.size <= this.limits.endedFlows) return;
    const [oldest] = this.ended;
    if (oldest === undefined) return;
    this.ended.delete(oldest);
    this.flows.delete(oldest.id);
    this.lost.flows++;
    this.lost.steps += oldest.steps.length;
    const run = runKey(oldest.process, oldest.flowId);
    if (this.runs.get(run) === oldest) this.runs.delete(run);
    const { session } = oldest;
    if (session !== undefined && this.sessions.get(session)?.flow === oldest.id) {
      this.sessions.delete(session);
    }
  }
}

/** Names the runs of one flow in one process. */
export function runKey(process: string, flowId: string): string {
  return `${process}/${flowId}`;
}

/** What is under a key, made where nothing is. */
export function found<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/**
 * Lets go of the oldest where a list is an eighth too long, so that it need not be moved each time.
 *
 * @returns How many went.
 */
export function trim<Item>(
  list: Array<Item>,
  limit: number,
  isKept?: (item: Item) => boolean,
): number {
  if (list.length <= limit + (limit >> 3)) return 0;
  const old = list.splice(0, list.length - limit);
  const kept = isKept === undefined ? [] : old.filter(isKept);
  list.unshift(...kept);
  return old.length - kept.length;
}
