import { assert, describe, it } from "@effect/vitest";
import {
  Effect,
  Fiber,
  Formatter,
  Layer,
  Logger,
  Metric,
  Option,
  Redacted,
  References,
  Stream,
  Tracer,
} from "effect";
import { FetchHttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import { fromUrl } from "../protocol/authorization_response.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import { authorize, begin, complete, start } from "./authorization_code.ts";
import {
  callbackTo,
  client,
  granted,
  instant,
  options,
  process,
  SECRETS,
} from "./testdata/code_server.ts";

/** Everything that a program could keep or print of a login. */
interface Kept {
  readonly spans: Array<Tracer.NativeSpan>;
  readonly observations: Array<Observation>;
  readonly others: Array<unknown>;
}

/** Answers by `fetch`, and notes the bodies, since they hold the verifier. */
function fetching(answer: (body: string) => Response, bodies: Array<string>): Layer.Layer<never> {
  return Layer.succeed(
    FetchHttpClient.Fetch,
    ((_url: URL, init: { readonly body: Uint8Array }) => {
      const body = new TextDecoder().decode(init.body);
      bodies.push(body);
      return Promise.resolve(answer(body));
    }) as unknown as typeof fetch,
  );
}

const turn = Effect.andThen(
  TestClock.adjust(1),
  Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5))),
);

function watched<A, E, R>(
  program: Effect.Effect<A, E, R>,
  kept: Kept,
): Effect.Effect<unknown, never, R> {
  const tracer = Tracer.make({
    span: (spanOptions) => {
      const span = new Tracer.NativeSpan(spanOptions);
      kept.spans.push(span);
      return span;
    },
  });
  const logger = Logger.make((entry) => void kept.others.push(entry.message, entry.cause));
  return program.pipe(
    Effect.exit,
    Effect.tap((exit) => Effect.logError("ended", exit)),
    Effect.tap((exit) => Effect.sync(() => kept.others.push(exit))),
    Effect.withTracer(tracer),
    Effect.provideService(Observer, { observe: (each) => kept.observations.push(each) }),
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.provide(Logger.layer([logger])),
  );
}

/** A whole login, and everything that could be kept of it. */
const login = Effect.fnUntraced(function* (
  answer: (body: string) => Response,
  differing: (secrets: string) => Readonly<Record<string, string | undefined>>,
) {
  const kept: Kept = { spans: [], observations: [], others: [] };
  const bodies: Array<string> = [];
  let url = Redacted.make("");
  const program = authorize({
    ...options,
    memo: "memo",
    onAuthorizationUrl: (shown) => Effect.sync(() => void (url = shown.url)),
    callbacks: Stream.suspend(() => {
      const query = new URL(Redacted.value(url)).searchParams;
      const secrets = `${query.get("state")} ${query.get("nonce")} ${SECRETS.code}`;
      const mine = { parameters: fromUrl(callbackTo(url, differing(secrets))) };
      const forged = { parameters: fromUrl(callbackTo(url, { state: "forged" })) };
      return Stream.make(forged, mine);
    }),
  }).pipe(
    Effect.provide([
      FetchHttpClient.layer.pipe(Layer.provide(fetching(answer, bodies))),
      fetching(answer, bodies),
      instant,
    ]),
  );
  const fiber = yield* Effect.forkChild(watched(program, kept));
  for (let each = 0; each < 20 && fiber.pollUnsafe() === undefined; each++) yield* turn;
  yield* Fiber.join(fiber);
  kept.others.push(yield* Metric.dump);
  const query = new URL(Redacted.value(url)).searchParams;
  const verifier = new URLSearchParams(bodies[0] ?? "").get("code_verifier");
  return { kept, secrets: [query.get("state"), query.get("nonce"), verifier], bodies };
});

const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** Writes things down in every way that a program may. */
function everyWay(thing: unknown): string {
  const seen = new WeakSet();
  const json = JSON.stringify(thing, (_, value: unknown) => {
    if (typeof value === "bigint") return String(value);
    if (value instanceof Map) return [...value];
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return undefined;
    seen.add(value);
    return value instanceof Error
      ? [Object.entries(value), value.message, value.stack, value.cause]
      : value;
  });
  const custom = (thing as { readonly [INSPECT]?: () => unknown } | undefined)?.[INSPECT];
  const inspected = typeof custom === "function" ? JSON.stringify(custom.call(thing)) : "";
  return [String(thing), json, Formatter.format(thing, { space: 2 }), inspected].join();
}

function assertSecretless(kept: Kept, secrets: ReadonlyArray<string | null>): void {
  const text = [
    ...kept.spans.map(({ name, attributes, events, status }) =>
      everyWay([name, [...attributes], events, status])
    ),
    ...[...kept.observations, ...kept.others].map(everyWay),
  ].join("\n");
  for (const secret of [...secrets, ...Object.values(SECRETS)]) {
    if (secret === null || secret === "") continue;
    assert.notInclude(text, secret);
    assert.notInclude(text, btoa(secret));
  }
  assert.notInclude(text, btoa(`app:${SECRETS.clientSecret}`), "the Authorization header");
}

