import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted, Result, Stream, Tracer } from "effect";
import { FetchHttpClient, HttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import type { EndpointErrorReason } from "../protocol/endpoint_error.ts";
import { type HttpExchange, type Observation, Observer } from "../protocol/observation.ts";
import type { Answer, Exchange } from "./_exchange.ts";
import { exchange } from "./_transport.ts";
import { answer, type Behaviour, broken, scripted, streaming } from "./testdata/scripted_client.ts";

const request: Exchange = {
  endpoint: "token",
  method: "POST",
  url: "https://as.example.com/token?tenant=planted",
  authorization: Redacted.make("Basic planted"),
  parameters: [["grant_type", "x"], ["code", Redacted.make("planted")]],
  secrets: [Redacted.make("planted")],
};

function accept(answer: Answer): Result.Result<Answer, EndpointErrorReason> {
  return Result.succeed(answer);
}

function reasonOf(behaviour: Behaviour, changes: Partial<Exchange> = {}) {
  return exchange({ ...request, ...changes }, accept).pipe(
    Effect.flip,
    Effect.map(({ reason }) => reason),
    Effect.provideService(HttpClient.HttpClient, scripted(behaviour).client),
  );
}

describe("_transport: sending", () => {
  it.effect("exchange() posts a form once and asks for JSON", () =>
    Effect.gen(function* () {
      const { client, sent } = scripted(answer(200, {}));
      yield* exchange(request, accept).pipe(Effect.provideService(HttpClient.HttpClient, client));
      assert.deepStrictEqual(sent, [{
        method: "POST",
        url: request.url,
        headers: {
          accept: "application/json",
          authorization: "Basic planted",
          "content-length": "25",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: "grant_type=x&code=planted",
      }]);
    }));

  const refused: ReadonlyArray<readonly [string, string]> = [
    ["http://as.example.com/token", "Insecure"],
    ["https://u:p@as.example.com/token", "InvalidUrl"],
    ["https://as.example.com/token#f", "InvalidUrl"],
    ["/token", "InvalidUrl"],
  ];
  for (const [url, tag] of refused) {
    it.effect(`exchange() sends nothing to ${url}`, () =>
      Effect.gen(function* () {
        const { client, sent } = scripted(answer(200, {}));
        const error = yield* Effect.flip(exchange({ ...request, url }, accept)).pipe(
          Effect.provideService(HttpClient.HttpClient, client),
        );
        assert.strictEqual(error.reason._tag, tag);
        assert.lengthOf(sent, 0);
      }));
  }

  it.effect("exchange() does not retry a transport that fails", () =>
    Effect.gen(function* () {
      const { client, sent } = scripted(broken(new Error("x")), answer(200, {}));
      const error = yield* Effect.flip(exchange(request, accept)).pipe(
        Effect.provideService(HttpClient.HttpClient, client),
      );
      assert.strictEqual(error.reason._tag, "Unreachable");
      assert.strictEqual(error.url, "https://as.example.com/token");
      assert.lengthOf(sent, 1);
    }));
});

describe("_transport: redirects", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it.effect(`exchange() does not follow a ${status}`, () =>
      Effect.gen(function* () {
        const location = "https://evil.example/token?code=planted";
        const reason = yield* reasonOf(answer(status, "", { location }));
        assert.deepInclude(reason, { _tag: "Malformed", problem: "redirect", status });
        assert.strictEqual(
          reason.message,
          `Authorization server answered nonsense: it redirects to "https://evil.example/token", which is not followed`,
        );
      }));
  }

  it.effect("exchange() takes an answer from elsewhere for a redirect", () =>
    Effect.gen(function* () {
      const followed: Behaviour = (sent) =>
        Effect.map(
          answer(200, {})(sent),
          (response) => Object.create(response, { url: { value: "https://evil.example/token" } }),
        );
      assert.deepInclude(yield* reasonOf(followed), { problem: "redirect", status: 200 });
    }));

  it.effect("exchange() tells fetch not to follow, whatever else it was told", () =>
    Effect.gen(function* () {
      const inits: Array<RequestInit | undefined> = [];
      const error = yield* Effect.flip(exchange(request, accept)).pipe(
        Effect.provide(FetchHttpClient.layer),
        Effect.provideService(FetchHttpClient.RequestInit, {
          redirect: "follow",
          credentials: "omit",
        }),
        Effect.provideService(FetchHttpClient.Fetch, (_, init) => {
          inits.push(init);
          return Promise.resolve(Response.error());
        }),
      );
      assert.lengthOf(inits, 1);
      assert.deepInclude(inits[0], { redirect: "manual", credentials: "omit" });
      assert.deepInclude(error.reason, { _tag: "Malformed", problem: "redirect", status: 0 });
    }));
});

