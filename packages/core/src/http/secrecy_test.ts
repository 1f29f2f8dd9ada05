import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, Logger, Tracer } from "effect";
import {
  Headers,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  HttpClientResponse,
} from "effect/http";
import { answer, type Behaviour, broken, scripted } from "../endpoint/testdata/scripted_client.ts";
import * as SessionClient from "./session_client.ts";
import { scriptedSession, tokenSet } from "./testdata/scripted_session.ts";

const leak = /planted/;
const url = "https://api.example.com/me";
const echo = "Bearer planted-first";
const quoting =
  `Bearer error="insufficient_scope", scope="planted-first", error_description="${echo}"`;

/** Every text that can be reached from a value, hidden properties, getters and causes included. */
function textsIn(value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const members = Reflect.ownKeys(value).map((key) => Reflect.get(value, key) as unknown);
  const entries = value instanceof Map ? [...value.entries()].flat() : [];
  const request = "request" in value ? [value.request] : [];
  return [...members, ...entries, ...request].flatMap((member) => textsIn(member, seen));
}

function copyOf(request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest {
  return HttpClientRequest.setHeader(request, "x-copy", "1");
}

const failing: Record<string, Behaviour> = {
  "a transport that fails": broken(new Error("reset")),
  "a transport whose cause holds the request": (request) =>
    broken(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.EncodeError({ request, description: "inner" }),
      }),
    )(request),
  "a transport whose cause holds a copy of the request": (request) =>
    broken(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.EncodeError({ request: copyOf(request) }),
      }),
    )(request),
  "a status whose answer holds a copy of the request": (request) =>
    Effect.flatMap(answer(500)(copyOf(request)), (response) =>
      Effect.fail(
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.StatusCodeError({ request, response }),
        }),
      )),
  "a status that is refused inside": (request) =>
    Effect.flatMap(answer(500)(request), HttpClientResponse.filterStatusOk),
  "a transport that dies with its error": (request) =>
    Effect.orDie(broken(new Error("reset"))(request)),
  "missing scope": answer(403, "", { "www-authenticate": `Bearer error="insufficient_scope"` }),
};

/** Runs with a tracer that keeps spans, a logger that keeps lines, and headers recorded. */
const watched = Effect.fnUntraced(function* <A, E>(
  effect: Effect.Effect<A, E>,
  names: ReadonlyArray<string | RegExp>,
) {
  const spans: Array<Tracer.NativeSpan> = [];
  const lines: Array<unknown> = [];
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      spans.push(span);
      return span;
    },
  });
  const exit = yield* Effect.exit(Effect.tapCause(effect, Effect.logError)).pipe(
    Effect.withTracer(tracer),
    Effect.provideService(HttpClient.TracerHeaderFilter, () => true),
    Effect.provideService(Headers.CurrentRedactedNames, names),
    Effect.provide(Logger.layer([Logger.make((line) => lines.push(Logger.formatJson.log(line)))])),
  );
  const recorded = spans.map(({ attributes, status, events }) => [attributes, status, events]);
  return { exit, shown: [...textsIn(recorded), ...textsIn(lines)], spans };
});

describe("a planted token", () => {
  for (const names of [["authorization"], ["cookie"]]) {
    for (const [name, behaviour] of Object.entries(failing)) {
      it.effect(`is not seen after ${name}, with ${names.join()} redacted`, () =>
        Effect.gen(function* () {
          const server = scripted(answer(401, "old"), behaviour);
          const { session } = scriptedSession({
            token: Exit.succeed(tokenSet("planted-first")),
            replace: Effect.succeed(tokenSet("planted-first-2")),
          });
          const client = yield* SessionClient.make(server.client, session, {
            origins: ["https://api.example.com"],
          });
          const { exit, shown, spans } = yield* watched(client.get(url), names);
          assert.deepStrictEqual(
            server.sent.map(({ headers }) => headers["authorization"]),
            ["Bearer planted-first", "Bearer planted-first-2"],
          );
          assert.lengthOf(spans, 2);
          assert.isTrue(Exit.isFailure(exit));
          if (!Exit.isFailure(exit)) return;
          for (const text of shown) assert.notMatch(text, leak);
          const error = Cause.squash(exit.cause);
          const forms = [
            String(error),
            JSON.stringify(error),
            JSON.stringify(exit),
            Cause.pretty(exit.cause),
            ...textsIn(exit.cause.reasons),
          ];
          for (const text of forms) assert.notMatch(text, leak);
        }));
    }
  }

  it.effect("is not seen in an error that the server puts it into", () =>
    Effect.gen(function* () {
      const server = scripted(answer(403, "", { "www-authenticate": quoting }));
      const { session } = scriptedSession({ token: Exit.succeed(tokenSet("planted-first")) });
      const client = yield* SessionClient.make(server.client, session, {
        origins: ["https://api.example.com"],
      });
      const error = yield* Effect.flip(client.get(`${url}/planted-first`));
      assert.strictEqual(error._tag, "InsufficientScope");
      for (const text of [String(error), JSON.stringify(error), ...textsIn(error)]) {
        assert.notMatch(text, leak);
      }
    }));

  it.effect("is not in an answer, its request, and the errors that are made of it", () =>
    Effect.gen(function* () {
      const server = scripted(answer(200, "{"));
      const { session } = scriptedSession({ token: Exit.succeed(tokenSet("planted")) });
      const client = yield* SessionClient.make(server.client, session, {
        origins: ["https://api.example.com"],
      });
      const response = yield* client.get(url, { headers: { "x-own": "1" } });
      assert.strictEqual(server.sent[0]?.headers["authorization"], "Bearer planted");
      assert.deepStrictEqual({ ...response.request.headers }, { "x-own": "1" });
      const errors = yield* Effect.all([
        Effect.flip(response.json),
        Effect.flip(HttpClientResponse.filterStatus(response, () => false)),
      ]);
      for (const value of [response, ...errors]) {
        for (const text of [JSON.stringify(value), ...textsIn(value)]) assert.notMatch(text, leak);
      }
    }));

  it.effect("is in the headers of no two requests that share them", () =>
    Effect.gen(function* () {
      const server = scripted(answer(200));
      const { session } = scriptedSession();
      const client = yield* SessionClient.make(server.client, session, {
        origins: ["https://api.example.com"],
      });
      yield* client.get(url);
      yield* client.get("https://elsewhere.example/");
      assert.isUndefined(server.sent[1]?.headers["authorization"]);
      assert.isFalse("authorization" in Headers.empty);
    }));
});
