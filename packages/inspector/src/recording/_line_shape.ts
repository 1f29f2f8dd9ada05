/**
 * What a line has to look like for a timeline to take it in. Of a type that is not known here only
 * what every line has is looked at.
 *
 * @module
 */
import { isMembers, type Members } from "./_members.ts";
import type { Line } from "./recorded.ts";

/** With a question mark it may be absent, or `null`. */
export type Kind = "string" | "number" | "boolean" | "object" | "string?" | "number?" | "object?";
/** The members of something. */
export type Shape = Readonly<Record<string, Kind>>;

const ofFlow: Shape = { flowId: "string", seq: "number", at: "number" };
const ofSession: Shape = { key: "string", at: "number" };
const ofLease: Shape = { ...ofSession, durationMillis: "number" };
const ofTimer: Shape = { ...ofFlow, timer: "string" };

const ofSpan: Shape = { traceId: "string", spanId: "string", parentId: "string?" };

/** What an observation has, by its `type`, beside members that may hold anything. */
export const observations: ReadonlyMap<unknown, Shape> = new Map(Object.entries<Shape>({
  "flow.started": {
    ...ofFlow,
    chart: "string",
    chartVersion: "string",
    path: "string",
    resumed: "boolean",
  },
  "flow.transition": { ...ofFlow, from: "string", to: "string", event: "string", data: "object?" },
  "flow.emitted": { ...ofFlow, event: "string" },
  "flow.ended": { ...ofFlow, path: "string", outcome: "string" },
  "operation.started": { ...ofFlow, operation: "string" },
  "operation.ended": { ...ofFlow, operation: "string", answer: "string" },
  "timer.armed": ofTimer,
  "timer.fired": ofTimer,
  "timer.cancelled": ofTimer,
  "session.changed": {
    ...ofSession,
    name: "string",
    path: "string",
    version: "number?",
    error: "string?",
  },
  "lease.taken": ofLease,
  "lease.released": ofLease,
  "lease.lost": ofLease,
  "lease.refused": ofLease,
  "http.exchange": {
    flowId: "string?",
    at: "number",
    endpoint: "string",
    method: "string",
    url: "string",
    status: "number?",
    outcome: "string",
    durationMillis: "number",
    request: "object",
    response: "object",
  },
  "api.exchange": {
    ...ofSession,
    method: "string",
    url: "string",
    status: "number?",
    outcome: "string",
    durationMillis: "number",
    isReplay: "boolean",
  },
}));

const ofRequest: Shape = { process: "string", request: "number" };
const ofCall: Shape = { process: "string", call: "number", what: "string" };

/** What a line of a world has, by its `type`, beside what every line has. */
export const happenings: ReadonlyMap<unknown, Shape> = new Map(Object.entries<Shape>({
  "http.sent": { ...ofRequest, path: "string" },
  "http.arrived": ofRequest,
  "http.ended": ofRequest,
  "caller.asked": ofCall,
  "caller.got": ofCall,
  "caller.failed": ofCall,
  "clock.jumped": { process: "string", byMillis: "number" },
  "process.started": { process: "string", clockOffsetMillis: "number" },
  "process.crashed": { process: "string" },
  "process.ended": { process: "string" },
  "person": { does: "string" },
  "server": { fact: "object" },
}));

/** Whether it is a line that a timeline can take in. */
export function isLine(line: unknown): line is Line {
  if (!isMembers(line)) return false;
  const { seq, at, type, process } = line;
  if (!Number.isSafeInteger(seq) || !Number.isFinite(at) || typeof type !== "string") return false;
  if (process !== undefined && typeof process !== "string") return false;
  if (type !== "observed") return fits(line, happenings.get(type));
  return isObservation(line["observation"]) && isSpan(line["span"]);
}

function isObservation(observation: unknown): boolean {
  return isMembers(observation) && typeof observation["type"] === "string" &&
    fits(observation, observations.get(observation["type"]));
}

function isSpan(span: unknown): boolean {
  return span === undefined || (isMembers(span) && fits(span, ofSpan));
}

function fits(members: Members, shape: Shape | undefined): boolean {
  if (shape === undefined) return true;
  for (const [name, kind] of Object.entries(shape)) {
    const value = members[name] ?? undefined;
    const found: string = typeof value;
    if (value === undefined ? !kind.endsWith("?") : found !== kind.replace("?", "")) return false;
  }
  return true;
}
