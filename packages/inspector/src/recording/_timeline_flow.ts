/**
 * Takes the steps of flows into a timeline.
 *
 * @module
 */
import type {
  FlowEmitted,
  FlowEnded,
  FlowStarted,
  FlowStep as Step,
  FlowTransition,
  OperationEnded,
  OperationStarted,
  TimerArmed,
  TimerEnded,
} from "@bellhop/core/protocol/observation";
import {
  found,
  runKey,
  type TimelineState,
  type Told,
  trim,
  type Writable,
} from "./_timeline_state.ts";
import type { FlowOutcome, FlowStep, FlowTrace, OperationRun, TimerRun } from "./trace.ts";

/** Any step of a flow. */
export type FlowObservation =
  | FlowStarted
  | FlowTransition
  | OperationStarted
  | OperationEnded
  | TimerArmed
  | TimerEnded
  | FlowEmitted
  | FlowEnded;

/** Takes one in. */
export function takeFlow(state: TimelineState, told: Told, step: FlowObservation): void {
  if (step.type === "flow.started") return started(state, told, step);
  const flow = runOf(state, told, step);
  flow.revision++;
  switch (step.type) {
    case "flow.transition":
      return moved(state, told, { flow, step });
    case "operation.started":
      return operationStarted(state, told, { flow, step });
    case "operation.ended":
      return operationEnded(state, told, { flow, step });
    case "timer.armed":
      flow.timers.push({
        timer: step.timer,
        seq: told.seq,
        armedAt: told.at,
        dueAt: Number.isFinite(step.dueAt) ? told.at + step.dueAt - step.at : Infinity,
      });
      trim(flow.timers, state.perFlow, ({ endSeq }) => endSeq === undefined);
      return;
    case "timer.fired":
    case "timer.cancelled":
      return endTimer(flow, told, step);
    case "flow.emitted":
      flow.emissions.push({ seq: told.seq, at: told.at, event: step.event });
      trim(flow.emissions, state.perFlow);
      return tellEmission(state, told, { flow, event: step.event });
    case "flow.ended":
      flow.path = step.path;
      return endFlow(state, told, { flow, outcome: step.outcome });
  }
}

/** Ends all that runs in a process which has ended. */
export function loseFlows(state: TimelineState, told: Told): void {
  for (const flow of state.running.get(told.process) ?? []) {
    flow.revision++;
    endFlow(state, told, { flow, outcome: "lost" });
  }
}

interface Happened<Observed> {
  readonly flow: Writable<FlowTrace>;
  readonly step: Observed;
}

function started(state: TimelineState, told: Told, step: FlowStarted): void {
  const flow = begin(state, told, step);
  flow.chart = step.chart;
  flow.chartVersion = step.chartVersion;
  flow.isResumed = step.resumed;
  addStep(state, flow, {
    seq: told.seq,
    at: told.at,
    from: "",
    to: step.path,
    event: step.resumed ? "resume" : "start",
    context: step.context,
    flowSeq: step.seq,
  });
  const key = (step.context as { readonly key?: unknown } | null | undefined)?.key;
  if (step.chart !== "session" || typeof key !== "string") return;
  const session = state.session(told, key);
  session.flow = flow.id;
  session.revision++;
  flow.session = session.id;
}

/** The run that a step is of; one that was not heard of before begins with it. */
function runOf(state: TimelineState, told: Told, step: Step): Writable<FlowTrace> {
  const run = state.runs.get(runKey(told.process, step.flowId));
  return run === undefined || run.outcome !== undefined ? begin(state, told, step) : run;
}

function begin(state: TimelineState, told: Told, { flowId }: Step): Writable<FlowTrace> {
  const { process, at, seq, span } = told;
  const run = runKey(process, flowId);
  const before = state.runs.get(run);
  if (before !== undefined && before.outcome === undefined) {
    endFlow(state, told, { flow: before, outcome: "lost" });
  }
  const flow: Writable<FlowTrace> = {
    id: before === undefined ? run : `${run}#${ordinalOf(before.id) + 1}`,
    flowId,
    process,
    chart: "",
    chartVersion: "",
    isResumed: false,
    seq,
    startedAt: at,
    path: "",
    ...(span === undefined ? {} : { span }),
    steps: [],
    droppedSteps: 0,
    operations: [],
    timers: [],
    emissions: [],
    revision: 0,
  };
  state.flows.set(flow.id, flow);
  state.runs.set(run, flow);
  found(state.running, process, () => new Set()).add(flow);
  return flow;
}

