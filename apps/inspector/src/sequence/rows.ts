/** A sequence diagram: its columns, and its arrows in order. */
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type {
  Exchange,
  FlowTrace,
  Happening,
  Message,
  Party,
} from "@bellhop/inspector/recording/trace";

/** How much is shown. */
export type Scope = "flow" | "process" | "everything";

/** A column. */
export interface Lane {
  /** `server`, `browser`, or a process with `process:` before it. */
  readonly id: string;
  /** What stands over it. */
  readonly name: string;
  /** What kind of thing it is. */
  readonly kind: Party | "store" | "note";
}

/** An arrow, or a note where both ends are the same. */
export interface Row {
  /** Unique in the diagram. */
  readonly id: string;
  /** Number of its line. */
  readonly seq: number;
  /** When. */
  readonly at: number;
  /** `id` of the lane that it begins at. */
  readonly from: string;
  /** `id` of the lane that it ends at. */
  readonly to: string;
  /** What it says. */
  readonly label: string;
  /** What it is. */
  readonly kind: Message["kind"] | "store" | "trouble";
  /** Whether it went well, as far as can be told. */
  readonly isBad: boolean;
  /** The exchange that it is half of. */
  readonly exchange?: Exchange | undefined;
  /** What else it unfolds to. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** A diagram. */
export interface Sequence {
  /** From the left. */
  readonly lanes: ReadonlyArray<Lane>;
  /** From the top. */
  readonly rows: ReadonlyArray<Row>;
  /** How many earlier rows are left out. */
  readonly omitted: number;
}

const MOST_ROWS = 600;

const parties: Readonly<Record<Exclude<Party, "program">, string>> = {
  browser: "Browser",
  server: "Authorization server",
  api: "API",
};

/**
 * Makes the diagram of one flow, of its process, or of everything.
 *
 * @param timeline What happened.
 * @param flow The flow that is looked at.
 * @param scope How much is shown.
 */
export function sequenceOf(
  timeline: Timeline,
  flow: FlowTrace | undefined,
  scope: Scope,
): Sequence {
  const exchanges = new Map(timeline.exchanges.map((exchange) => [exchange.id, exchange]));
  const messages = timeline.messages
    .filter((message) => isMessageIn(message, flow, scope))
    .map((message) => rowOf(message, exchanges));
  const happenings = timeline.happenings
    .filter((happening) => isHappeningIn(happening, { flow, scope, timeline }))
    .map(happeningRow);
  const all = merged(messages, happenings);
  const rows = all.slice(-MOST_ROWS);
  return { lanes: lanesOf(rows), rows, omitted: all.length - rows.length };
}

function isMessageIn(message: Message, flow: FlowTrace | undefined, scope: Scope): boolean {
  if (scope === "everything" || flow === undefined) return true;
  if (scope === "process") return message.process === flow.process || message.process === "";
  return message.flow === flow.id;
}

function isHappeningIn(
  happening: Happening,
  { flow, scope, timeline }: {
    readonly flow: FlowTrace | undefined;
    readonly scope: Scope;
    readonly timeline: Timeline;
  },
): boolean {
  const { topic, process, line } = happening;
  if (topic !== "store" && topic !== "lease" && topic !== "process" && topic !== "clock") {
    return false;
  }
  if (scope === "everything" || flow === undefined) return true;
  if (process !== flow.process) return false;
  if (scope === "process") return true;
  const session = flow.session === undefined ? undefined : timeline.sessions.get(flow.session);
  return session !== undefined && (line["key"] === session.key || topic === "process");
}

function rowOf(message: Message, exchanges: ReadonlyMap<string, Exchange>): Row {
  const { id, seq, at, label, kind } = message;
  const exchange = message.exchange === undefined ? undefined : exchanges.get(message.exchange);
  const isBad = kind === "silence" ||
    (kind === "answer" && exchange !== undefined && isTrouble(exchange));
  return {
    id,
    seq,
    at,
    from: laneId(message.from, message.process),
    to: laneId(message.to, message.process),
    label,
    kind,
    isBad,
    ...(exchange === undefined ? {} : { exchange }),
  };
}

function happeningRow({ seq, at, type, topic, process, label, line }: Happening): Row {
  const own = laneId("program", process ?? "");
  const isStore = topic === "store" || topic === "lease";
  return {
    id: `happening ${seq}`,
    seq,
    at,
    from: own,
    to: isStore ? "store" : own,
    label: label === "" ? type : label,
    kind: isStore ? "store" : "trouble",
    isBad: type === "store.failed" || type === "process.crashed",
    detail: line,
  };
}

function merged(one: ReadonlyArray<Row>, other: ReadonlyArray<Row>): ReadonlyArray<Row> {
  return [...one, ...other].toSorted((a, b) => a.at - b.at || a.seq - b.seq);
}

/** Whether an exchange went wrong. That a user has not decided yet is no trouble (RFC 8628 section 3.5). */
export function isTrouble({ trouble, status, outcome, response }: Exchange): boolean {
  const error = response?.["error"];
  if (trouble !== undefined) return true;
  if (error === "authorization_pending" || error === "slow_down") return false;
  return status === undefined ? outcome !== undefined : status >= 400;
}

function laneId(party: Party, process: string): string {
  return party === "program" ? `process:${process}` : party;
}

function lanesOf(rows: ReadonlyArray<Row>): ReadonlyArray<Lane> {
  const ids = new Set(rows.flatMap(({ from, to }) => [from, to]));
  const programs = [...ids].filter((id) => id.startsWith("process:")).toSorted();
  const browser = ids.has("browser") ? ["browser"] : [];
  const rest = ["server", "api", "store"].filter((id) => ids.has(id));
  return [...browser, ...programs, ...rest].map(laneOf);
}

function laneOf(id: string): Lane {
  if (id === "store") return { id, name: "Store", kind: "store" };
  if (id === "browser" || id === "server" || id === "api") {
    return { id, name: parties[id], kind: id };
  }
  const process = id.slice("process:".length);
  return { id, name: process === "main" || process === "" ? "Program" : process, kind: "program" };
}
