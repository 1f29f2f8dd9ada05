/** Requests that are under way, as far as the operations of flows tell. */
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace, OperationRun } from "@bellhop/inspector/recording/trace";

/** A request of which nothing is known but what sends it. */
export interface PendingRequest {
  /** Whose it is. */
  readonly flow: FlowTrace;
  /** What sends it. */
  readonly run: OperationRun;
}

/** The operations of core's charts that ask the server for something, by the chart's id. */
const senders: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["deviceAuthorization", new Set(["requestDeviceCode", "poll"])],
  ["authorizationCode", new Set(["redeem"])],
  ["clientCredentials", new Set(["request"])],
  ["refreshToken", new Set(["request"])],
  ["tokenExchange", new Set(["request"])],
  ["jwtBearer", new Set(["request"])],
  ["session", new Set(["request", "revoke"])],
]);

/**
 * Finds the running operations that send, of which no exchange has been told.
 *
 * @param timeline What happened.
 * @param isShown Whether a flow counts.
 */
export function pendingRequests(
  timeline: Timeline,
  isShown: (flow: FlowTrace) => boolean,
): ReadonlyArray<PendingRequest> {
  const found: Array<PendingRequest> = [];
  for (const flow of timeline.flows.values()) {
    const sending = senders.get(flow.chart);
    if (sending === undefined || flow.endSeq !== undefined || !isShown(flow)) continue;
    const run = flow.operations.findLast(({ operation }) => sending.has(operation));
    if (run !== undefined && run.endSeq === undefined) found.push({ flow, run });
  }
  if (found.length === 0) return found;
  const told = lastSent(timeline);
  return found.filter(({ flow, run }) => {
    const sentAt = told.get(flow.id) ?? told.get(flow.process) ?? -Infinity;
    return sentAt < run.startedAt;
  });
}

/** When each flow sent its last request; where it is not told which flow, each process. */
function lastSent({ exchanges }: Timeline): ReadonlyMap<string, number> {
  const sent = new Map<string, number>();
  for (const { flow, process, to, sentAt } of exchanges) {
    if (to !== "server") continue;
    const whose = flow ?? process;
    sent.set(whose, Math.max(sent.get(whose) ?? sentAt, sentAt));
  }
  return sent;
}