function ordinalOf(id: string): number {
  return Number(/#(\d+)$/.exec(id)?.[1] ?? 1);
}

function moved(
  state: TimelineState,
  told: Told,
  { flow, step }: Happened<FlowTransition>,
): void {
  const { from, to, event, data, context, seq: flowSeq } = step;
  const { seq, at } = told;
  addStep(state, flow, {
    seq,
    at,
    from,
    to,
    event,
    ...(data === undefined ? {} : { data }),
    context,
    flowSeq,
  });
  if (event !== "callback") return;
  state.addMessage({
    id: `${seq}`,
    seq,
    at,
    from: "browser",
    to: "program",
    process: told.process,
    label: event,
    kind: "notice",
    flow: flow.id,
  });
}

function addStep(state: TimelineState, flow: Writable<FlowTrace>, step: FlowStep): void {
  flow.path = step.to;
  flow.steps.push(step);
  const dropped = trim(flow.steps, state.perFlow);
  flow.droppedSteps += dropped;
  state.lost.steps += dropped;
}

function operationStarted(
  state: TimelineState,
  { seq, at, process }: Told,
  { flow, step: { operation } }: Happened<OperationStarted>,
): void {
  flow.operations.push({ operation, seq, startedAt: at });
  trim(flow.operations, state.perFlow, ({ endSeq }) => endSeq === undefined);
  found(state.busy, process, () => new Set()).add(flow);
  const session = sessionOf(state, flow);
  if (session === undefined || operation !== "request") return;
  session.renewals.push({ seq, startedAt: at });
  trim(session.renewals, state.perFlow);
  session.revision++;
}

function operationEnded(
  state: TimelineState,
  { seq, at, process }: Told,
  { flow, step: { operation, answer } }: Happened<OperationEnded>,
): void {
  const run: Writable<OperationRun> | undefined = flow.operations.findLast((each) =>
    each.operation === operation && each.endSeq === undefined
  );
  if (run === undefined) return;
  run.endSeq = seq;
  run.endedAt = at;
  run.answer = answer;
  if (flow.operations.every(({ endSeq }) => endSeq !== undefined)) {
    state.busy.get(process)?.delete(flow);
  }
  if (operation === "request") answerRenewal(sessionOf(state, flow), { at, answer });
}

function answerRenewal(
  session: ReturnType<typeof sessionOf>,
  { at, answer }: { readonly at: number; readonly answer: string },
): void {
  const renewal = session?.renewals.at(-1);
  if (session === undefined || renewal === undefined || renewal.answer !== undefined) return;
  session.renewals[session.renewals.length - 1] = { ...renewal, endedAt: at, answer };
  session.revision++;
}

function sessionOf(state: TimelineState, { session }: FlowTrace) {
  return session === undefined ? undefined : state.sessions.get(session);
}

function endTimer(flow: Writable<FlowTrace>, { seq, at }: Told, step: TimerEnded): void {
  const run: Writable<TimerRun> | undefined = flow.timers.find((each) =>
    each.timer === step.timer && each.endSeq === undefined
  );
  if (run === undefined) return;
  run.endSeq = seq;
  run.endedAt = at;
  run.end = step.type === "timer.fired" ? "fired" : "cancelled";
}

function endFlow(
  state: TimelineState,
  { seq, at }: Told,
  { flow, outcome }: { readonly flow: Writable<FlowTrace>; readonly outcome: FlowOutcome },
): void {
  flow.outcome = outcome;
  flow.endSeq = seq;
  flow.endedAt = at;
  const answer = outcome === "lost" ? "lost" : "interrupted";
  for (const run of flow.operations as Array<Writable<OperationRun>>) {
    if (run.endSeq === undefined) Object.assign(run, { endSeq: seq, endedAt: at, answer });
  }
  const end = outcome === "lost" ? "lost" : "cancelled";
  for (const run of flow.timers as Array<Writable<TimerRun>>) {
    if (run.endSeq === undefined) Object.assign(run, { endSeq: seq, endedAt: at, end });
  }
  answerRenewal(sessionOf(state, flow), { at, answer });
  state.running.get(flow.process)?.delete(flow);
  state.busy.get(flow.process)?.delete(flow);
  state.keepEnded(flow);
}

/** What a person must be shown, or a browser be sent to. */
const shown: ReadonlySet<string> = new Set(["authorization_url", "user_code"]);

function tellEmission(
  state: TimelineState,
  { seq, at, process }: Told,
  { flow, event }: { readonly flow: FlowTrace; readonly event: string },
): void {
  if (!shown.has(event)) return;
  state.addMessage({
    id: `${seq}`,
    seq,
    at,
    from: "program",
    to: "browser",
    process,
    label: event,
    kind: "notice",
    flow: flow.id,
  });
}
