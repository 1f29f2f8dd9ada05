/**
 * Takes HTTP exchanges into a timeline: those that observers tell of, and those of a world's network.
 *
 * @module
 */
import type { ApiExchange, HttpExchange } from "@bellhop/core/protocol/observation";
import { found, runKey, type TimelineState, type Told, type Writable } from "./_timeline_state.ts";
import type { WorldLine } from "./recorded.ts";
import type { Exchange, FlowTrace } from "./trace.ts";

/** How many exchanges of a process may wait for an observer's word. */
const MAX_UNTOLD = 64;
const PARTIES = ["server", "api"] as const;
/** Among more it is not looked for the one that an exchange belongs to. */
const MAX_CANDIDATES = 256;

/** Takes in one with a server that an observer told of, at its end. */
export function takeExchange(state: TimelineState, told: Told, observed: HttpExchange): void {
  const { endpoint, request, response, flowId } = observed;
  const sentAt = told.at - observed.durationMillis;
  const flow = typeof flowId === "string"
    ? state.runs.get(runKey(told.process, flowId))
    : flowOf(state, told, { endpoint, sentAt });
  takeObserved(state, told, {
    observed,
    to: "server",
    facts: { endpoint, request, response },
    flow: flow?.id,
    session: flow?.session,
  });
}

/** Takes in one with an API that an observer told of, at its end. */
export function takeApiExchange(state: TimelineState, told: Told, observed: ApiExchange): void {
  const session = state.sessions.get(`${told.process}/${observed.key}`);
  takeObserved(state, told, {
    observed,
    to: "api",
    facts: {
      endpoint: lastPart(observed.url),
      ...(observed.isReplay ? { isReplay: true } : {}),
    },
    flow: session?.flow,
    session: session?.id,
  });
}

interface Observed {
  readonly observed: HttpExchange | ApiExchange;
  readonly to: Exchange["to"];
  readonly facts: Partial<Exchange>;
  readonly flow: string | undefined;
  readonly session: string | undefined;
}

function takeObserved(state: TimelineState, told: Told, observed: Observed): void {
  const { to, facts, flow, session } = observed;
  const { method, url, status, outcome, durationMillis } = observed.observed;
  const sentAt = told.at - durationMillis;
  const known = untold(state, told, { to, url, sentAt });
  const exchange: Writable<Exchange> = known ?? {
    id: `x${told.seq}`,
    seq: told.seq,
    process: told.process,
    to,
    sentAt,
    endpoint: "",
    method: "",
    url: "",
  };
  Object.assign(exchange, { seq: told.seq, method, url, outcome, ...facts });
  exchange.endedAt ??= told.at;
  if (typeof status === "number") exchange.status = status;
  if (flow !== undefined) exchange.flow = flow;
  if (session !== undefined) exchange.session = session;
  if (known !== undefined) return nameMessages(state, known);
  state.addExchange(exchange);
  tellSent(state, exchange);
  tellEnded(state, exchange);
}

/** A world's process sent a request. */
export function takeSent(state: TimelineState, told: Told, line: WorldLine): void {
  const { path, request, type: _type, seq, at: _at, process: _process, ...facts } = line;
  const url = String(path);
  const isApi = facts["bearer"] !== undefined && !url.endsWith("/userinfo");
  const exchange: Writable<Exchange> = {
    id: `x${seq}`,
    seq,
    process: told.process,
    to: isApi ? "api" : "server",
    sentAt: told.at,
    endpoint: lastPart(url),
    method: "",
    url,
    worldRequest: Number(request),
    arrivals: [],
    ...(Object.keys(facts).length === 0 ? {} : { facts }),
  };
  state.addExchange(exchange);
  state.sent.set(requestKey(told, line), exchange);
  const waiting = found(state.untold, untoldKey(told, exchange), () => []);
  waiting.push(exchange);
  if (waiting.length > MAX_UNTOLD) waiting.shift();
  tellSent(state, exchange);
}

/** A request reached the server. */
export function takeArrival(state: TimelineState, told: Told, line: WorldLine): void {
  const exchange = state.sent.get(requestKey(told, line));
  if (exchange === undefined) return;
  exchange.arrivals = [...exchange.arrivals ?? [], told.at];
}

/** It is over for the process. */
export function takeEnded(state: TimelineState, told: Told, line: WorldLine): void {
  const key = requestKey(told, line);
  const exchange = state.sent.get(key);
  if (exchange === undefined) return;
  state.sent.delete(key);
  const status = line["status"];
  const trouble = line["trouble"];
  exchange.seq = told.seq;
  exchange.endedAt = told.at;
  if (typeof status === "number") exchange.status = status;
  if (typeof trouble === "string") exchange.trouble = trouble;
  exchange.outcome ??= typeof trouble === "string" ? trouble : "ok";
  tellEnded(state, exchange);
}

