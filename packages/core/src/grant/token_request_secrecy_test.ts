import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Fiber, Formatter, Layer, Logger, Metric, Redacted } from "effect";
import { References, type Scope, Tracer } from "effect";
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http";
import { TestClock } from "effect/testing";
import type { Flow } from "../flow/flow.ts";
import type { Client } from "../protocol/client.ts";
import { basicAuthorization } from "../protocol/client_authentication.ts";
import { Observer } from "../protocol/observation.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import * as ClientCredentials from "./client_credentials.ts";
import * as JwtBearer from "./jwt_bearer.ts";
import * as RefreshToken from "./refresh_token.ts";
import { client as confidential } from "./testdata/scripted_server.ts";
import * as TokenExchange from "./token_exchange.ts";
import type { TokenRequestError } from "./token_request_error.ts";

/** "planted" and its Base64 at every offset: all that is planted holds one of them. */
const leak = /planted|cGxhbnRlZ|BsYW50ZW|wbGFudGVk/;

const clientSecret = Redacted.make("planted/client+secret:1");
const secrets = {
  refreshToken: "planted-refresh-token~2",
  subject: "planted.subject=token3",
  actor: "eyJhbGciOiJub25lIn0.planted-actor-token.4",
  assertion: "eyJhbGciOiJFUzI1NiJ9.planted-assertion.5",
};

const granted = {
  access_token: "planted-access-token",
  refresh_token: "planted-new-refresh-token",
  id_token: "planted-id-token",
  issued_token_type: "urn:ietf:params:oauth:token-type:jwt",
  token_type: "N_A",
};

interface Grant {
  readonly name: string;
  /** What it sends beside the client's own. */
  readonly sends: ReadonlyArray<string>;
  readonly run: (
    client: Client,
  ) => Effect.Effect<TokenSet, TokenRequestError, HttpClient.HttpClient>;
  readonly start: (
    client: Client,
    // deno-lint-ignore no-explicit-any -- four charts of the same shape
  ) => Effect.Effect<Flow<any>, never, HttpClient.HttpClient | Scope.Scope>;
}

const refreshToken = Redacted.make(secrets.refreshToken);
const exchanged = {
  subjectToken: {
    token: Redacted.make(secrets.subject),
    type: TokenExchange.tokenTypes.accessToken,
  },
  actorToken: { token: Redacted.make(secrets.actor), type: TokenExchange.tokenTypes.jwt },
};
const assertion = Effect.sync(() => Redacted.make(secrets.assertion));

const grants: ReadonlyArray<Grant> = [
  {
    name: "refresh()",
    sends: [secrets.refreshToken],
    run: (client) => RefreshToken.refresh({ client, refreshToken }),
    start: (client) => RefreshToken.start({ client, refreshToken }),
  },
  {
    name: "authorize() by client credentials",
    sends: [],
    run: (client) => ClientCredentials.authorize({ client }),
    start: (client) => ClientCredentials.start({ client }),
  },
  {
    name: "exchange()",
    sends: [secrets.subject, secrets.actor],
    run: (client) => TokenExchange.exchange({ client, ...exchanged }),
    start: (client) => TokenExchange.start({ client, ...exchanged }),
  },
  {
    name: "authorize() by JWT bearer",
    sends: [secrets.assertion],
    run: (client) => JwtBearer.authorize({ client, assertion }),
    start: (client) => JwtBearer.start({ client, assertion }),
  },
];

/** What was sent, in the forms in which a server may send it back. */
function echoOf(sent: ReadonlyArray<string>): string {
  return [Redacted.value(clientSecret), ...sent].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ "": secret }).toString(),
    JSON.stringify(secret),
    btoa(secret),
  ]).concat(Redacted.value(basicAuthorization("tv", clientSecret))).join(" | ");
}

const answers: ReadonlyArray<readonly [string, number, (echo: string) => string]> = [
  ["tokens", 200, () => JSON.stringify(granted)],
  ["tokens in part", 200, () => JSON.stringify({ ...granted, access_token: 1 })],
  ["tokens cut off", 200, () => JSON.stringify(granted).slice(0, 60)],
  ["an unknown token", 200, () => JSON.stringify({ ...granted, issued_token_type: null })],
  ["a page that repeats what was sent", 200, (echo) => `<html>${echo}</html>`],
  ["an error that repeats it", 400, (echo) => errorBody("x", echo)],
  ["a fault that repeats it", 503, (echo) => echo],
  ["a passing error that repeats it", 400, (echo) => errorBody("server_error", echo)],
];

