import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import { constTrue } from "effect/Function";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpBody from "effect/http/HttpBody";
import * as HttpClient from "effect/http/HttpClient";
import type { HttpClientError } from "effect/http/HttpClientError";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import {
  EndpointError,
  type EndpointErrorReason,
  type EndpointName,
  Insecure,
  InvalidUrl,
  Malformed,
  Unreachable,
} from "../protocol/endpoint_error.ts";
import * as Form from "../protocol/form.ts";
import * as Redaction from "../protocol/redaction.ts";
import * as ResponseBody from "../protocol/response_body.ts";
import { retryAfterMillis } from "../protocol/retry_after.ts";
import * as SecureUrl from "../protocol/secure_url.ts";
import { bodyOf } from "./_answer.ts";
import type { Answer, Exchange, Reader } from "./_exchange.ts";
import { report } from "./_observe.ts";
import { unreachableBy } from "./unreachable.ts";

/** Headers and body of one answer have to come within this time. */
const defaultRequestLimitMillis = 10_000;
const maxBodyBytes = 1_048_576;

/**
 * Sends one request, once, and reads its answer.
 *
 * Nothing is sent in clear beyond loopback; no redirect is followed; time and size are bounded; the
 * client makes no span (it would carry the URL's query) and sends no trace headers.
 */
export const exchange: <A>(
  request: Exchange,
  read: Reader<A>,
) => Effect.Effect<A, EndpointError, HttpClient.HttpClient> = Effect.fnUntraced(
  function* <A>(request: Exchange, read: Reader<A>) {
    const { endpoint } = request;
    const url = SecureUrl.stripped(request.url);
    const parsed = SecureUrl.parse(request.url);
    if (Result.isFailure(parsed)) {
      return yield* new EndpointError({ endpoint, url, reason: refusalOf(parsed.failure) });
    }
    yield* Effect.annotateCurrentSpan({
      "server.address": parsed.success.hostname,
      "url.full": url,
    });
    const sentAtMillis = yield* Clock.currentTimeMillis;
    const redact = Redaction.make(request.secrets);
    const received = yield* Effect.result(send(request, { sentAtMillis, redact }));
    const result = Result.flatMap(received, read);
    yield* report({ exchange: request, url, redact, sentAtMillis, received, result });
    if (Result.isFailure(result)) {
      return yield* new EndpointError({ endpoint, url, reason: result.failure });
    }
    return result.success;
  },
);

type Sent = Pick<Answer, "sentAtMillis" | "redact">;

function send(
  exchange: Exchange,
  sent: Sent,
): Effect.Effect<Answer, EndpointErrorReason, HttpClient.HttpClient> {
  const limitMillis = exchange.requestLimitMillis ?? defaultRequestLimitMillis;
  return Effect.gen(function* () {
    const client = HttpClient.withScope(yield* HttpClient.HttpClient);
    const response = yield* withoutRedirects(client.execute(requestOf(exchange)));
    yield* Effect.annotateCurrentSpan("http.response.status_code", response.status);
    if (isRedirect(response, exchange)) return yield* redirectOf(response);
    const text = yield* textOf(response, { exchange, sent });
    const nowMillis = yield* Clock.currentTimeMillis;
    return {
      ...sent,
      status: response.status,
      isGrant: isGrant(response, exchange),
      receivedAtMillis: nowMillis,
      text,
      members: ResponseBody.parse(text),
      retryAfterMillis: retryAfterMillis(response.headers["retry-after"], nowMillis),
    };
  }).pipe(
    Effect.scoped,
    Effect.catchTag("HttpClientError", (error) => Effect.fail(unreachableBy(error))),
    Effect.provideService(HttpClient.TracerDisabledWhen, constTrue),
    Effect.provideService(HttpClient.TracerPropagationEnabled, false),
    Effect.timeoutOrElse({
      duration: limitMillis,
      orElse: () =>
        Effect.fail(
          new Unreachable({
            kind: "timeout",
            description: `no whole answer came within ${limitMillis} milliseconds`,
          }),
        ),
    }),
  );
}