/** Nobody hears the answers of a process that has ended. */
export function loseRequests(state: TimelineState, told: Told): void {
  for (const to of PARTIES) state.untold.delete(untoldKey(told, { to }));
  for (const [key, exchange] of state.sent) {
    if (exchange.process !== told.process) continue;
    state.sent.delete(key);
    exchange.seq = told.seq;
    exchange.endedAt = told.at;
    exchange.outcome = "lost";
    tellEnded(state, exchange);
  }
}

function requestKey({ process }: Told, { request }: WorldLine): string {
  return `${process} ${String(request)}`;
}

function untoldKey({ process }: Told, { to }: Pick<Exchange, "to">): string {
  return `${process} ${to}`;
}

function lastPart(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** The exchange of the network that an observer's is: to the same path, sent nearest to it in time. */
function untold(
  state: TimelineState,
  told: Told,
  { to, url, sentAt }: Pick<Exchange, "to" | "url" | "sentAt">,
): Writable<Exchange> | undefined {
  const waiting = state.untold.get(untoldKey(told, { to }));
  if (waiting === undefined) return undefined;
  const path = /^[a-z]+:\/\/[^/]*([^?#]*)/.exec(url)?.[1] ?? url;
  let nearest: Writable<Exchange> | undefined;
  const far = (one: Exchange | undefined) =>
    one === undefined ? Infinity : Math.abs(one.sentAt - sentAt);
  for (const each of waiting) {
    if (each.url === path && far(each) < far(nearest)) nearest = each;
  }
  if (nearest !== undefined) waiting.splice(waiting.indexOf(nearest), 1);
  return nearest;
}

const operationsOf: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["device_authorization", new Set(["requestDeviceCode"])],
  ["token", new Set(["poll", "redeem", "request"])],
  ["revocation", new Set(["revoke"])],
]);

/** The one flow that may have sent it, by what is under way, and by the trace. */
function flowOf(
  state: TimelineState,
  { process, span }: Told,
  { endpoint, sentAt }: { readonly endpoint: string; readonly sentAt: number },
): FlowTrace | undefined {
  const busy = state.busy.get(process);
  if (busy === undefined || busy.size > MAX_CANDIDATES) return undefined;
  const fitting = operationsOf.get(endpoint);
  const able = [...busy].filter(({ operations }) =>
    operations.some(({ operation, endSeq, startedAt }) =>
      endSeq === undefined && startedAt <= sentAt && fitting?.has(operation) !== false
    )
  );
  if (able.length <= 1) return able[0];
  const traced = able.filter((flow) => flow.span?.traceId === span?.traceId);
  return span !== undefined && traced.length === 1 ? traced[0] : undefined;
}

function tellSent(state: TimelineState, exchange: Exchange): void {
  state.addMessage({
    id: `${exchange.id}>`,
    seq: exchange.seq,
    at: exchange.sentAt,
    from: "program",
    to: exchange.to,
    process: exchange.process,
    label: sentLabel(exchange),
    kind: "request",
    exchange: exchange.id,
    ...(exchange.flow === undefined ? {} : { flow: exchange.flow }),
  });
}

function tellEnded(state: TimelineState, exchange: Exchange): void {
  const { status, outcome = "" } = exchange;
  state.addMessage({
    id: `${exchange.id}<`,
    seq: exchange.seq,
    at: exchange.endedAt ?? exchange.sentAt,
    from: exchange.to,
    to: "program",
    process: exchange.process,
    label: status === undefined ? outcome : String(status),
    kind: status === undefined ? "silence" : "answer",
    exchange: exchange.id,
    ...(exchange.flow === undefined ? {} : { flow: exchange.flow }),
  });
}

/** Now that it is known what they are, the messages of an exchange are told better. */
function nameMessages({ messages }: TimelineState, exchange: Exchange): void {
  for (let index = messages.length - 1, left = 2; index >= 0 && left > 0; index--) {
    const message = messages[index];
    if (message === undefined || message.at < exchange.sentAt) return;
    if (message.exchange !== exchange.id) continue;
    left--;
    messages[index] = {
      ...message,
      ...(exchange.flow === undefined ? {} : { flow: exchange.flow }),
      label: message.kind === "request" ? sentLabel(exchange) : message.label,
    };
  }
}

function sentLabel({ method, endpoint, isReplay }: Exchange): string {
  const label = method === "" ? endpoint : `${method} ${endpoint}`;
  return isReplay === true ? `${label} again` : label;
}
