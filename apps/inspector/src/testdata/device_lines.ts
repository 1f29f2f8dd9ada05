/** A device login as it is recorded: asked for a code, polled twice, authorized. */
import type { Line } from "@bellhop/inspector/recording/timeline";

/** When it begins, in milliseconds since the epoch. */
export const beginning = 1_767_225_600_000;

/** A value that a careless program put where everybody sees it. */
export const planted = "pl4nted";

const code = {
  userCode: "BQPK-KZGK",
  verificationUri: "https://as.example.com/device",
  intervalMillis: 2_000,
};

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
    context: contextOf({
      userCode: "",
      verificationUri: "",
      lifetimeMillis: 0,
      intervalMillis: 0,
      waitMillis: 0,
    }),
  }),
  step(0, { type: "operation.started", operation: "requestDeviceCode" }),
  exchange(0, { endpoint: "device_authorization", response: { user_code: "BQPK-KZGK" } }),
  step(100, {
    type: "operation.ended",
    operation: "requestDeviceCode",
    answer: "device_code",
    durationMillis: 100,
  }),
  transition(100, ["requestingDeviceCode", "awaitingUser.waiting", "device_code"], {
    response: { ...code, deviceCode: "<redacted>", expiresInMillis: 600_000 },
  }),
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
export const deviceRecording: string = fileOf("bellhop login", deviceLines);

/** The same login three times: with 4 min 12 s of quiet after the first, and an hour after the second. */
export const quietRecording: string = fileOf(
  "nightly report",
  [0, 256_300, 3_860_600].flatMap((by) => deviceLines.map((line) => later(line, by)))
    .map((line, seq) => ({ ...line, seq })),
);

/** The same with a step that no chart takes, and an invariant that did not hold. */
export const brokenRecording: string = fileOf("mixed", [
  ...deviceLines.map((line) =>
    isPending(line) ? { ...line, observation: { ...observationOf(line), context: {} } } : line
  ),
  {
    seq: deviceLines.length,
    at: beginning + 4_300,
    type: "violated",
    invariant: "oneHolder",
    detail: "main sent a request without its lease",
  },
]);

/** Writes a recording. */
function fileOf(name: string, lines: ReadonlyArray<Line>): string {
  return [{ type: "recording", format: 1, source: "program", name }, ...lines]
    .map((line) => `${JSON.stringify(line)}\n`).join("");
}

function observationOf(line: Line): Draft {
  return line["observation"] as Draft;
}

function isPending(line: Line): boolean {
  const { type, event } = observationOf(line);
  return type === "flow.transition" && event === "authorization_pending";
}

/** A line of another flow, later. */
function later(line: Line, by: number): Line {
  const { flowId, at, dueAt, ...rest } = observationOf(line);
  const observation = {
    ...rest,
    at: Number(at) + by,
    ...(flowId === undefined ? {} : { flowId: `${String(flowId)}${by}` }),
    ...(dueAt === undefined ? {} : { dueAt: Number(dueAt) + by }),
  };
  return { ...line, at: line.at + by, observation };
}

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

function transition(
  after: number,
  [from, to, event]: readonly [string, string, string],
  data?: Draft,
): Draft {
  const context = contextOf({
    ...code,
    lifetimeMillis: 600_000,
    waitMillis: 2_100,
    deviceCode: "<redacted>",
  });
  return step(after, { type: "flow.transition", from, to, event, data, context });
}

function contextOf(more: Draft): Draft {
  const issuer = "https://as.example.com";
  return { issuer, clientId: "app", scope: ["read"], requestLimitMillis: 15_000, ...more };
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
