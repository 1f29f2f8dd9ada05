/** Lines of many flows at once, each of which asks a server again and again. */
import type { Line } from "../recorded.ts";

/** How many, and of what length. */
export interface ManyFlows {
  readonly flows: number;
  /** Three lines each, and as many for the request between two. */
  readonly steps: number;
  /** Which of them end. @default all */
  readonly isEnding?: ((flow: number) => boolean) | undefined;
}

/** Writes the lines, the flows taking turns. */
export function manyFlows({ flows, steps, isEnding = () => true }: ManyFlows): ReadonlyArray<Line> {
  const lines: Array<Line> = [];
  const add = (observation: Record<string, unknown>) => {
    const at = lines.length;
    lines.push({
      seq: at,
      at,
      type: "observed",
      process: "main",
      observation: { at, ...observation },
    });
  };
  const each = (write: (flowId: string) => void) => {
    for (let flow = 0; flow < flows; flow++) write(`f${flow}`);
  };
  const context = { issuer: "https://as.example.com", waitMillis: 5_250, scope: ["read"] };
  each((flowId) =>
    add({
      type: "flow.started",
      flowId,
      seq: 0,
      chart: "deviceAuthorization",
      chartVersion: "1",
      path: "awaitingUser.waiting",
      resumed: false,
      context,
    })
  );
  for (let step = 0; step < steps; step++) {
    const isPolling = step % 2 === 0;
    each((flowId) => {
      const seq = 3 * step;
      const [from, to] = ["awaitingUser.waiting", "awaitingUser.polling"].toSorted((one) =>
        one.endsWith("waiting") === isPolling ? -1 : 1
      );
      add({
        type: isPolling ? "timer.fired" : "timer.armed",
        flowId,
        seq,
        timer: "after interval",
        dueAt: lines.length + 5,
      });
      if (!isPolling) {
        add({ ...exchange, durationMillis: 1 });
        add({
          type: "operation.ended",
          flowId,
          seq,
          operation: "poll",
          answer: "authorization_pending",
          durationMillis: 1,
        });
      }
      add({
        type: "flow.transition",
        flowId,
        seq,
        from,
        to,
        event: isPolling ? "after interval" : "authorization_pending",
        context,
      });
      if (isPolling) add({ type: "operation.started", flowId, seq, operation: "poll" });
    });
  }
  for (let flow = 0; flow < flows; flow++) {
    if (!isEnding(flow)) continue;
    add({ type: "flow.ended", flowId: `f${flow}`, seq: 99, path: "denied", outcome: "done" });
  }
  return lines;
}

const exchange = {
  type: "http.exchange",
  endpoint: "token",
  method: "POST",
  url: "https://as.example.com/token",
  status: 400,
  outcome: "Rejected",
  request: { grant_type: "urn:ietf:params:oauth:grant-type:device_code" },
  response: { error: "authorization_pending" },
};
