/**
 * Takes into a timeline what only the world around a program can tell.
 *
 * @module
 */
import { loseRequests, takeArrival, takeEnded, takeSent } from "./_timeline_exchange.ts";
import { loseFlows } from "./_timeline_flow.ts";
import { loseSessions } from "./_timeline_session.ts";
import type { TimelineState, Told } from "./_timeline_state.ts";
import type { WorldLine } from "./recorded.ts";
import type { Happening } from "./trace.ts";

type Taker = (state: TimelineState, told: Told, line: WorldLine) => void;

const takers: ReadonlyMap<string, Taker> = new Map<string, Taker>([
  ["http.sent", takeSent],
  ["http.arrived", takeArrival],
  ["http.ended", takeEnded],
  ["caller.asked", takeAsked],
  ["caller.got", takeAnswer],
  ["caller.failed", takeAnswer],
  ["process.started", takeStart],
  ["process.crashed", takeEnd],
  ["process.ended", takeEnd],
  ["clock.jumped", takeJump],
  ["browser.sent", takeBrowser],
  ["person", takePerson],
  ["dropped", takeDropped],
  ["skipped", takeSkipped],
]);

const quiet: ReadonlySet<string> = new Set([
  "http.sent",
  "http.arrived",
  "http.ended",
  "caller.asked",
  "caller.got",
  "caller.failed",
  "skipped",
]);

/** Takes one in. */
export function takeWorld(state: TimelineState, told: Told, line: WorldLine): void {
  takers.get(line.type)?.(state, told, line);
  if (quiet.has(line.type)) return;
  state.addHappening({
    seq: told.seq,
    at: told.at,
    type: line.type,
    topic: topicOf(line.type),
    ...(line.process === undefined ? {} : { process: line.process }),
    label: labelOf(line),
    line,
  });
}

const topics: ReadonlyMap<string, Happening["topic"]> = new Map<string, Happening["topic"]>([
  ["process", "process"],
  ["clock", "clock"],
  ["person", "person"],
  ["browser", "person"],
  ["server", "server"],
  ["store", "store"],
  ["lease", "lease"],
  ["fault", "fault"],
  ["world", "fault"],
]);

function topicOf(type: string): Happening["topic"] {
  return topics.get(type.split(".", 1)[0] ?? "") ?? "other";
}

function labelOf(line: WorldLine): string {
  const { type } = line;
  const fact = line["fact"] as { readonly type?: unknown } | null | undefined;
  const words: ReadonlyArray<unknown> = type === "server"
    ? [fact?.type]
    : type === "person"
    ? [line["does"], line["status"]]
    : type === "violated"
    ? [type, line["invariant"]]
    : [
      type,
      line["fault"],
      line["what"],
      line["key"],
      versionOf(line["version"]),
      line["trouble"],
      millisOf(line["byMillis"] ?? line["forMillis"]),
      line["count"],
    ];
  return words.filter((word) => typeof word === "string" || typeof word === "number").join(" ");
}

function versionOf(version: unknown): string | undefined {
  return typeof version === "number" ? `v${version}` : undefined;
}

function millisOf(millis: unknown): string | undefined {
  return typeof millis === "number" ? `${millis} ms` : undefined;
}

function takeStart(state: TimelineState, told: Told, line: WorldLine): void {
  state.process(told).clockOffsetMillis = Number(line["clockOffsetMillis"]);
}

function takeJump(state: TimelineState, told: Told, line: WorldLine): void {
  state.process(told).clockOffsetMillis += Number(line["byMillis"]);
}

function takeEnd(state: TimelineState, told: Told, line: WorldLine): void {
  const process = state.process(told);
  process.endedAt = told.at;
  process.end = line.type === "process.crashed" ? "crashed" : "ended";
  loseFlows(state, told);
  loseSessions(state, told);
  loseRequests(state, told);
  for (const [key, call] of state.asked) {
    if (call.process !== told.process) continue;
    state.asked.delete(key);
    call.endedAt = told.at;
    call.outcome = "lost";
  }
}

function takeAsked(state: TimelineState, told: Told, line: WorldLine): void {
  const call = {
    id: `c${told.seq}`,
    seq: told.seq,
    process: told.process,
    what: String(line["what"]),
    askedAt: told.at,
  };
  state.addCall(call);
  state.asked.set(callKey(told, line), call);
}

function takeAnswer(state: TimelineState, told: Told, line: WorldLine): void {
  const key = callKey(told, line);
  const call = state.asked.get(key);
  if (call === undefined) return;
  state.asked.delete(key);
  call.endedAt = told.at;
  const reason = line["reason"];
  call.outcome = line.type === "caller.got"
    ? "got"
    : typeof reason === "string"
    ? reason
    : "failed";
}

function callKey({ process }: Told, line: WorldLine): string {
  return `${process} ${String(line["call"])}`;
}

function takeBrowser(state: TimelineState, { seq, at, process }: Told): void {
  const line = { seq, at, process, label: "authorization_url", kind: "notice" } as const;
  state.addMessage({ id: `${seq}`, from: "program", to: "browser", ...line });
}

function takePerson(state: TimelineState, { seq, at }: Told, line: WorldLine): void {
  const label = String(line["does"]);
  state.addMessage({
    id: `${seq}`,
    seq,
    at,
    from: "browser",
    to: "server",
    process: "",
    label,
    kind: "request",
  });
  if (typeof line["status"] !== "number") return;
  state.addMessage({
    id: `${seq}<`,
    seq,
    at,
    from: "server",
    to: "browser",
    process: "",
    label: String(line["status"]),
    kind: "answer",
  });
}

function takeDropped(state: TimelineState, _told: Told, line: WorldLine): void {
  const count = line["count"];
  if (typeof count === "number") state.lost.lines += count;
}

function takeSkipped(state: TimelineState, _told: Told, line: WorldLine): void {
  const count = line["count"];
  if (typeof count === "number") state.lost.requests += count;
}
