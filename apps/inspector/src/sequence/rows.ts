/** A sequence diagram: its columns, and its arrows in order. */
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type {
  Exchange,
  FlowTrace,
  Happening,
  Message,
  Party,
} from "@bellhop/inspector/recording/trace";
import { LEAST_QUIET_MILLIS } from "../timeline/quiet.ts";
import { pendingRequests } from "./pending.ts";

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
  /** `id` of the lane that it begins at; empty: it concerns all. */
  readonly from: string;
  /** `id` of the lane that it ends at. */
  readonly to: string;
  /** What it says. */
  readonly label: string;
  /** What it is. */
  readonly kind: Message["kind"] | "pending" | "store" | "trouble" | "world";
  /** Whether it went well, as far as can be told. */
  readonly isBad: boolean;
  /** The exchange that it is half of. */
  readonly exchange?: Exchange | undefined;
  /** How long nothing was shown before it, in milliseconds, where that is long. */
  readonly quietMillis?: number | undefined;
  /** What else it unfolds to. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** A diagram. */
export interface Sequence {
  /** From the left. */
  readonly lanes: ReadonlyArray<Lane>;
  /** From the top. */
  readonly rows: ReadonlyArray<Row>;
}

/** How many rows are drawn at once, and by how many they move on. */
const DRAWN_ROWS = 600;
const ROWS_ON = 200;

const parties = {
  browser: "Browser",
  server: "Authorization server",
  api: "API",
} as const satisfies Readonly<Record<Exclude<Party, "program">, string>>;

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
  const pending = pendingRows(timeline, (each) => isFlowIn(each, flow, scope));
  const all = merged([...messages, ...pending], happenings);
  return { lanes: lanesOf(all), rows: withQuiet(all) };
}

/** Which rows are drawn where so many have happened: those around the last of them. */
export function drawnRows(total: number, happened: number): readonly [from: number, to: number] {
  if (total <= DRAWN_ROWS) return [0, total];
  const wanted = Math.ceil((happened - DRAWN_ROWS / 2) / ROWS_ON) * ROWS_ON;
  const from = Math.min(total - DRAWN_ROWS, Math.max(0, wanted));
  return [from, from + DRAWN_ROWS];
}

function withQuiet(rows: ReadonlyArray<Row>): ReadonlyArray<Row> {
  return rows.map((row, index) => {
    const quietMillis = row.at - (rows[index - 1]?.at ?? row.at);
    return quietMillis >= LEAST_QUIET_MILLIS ? { ...row, quietMillis } : row;
  });
}

function isFlowIn(each: FlowTrace, flow: FlowTrace | undefined, scope: Scope): boolean {
  if (scope === "everything" || flow === undefined) return true;
  return scope === "process" ? each.process === flow.process : each === flow;
}

function isMessageIn(message: Message, flow: FlowTrace | undefined, scope: Scope): boolean {
  if (scope === "everything" || flow === undefined) return true;
  if (scope === "process") return message.process === flow.process || message.process === "";
  return message.flow === flow.id;
}

const drawnTopics: ReadonlySet<string> = new Set(["store", "lease", "process", "clock"]);

function isHappeningIn(
  happening: Happening,
  { flow, scope, timeline }: {
    readonly flow: FlowTrace | undefined;
    readonly scope: Scope;
    readonly timeline: Timeline;
  },
): boolean {
  const { topic, process, line, type } = happening;
  if (type === "violated") return true;
  if (topic === "fault") return scope !== "flow" || flow === undefined;
  if (!drawnTopics.has(topic)) return false;
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

/** Requests of which nothing has been told yet: an exchange is seen when it is over. */
function pendingRows(
  timeline: Timeline,
  isShown: (flow: FlowTrace) => boolean,
): ReadonlyArray<Row> {
  return pendingRequests(timeline, isShown).map(({ flow, run }) => ({
    id: `pending ${flow.id} ${run.seq}`,
    seq: run.seq,
    at: run.startedAt,
    from: laneId("program", flow.process),
    to: "server",
    label: `${run.operation} …`,
    kind: "pending",
    isBad: false,
  }));
}

function happeningRow({ seq, at, type, topic, process, label, line }: Happening): Row {
  if (topic === "fault" || type === "violated") {
    const isBad = type === "violated";
    const words = isBad ? `${String(line["invariant"])} is violated` : worldWords(type, line);
    return {
      id: `happening ${seq}`,
      seq,
      at,
      from: "",
      to: "",
      label: words,
      kind: "world",
      isBad,
      detail: line,
    };
  }
  const own = laneId("program", process ?? "");
  const isStore = topic === "store" || topic === "lease";
  return {
    id: `happening ${seq}`,
    seq,
    at,
    ...(type === "lease.granted" ? { from: "store", to: own } : {
      from: own,
      to: isStore ? "store" : own,
    }),
    label: label === "" ? type : label,
    kind: isStore ? "store" : "trouble",
    isBad: type === "store.failed" || type === "process.crashed",
    detail: line,
  };
}

function worldWords(type: string, { fault }: Happening["line"]): string {
  if (type === "world.quiet") return "no more faults";
  const name = typeof fault === "string" ? fault : "a fault";
  if (type === "fault.began") return `fault begins: ${name}`;
  return type === "fault.ended" ? `fault ends: ${name}` : type;
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
  ids.delete("");
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