describe("_transport: bounds", () => {
  const kibibyte = new Uint8Array(1024).fill(32);

  it.effect("exchange() reads a body of one mebibyte", () =>
    Effect.gen(function* () {
      const body = streaming(Stream.fromIterable(Array<Uint8Array>(1024).fill(kibibyte)));
      const reason = yield* exchange(request, accept).pipe(
        Effect.map((answer) => answer.text.length),
        Effect.provideService(HttpClient.HttpClient, scripted(body).client),
      );
      assert.strictEqual(reason, 1_048_576);
    }));

  it.effect("exchange() stops reading beyond one mebibyte", () =>
    Effect.gen(function* () {
      let taken = 0;
      let isClosed = false;
      const endless = Stream.fromEffectRepeat(Effect.sync(() => (taken++, kibibyte))).pipe(
        Stream.ensuring(Effect.sync(() => (isClosed = true))),
      );
      const reason = yield* reasonOf(streaming(endless));
      assert.deepInclude(reason, { _tag: "Malformed", problem: "tooLarge", status: 200 });
      assert.isAtMost(taken, 1100);
      yield* Effect.promise(() => new Promise<void>((done) => queueMicrotask(done)));
      assert.isTrue(isClosed);
    }));

  it.effect("exchange() keeps the start of a body that is too large, redacted", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(answer(200, `planted${" ".repeat(1_048_576)}`));
      assert.strictEqual(reason._tag, "Malformed");
      assert.notInclude(JSON.stringify(reason), "planted");
      const encoder = new TextEncoder();
      const chunks = ["planted words", " ".repeat(1_048_576)].map((text) => encoder.encode(text));
      const tooMuch = streaming(Stream.fromIterable(chunks));
      assert.deepInclude(yield* reasonOf(tooMuch), {
        body: "<13 characters, the body is not JSON>",
      });
      assert.deepInclude(yield* reasonOf(tooMuch, { endpoint: "metadata" }), {
        body: "<redacted> words",
      });
    }));

  it.effect("exchange() gives up on headers that do not come, after 10 seconds", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(reasonOf(() => Effect.never));
      yield* TestClock.adjust(9_999);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Unreachable", kind: "timeout" });
    }));

  it.effect("exchange() gives up on a body that does not end, after the limit it was told", () =>
    Effect.gen(function* () {
      const dripping = Stream.concat(Stream.make(kibibyte), Stream.never);
      const fiber = yield* Effect.forkChild(
        reasonOf(streaming(dripping), { requestLimitMillis: 500 }),
      );
      yield* TestClock.adjust(499);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Unreachable", kind: "timeout" });
    }));

  it.effect("exchange() takes a body that breaks off for no answer", () =>
    Effect.gen(function* () {
      const cause = Object.assign(new Error("planted"), { code: "ECONNRESET" });
      const broken: Behaviour = (sent) =>
        Effect.sync(() => new ReadableStream({ start: (controller) => controller.error(cause) }))
          .pipe(Effect.flatMap((body) =>
            Effect.map(answer(200, "x")(sent), (response) =>
              Object.create(response, {
                stream: {
                  value: Stream.fromReadableStream({
                    evaluate: () => body,
                    onError: (cause) => ({ _tag: "HttpClientError", reason: { cause } }),
                  }),
                },
              }))
          ));
      assert.deepInclude(yield* reasonOf(broken), { _tag: "Unreachable", kind: "reset" });
    }));

  it.effect("exchange() gives the connection up when it is done with an answer", () =>
    Effect.gen(function* () {
      let signal: AbortSignal | undefined;
      const client = HttpClient.make((sent, _, aborted) => {
        signal = aborted;
        return streaming(Stream.never)(sent);
      });
      yield* exchange({ ...request, isBodyIgnored: true }, accept).pipe(
        Effect.provideService(HttpClient.HttpClient, client),
      );
      assert.isTrue(signal?.aborted);
    }));

  it.effect("exchange() leaves a 2xx body unread when told", () =>
    Effect.gen(function* () {
      const hanging = streaming(Stream.never);
      const status = yield* exchange({ ...request, isBodyIgnored: true }, accept).pipe(
        Effect.map((answer) => answer.status),
        Effect.provideService(HttpClient.HttpClient, scripted(hanging).client),
      );
      assert.strictEqual(status, 200);
    }));
});