function errorBody(error: string, error_description: string): string {
  return JSON.stringify({ error, error_description });
}

/** Breaks off, with an error that holds the request, as a transport's does. */
const broken = HttpClient.make((request) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, cause: new Error("planted") }),
    }),
  )
);

function answering(status: number, body: string): HttpClient.HttpClient {
  return HttpClient.make((request) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(body, { status })))
  );
}

/** Every text that can be reached from a value, hidden properties and causes included. */
function textsIn(value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const members = Reflect.ownKeys(value).map((key) => Reflect.get(value, key) as unknown);
  const entries = value instanceof Map ? [...value.entries()].flat() : [];
  return [...members, ...entries].flatMap((member) => textsIn(member, seen));
}

/** Runs a grant, and gives everything that a program could keep or print of it. */
const watch = Effect.fnUntraced(function* (
  grant: Effect.Effect<TokenSet, TokenRequestError, HttpClient.HttpClient>,
  http: HttpClient.HttpClient,
) {
  const spans: Array<Tracer.NativeSpan> = [];
  const kept: Array<unknown> = [];
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      spans.push(span);
      return span;
    },
  });
  const program = Effect.exit(grant).pipe(
    Effect.tap((exit) => Effect.logError("ended", exit)),
    Effect.withTracer(tracer),
    Effect.provideService(HttpClient.HttpClient, http),
    Effect.provideService(Observer, { observe: (each) => kept.push(each) }),
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.provide(Logger.layer([Logger.make(({ message, cause }) => kept.push(message, cause))])),
  );
  const fiber = yield* Effect.forkChild(program);
  yield* TestClock.adjust("1 day");
  const exit = yield* Fiber.join(fiber);
  kept.push(exit, yield* Metric.dump);
  kept.push(
    spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  );
  const printed = exit._tag === "Failure" ? [Cause.pretty(exit.cause), String(exit)] : [];
  const formatted = kept.map((each) => Formatter.format(each));
  return { exit, spans, kept, texts: [...printed, ...formatted, ...textsIn(kept)] };
});

describe.each(grants)("$name", ({ run, sends, start }) => {
  const methods = ["client_secret_basic", "client_secret_post"] as const;

  it.effect.each(answers)(
    "leaves no secret anywhere after %s",
    ([name, status, body]) =>
      Effect.gen(function* () {
        for (const method of methods) {
          const client = { ...confidential, authentication: { method, clientSecret } };
          const http = answering(status, body(echoOf(sends)));
          const { exit, kept, spans, texts } = yield* watch(run(client), http);
          if (name === "tokens") assert.strictEqual(exit._tag, "Success");
          assert.isAtLeast(spans.length, 3);
          assert.isAbove(kept.length, 5);
          for (const text of texts) assert.notMatch(text, leak);
        }
      }),
  );

  it.effect("leaves no secret anywhere where the connection breaks", () =>
    Effect.gen(function* () {
      const client: Client = {
        ...confidential,
        authentication: { method: "client_secret_post", clientSecret },
      };
      const { exit, texts } = yield* watch(run(client), broken);
      assert.strictEqual(exit._tag, "Failure");
      for (const text of texts) assert.notMatch(text, leak);
    }));

  it.effect("shows no secret of a flow that runs, nor of its checkpoint", () =>
    Effect.gen(function* () {
      const client: Client = {
        ...confidential,
        authentication: { method: "client_secret_basic", clientSecret },
      };
      const flow = yield* start(client).pipe(
        Effect.provide(Layer.succeed(HttpClient.HttpClient, broken)),
      );
      yield* TestClock.adjust(100);
      assert.strictEqual(yield* flow.path, "trying.backingOff");
      const checkpoint = yield* flow.checkpoint;
      assert.notMatch(Formatter.format([flow, checkpoint]), leak);
      for (const text of textsIn(checkpoint)) assert.notMatch(text, leak);
    }));
});

describe("the pattern", () => {
  it("finds every form that is planted", () => {
    for (const form of echoOf(Object.values(secrets)).split(" | ")) assert.match(form, leak);
  });
});