const tokens = (granted as { readonly body: object }).body;

describe("a login by authorization code", () => {
  it("would be found out if it left one", () => {
    const leaks = [
      new Error(SECRETS.code),
      { nested: [btoa(SECRETS.idToken)] },
      new Map([[1, "v"]]),
    ];
    for (const leak of leaks) {
      const kept = { spans: [], observations: [], others: [leak] };
      assert.throws(() => assertSecretless(kept, ["v"]));
    }
  });

  it.effect("leaves no secret in spans, observations, logs and metrics when it succeeds", () =>
    Effect.gen(function* () {
      const { kept, secrets } = yield* login(() => Response.json(tokens), () => ({}));
      assert.isTrue(kept.observations.some(({ type }) => type === "http.exchange"));
      assert.isAbove(kept.spans.length, 3);
      for (const secret of secrets) assert.match(secret ?? "", /^[\w-]{43}$/);
      assertSecretless(kept, secrets);
    }));

  it.effect.each<[string, (echo: string) => Response]>([
    [
      "an OAuth error that repeats them",
      (echo) => Response.json({ error: "invalid_grant", error_description: echo }, { status: 400 }),
    ],
    ["a page that repeats them", (echo) => new Response(`<html>${echo}</html>`)],
    ["truncated JSON that holds them", () => new Response(JSON.stringify(tokens).slice(0, -9))],
  ])("leaves none when it ends by %s", ([, answer]) =>
    Effect.gen(function* () {
      const { bodies, kept, secrets } = yield* login((body) => {
        const sent = [...new URLSearchParams(body).values()].join(" ");
        return answer(`${sent} ${SECRETS.clientSecret} ${btoa(`app:${SECRETS.clientSecret}`)}`);
      }, () => ({}));
      assert.lengthOf(bodies, 1);
      assertSecretless(kept, secrets);
    }));

  it.effect.each<[string, (secrets: string) => Record<string, string | undefined>]>([
    ["a denial that repeats them", (secrets) => ({
      code: undefined,
      error: "access_denied",
      error_description: secrets.replace(SECRETS.code, ""),
    })],
    ["an error that repeats them", (secrets) => ({
      code: undefined,
      error: "server_error",
      error_description: secrets.replace(SECRETS.code, ""),
      error_uri: `https://as.example.com/?${secrets.split(" ")[0]}`,
    })],
    ["a code beside an error", (secrets) => ({ error: secrets, error_description: secrets })],
    ["another issuer", (secrets) => ({ iss: `https://evil.example.com/${secrets}` })],
  ])("leaves none when it ends by %s", ([, differing]) =>
    Effect.gen(function* () {
      const { bodies, kept, secrets } = yield* login(() => Response.json(tokens), differing);
      assert.lengthOf(bodies, 0);
      assertSecretless(kept, secrets);
    }));

  it.effect("shows none of a flow that waits", () =>
    Effect.gen(function* () {
      const bodies: Array<string> = [];
      const running = yield* start(options).pipe(
        Effect.provide([
          FetchHttpClient.layer,
          fetching(() => Response.json({}), bodies),
          instant,
        ]),
      );
      const shown = Option.getOrThrow(yield* Stream.runHead(running.emitted));
      const checkpoint = yield* running.checkpoint;
      const { nonce, state, verifier } = checkpoint.context;
      const secrets = [nonce, state, verifier].map((each) => Redacted.value(each ?? shown.url));
      const kept = { spans: [], observations: [], others: [checkpoint, running, shown] };
      assertSecretless(kept, [...secrets, Redacted.value(shown.url)]);
    }));

  it.effect("in two halves leaves none either", () =>
    Effect.gen(function* () {
      const kept: Kept = { spans: [], observations: [], others: [] };
      const bodies: Array<string> = [];
      const http = [
        FetchHttpClient.layer,
        fetching(() => Response.json(tokens), bodies),
      ] as const;
      const known: Array<string | null> = [];
      const program = Effect.gen(function* () {
        const begun = yield* begin({ ...options, client });
        const query = new URL(Redacted.value(begun.url)).searchParams;
        known.push(query.get("state"), query.get("nonce"));
        const callback = fromUrl(callbackTo(begun.url));
        const done = yield* complete(options, callback);
        const replayed = yield* Effect.exit(complete(options, callback));
        kept.others.push(begun, callback, done, replayed);
      });
      yield* watched(program, kept).pipe(Effect.provide([...http, process]));
      known.push(new URLSearchParams(bodies[0]).get("code_verifier"));
      assert.lengthOf(bodies, 1);
      assertSecretless(kept, known);
    }));
});
