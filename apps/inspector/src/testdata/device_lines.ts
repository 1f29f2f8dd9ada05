/** A device login as it is recorded: asked for a code, polled twice, authorized. */
import type { Line } from "@bellhop/inspector/recording/timeline";

/** When it begins, in milliseconds since the epoch. */
export const beginning = 1_767_225_600_000;

/** A value that a careless program put where everybody sees it. */
export const planted = "pl4nted";

const flowId = "4bd3a1b2c3d4e5f6";
let flowSeq = 0;

/** Its recording's lines. */
export const deviceLines: ReadonlyArray<Line> = [
  step(0, {
    type: "flow.started",
    chart: "deviceAuthorization",
    chartVersion: "1",
    path: "requestingDeviceCode",
    resumed: false,
    context: { clientId: "app", scope: ["read"] },
  }),
  step(0, { type: "operation.started", operation: "requestDeviceCode" }),
  exchange(0, { endpoint: "device_authorization", response: { user_code: "BQPK-KZGK" } }),
  step(100, {
    type: "operation.ended",
    operation: "requestDeviceCode",
    answer: "device_code",
    durationMillis: 100,
  }),
  transition(100, ["requestingDeviceCode", "awaitingUser.waiting", "device_code"]),
  armed(100, "after lifetime", 600_000),
  armed(100, "after interval", 2_000),
  step(100, { type: "flow.emitted", event: "user_code" }),
  ...poll(2_100, "authorization_pending"),
  armed(2_200, "after interval", 2_000),
  ...poll(4_200, "token"),
  step(4_300, { type: "timer.cancelled", timer: "after lifetime" }),
  step(4_300, { type: "flow.ended", path: "authorized", outcome: "done" }),
].map((line, seq) => ({ ...line, seq }) as unknown as Line);

/** The recording as a file. */
export const deviceRecording: string = [
  { type: "recording", format: 1, source: "program", name: "bellhop login" },
  ...deviceLines,
].map((line) => `${JSON.stringify(line)}\n`).join("");

type Draft = Readonly<Record<string, unknown>>;

function poll(after: number, answer: "authorization_pending" | "token"): ReadonlyArray<Draft> {
  const to = answer === "token" ? "authorized" : "awaitingUser.waiting";
  const response = answer === "token" ? { access_token: "<redacted>" } : { error: answer };
  return [
    step(after, { type: "timer.fired", timer: "after interval" }),
    transition(after, ["awaitingUser.waiting", "awaitingUser.polling", "after interval"]),
    step(after, { type: "operation.started", operation: "poll" }),
    exchange(after, { endpoint: "token", response }),
    step(after + 100, { type: "operation.ended", operation: "poll", answer, durationMillis: 100 }),
    transition(after + 100, ["awaitingUser.polling", to, answer]),
  ];
}

function armed(after: number, timer: string, millis: number): Draft {
  return step(after, { type: "timer.armed", timer, dueAt: beginning + after + millis });
}

function transition(after: number, [from, to, event]: readonly [string, string, string]): Draft {
  const context = { clientId: "app", scope: ["read"], deviceCode: "<redacted>" };
  return step(after, { type: "flow.transition", from, to, event, context });
}

function exchange(after: number, more: Draft): Draft {
  const ok = !("error" in (more["response"] as Draft));
  return observed(after + 100, {
    type: "http.exchange",
    at: beginning + after,
    method: "POST",
    url: `https://as.example.com/${String(more["endpoint"])}`,
    status: ok ? 200 : 400,
    outcome: ok ? "ok" : "OAuth",
    durationMillis: 100,
    request: { client_id: "app" },
    ...more,
  });
}

function step(after: number, more: Draft): Draft {
  return observed(after, { flowId, seq: flowSeq++, at: beginning + after, ...more });
}

function observed(after: number, observation: Draft): Draft {
  return { at: beginning + after, type: "observed", process: "main", observation };
}
