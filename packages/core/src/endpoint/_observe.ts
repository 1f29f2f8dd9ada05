import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type { EndpointErrorReason } from "../protocol/endpoint_error.ts";
import { type HttpExchange, notify, ObservedFlow, Observer } from "../protocol/observation.ts";
import { isSecretName, redactMembers, type Redactor } from "../protocol/redaction.ts";
import { bodyOf } from "./_answer.ts";
import type { Answer, Exchange } from "./_exchange.ts";
import { outlineOf } from "./_outline.ts";

/** What there is to tell of one exchange. */
export interface Report {
  readonly exchange: Exchange;
  readonly url: string;
  readonly redact: Redactor;
  readonly sentAtMillis: number;
  readonly received: Result.Result<Answer, EndpointErrorReason>;
  readonly result: Result.Result<unknown, EndpointErrorReason>;
}

/** Tells the observer, if there is one, of an exchange. Builds nothing where there is none. */
export const report: (report: Report) => Effect.Effect<void> = Effect.fnUntraced(
  function* (report: Report) {
    const observer = yield* Observer;
    if (observer === undefined) return;
    const flowId = yield* ObservedFlow;
    const nowMillis = yield* Clock.currentTimeMillis;
    notify(observer, recordOf(report, { nowMillis, flowId }));
  },
);

interface Seen {
  readonly nowMillis: number;
  readonly flowId: string | undefined;
}

function recordOf(report: Report, { nowMillis, flowId }: Seen): HttpExchange {
  const { exchange, received, result, redact } = report;
  const status = statusOf(report);
  return {
    type: "http.exchange",
    ...(flowId === undefined ? {} : { flowId }),
    at: report.sentAtMillis,
    endpoint: exchange.endpoint,
    method: exchange.method,
    url: report.url,
    ...(status === undefined ? {} : { status }),
    outcome: Result.isSuccess(result) ? "ok" : result.failure._tag,
    durationMillis: nowMillis - report.sentAtMillis,
    request: requestOf(exchange, redact),
    response: Result.isSuccess(received) ? responseOf(received.success, redact) : {},
  };
}

function statusOf({ received }: Report): number | undefined {
  if (Result.isSuccess(received)) return received.success.status;
  return "status" in received.failure ? received.failure.status : undefined;
}

function requestOf(exchange: Exchange, redact: Redactor): Record<string, string> {
  const request: Record<string, string> = {};
  for (const [name, value] of exchange.parameters) {
    if (value === undefined || value === "") continue;
    const shown = Redacted.isRedacted(value) || isSecretName(name) ? "<redacted>" : redact(value);
    request[name] = name in request ? `${request[name]} ${shown}` : shown;
  }
  return exchange.authorization === undefined
    ? request
    : { authorization: "<redacted>", ...request };
}

function responseOf(answer: Answer, redact: Redactor): Record<string, unknown> {
  if (Result.isSuccess(answer.members)) {
    const members = answer.members.success;
    return answer.isGrant ? outlineOf(members, redact) : redactMembers(members, redact);
  }
  return answer.text === "" ? {} : { body: bodyOf(answer) };
}