function requestOf(exchange: Exchange): HttpClientRequest.HttpClientRequest {
  const request = HttpClientRequest.make(exchange.method)(exchange.url, {
    acceptJson: true,
    ...(exchange.authorization === undefined
      ? {}
      : { headers: { authorization: Redacted.value(exchange.authorization) } }),
  });
  return exchange.method === "GET" ? request : HttpClientRequest.setBody(
    request,
    HttpBody.text(Form.encode(exchange.parameters), "application/x-www-form-urlencoded"),
  );
}

/** `fetch` follows redirects unless told otherwise, and would send the secrets along. */
function withoutRedirects<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
  return Effect.updateContext(
    effect,
    (context: Context.Context<R>) =>
      Context.add(context, FetchHttpClient.RequestInit, {
        ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
        redirect: "manual",
      }),
  );
}

/** A 3xx; status 0, as browsers show one; or an answer from elsewhere, where one was followed. */
function isRedirect(response: HttpClientResponse, exchange: Exchange): boolean {
  const { status, url } = response;
  const isElsewhere = url !== "" && URL.canParse(url) &&
    new URL(url).href !== new URL(exchange.url).href;
  return status === 0 || (status >= 300 && status < 400) || isElsewhere;
}

function isSuccess({ status }: HttpClientResponse): boolean {
  return status >= 200 && status < 300;
}

/**
 * Endpoints whose 2xx answers hold secrets (of key sets, by a server's mistake only), or tell of a
 * person: all but their outline is dropped.
 */
const confidential: ReadonlySet<EndpointName> = new Set([
  "token",
  "device_authorization",
  "introspection",
  "jwks",
  "userinfo",
]);

function isGrant(response: HttpClientResponse, { endpoint }: Exchange): boolean {
  return isSuccess(response) && confidential.has(endpoint);
}

function redirectOf(response: HttpClientResponse): Malformed {
  const { location } = response.headers;
  const target = location !== undefined && URL.canParse(location, response.url || undefined)
    ? SecureUrl.stripped(new URL(location, response.url || undefined).href)
    : undefined;
  return new Malformed({
    problem: "redirect",
    status: response.status,
    description: target === undefined
      ? "it redirects elsewhere, which is not followed"
      : `it redirects to "${target}", which is not followed`,
    suggestion: target,
    body: "",
  });
}

interface ReadOptions {
  readonly exchange: Exchange;
  readonly sent: Sent;
}

/** Reads a body as it streams and stops at the limit, however long it says it is. */
const textOf: (
  response: HttpClientResponse,
  options: ReadOptions,
) => Effect.Effect<string, HttpClientError | Malformed> = Effect.fnUntraced(
  function* (response: HttpClientResponse, { exchange, sent }: ReadOptions) {
    if (isSuccess(response) && exchange.isBodyIgnored === true) return "";
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    yield* Stream.runForEach(response.stream, (chunk) => {
      bytes += chunk.byteLength;
      if (bytes > maxBodyBytes) {
        const kept = { isGrant: isGrant(response, exchange), redact: sent.redact, text };
        return Effect.fail(tooLarge(response.status, bodyOf(kept)));
      }
      text += decoder.decode(chunk, { stream: true });
      return Effect.void;
    }).pipe(
      Effect.catchReason("HttpClientError", "EmptyBodyError", () => Effect.void),
    );
    return text + decoder.decode();
  },
);

function tooLarge(status: number, body: string): Malformed {
  const description = `the body is larger than ${maxBodyBytes} bytes`;
  return new Malformed({ problem: "tooLarge", status, description, body });
}

function refusalOf(error: SecureUrl.SecureUrlError): EndpointErrorReason {
  const { problem, url } = error;
  return problem === "notSecure" ? new Insecure({ url }) : new InvalidUrl({ url, problem });
}