describe("_transport: answers", () => {
  it.effect("exchange() reads the clock before it sends, and Retry-After when it has the answer", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000);
      const slow: Behaviour = (sent) =>
        Effect.delay(
          answer(200, {}, { "retry-after": "Thu, 01 Jan 1970 00:00:30 GMT" })(sent),
          "4 seconds",
        );
      const fiber = yield* exchange(request, accept).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted(slow).client),
        Effect.forkChild,
      );
      yield* TestClock.adjust("4 seconds");
      const { receivedAtMillis, retryAfterMillis, sentAtMillis } = yield* Fiber.join(fiber);
      assert.strictEqual(sentAtMillis, 1_000);
      assert.strictEqual(receivedAtMillis, 5_000);
      assert.strictEqual(retryAfterMillis, 25_000);
    }));

  it.effect("exchange() reads an answer without a body", () =>
    Effect.gen(function* () {
      const text = yield* exchange(request, accept).pipe(
        Effect.map((answer) => answer.text),
        Effect.provideService(HttpClient.HttpClient, scripted(answer(204)).client),
      );
      assert.strictEqual(text, "");
    }));
});

describe("_transport: what others see", () => {
  it.effect("exchange() makes no HTTP span, sends no trace headers, and keeps secrets out of ours", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.NativeSpan> = [];
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options);
          spans.push(span);
          return span;
        },
      });
      const { client, sent } = scripted(answer(200, { access_token: "planted" }));
      yield* exchange(request, accept).pipe(
        Effect.withSpan("outer"),
        Effect.provideService(HttpClient.HttpClient, client),
        Effect.withTracer(tracer),
      );
      assert.deepStrictEqual(spans.map((span) => span.name), ["outer"]);
      assert.deepStrictEqual(Object.fromEntries(spans[0]?.attributes ?? []), {
        "server.address": "as.example.com",
        "url.full": "https://as.example.com/token",
        "http.response.status_code": 200,
      });
      assert.notInclude(JSON.stringify(sent[0]?.headers), "trace");
    }));

  it.effect("exchange() tells the observer, secrets replaced", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(5_000);
      const seen: Array<Observation> = [];
      const body = { access_token: "planted", scope: "read", note: "got planted" };
      yield* exchange(request, accept).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted(answer(200, body)).client),
        Effect.provideService(Observer, { observe: (observation) => seen.push(observation) }),
      );
      assert.deepStrictEqual(seen, [{
        type: "http.exchange",
        at: 5_000,
        endpoint: "token",
        method: "POST",
        url: "https://as.example.com/token",
        status: 200,
        outcome: "ok",
        durationMillis: 0,
        request: { authorization: "<redacted>", grant_type: "x", code: "<redacted>" },
        response: { access_token: "<redacted>", scope: "read", note: "<string>" },
      }]);
    }));

  it.effect("exchange() tells the observer of what went wrong", () =>
    Effect.gen(function* () {
      const seen: Array<HttpExchange> = [];
      const observer: Observer = {
        observe: (observation) => seen.push(observation as HttpExchange),
      };
      const behaviours = [broken(new Error("planted")), answer(302), answer(200, "<p>planted</p>")];
      for (const behaviour of behaviours) {
        yield* exchange(request, accept).pipe(
          Effect.ignore,
          Effect.provideService(HttpClient.HttpClient, scripted(behaviour).client),
          Effect.provideService(Observer, observer),
        );
      }
      assert.deepStrictEqual(
        seen.map(({ outcome, response, status }) => ({ outcome, response, status })),
        [
          { outcome: "Unreachable", response: {}, status: undefined },
          { outcome: "Malformed", response: {}, status: 302 },
          {
            outcome: "ok",
            response: { body: "<14 characters, the body is HTML or XML>" },
            status: 200,
          },
        ],
      );
    }));

  it.effect("exchange() goes on where the observer throws", () =>
    Effect.gen(function* () {
      let calls = 0;
      const observer: Observer = {
        observe: () => {
          calls++;
          throw new Error("disk full");
        },
      };
      const { status } = yield* exchange(request, accept).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted(answer(200, {})).client),
        Effect.provideService(Observer, observer),
      );
      assert.strictEqual(status, 200);
      assert.strictEqual(calls, 1);
    }));
});
