import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Formatter, Layer, Logger, Metric, References, Scope, Tracer } from "effect";
import { FetchHttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import { type Observation, Observer } from "../protocol/observation.ts";
import { authorize, start } from "./device_authorization.ts";
import { client, device, SECRETS, tokens } from "./testdata/scripted_server.ts";

/** Everything that a program could keep or print of a login. */
interface Kept {
  readonly spans: Array<Tracer.NativeSpan>;
  readonly observations: Array<Observation>;
  readonly logs: Array<unknown>;
  readonly others: Array<unknown>;
}

/** Answers by `fetch`, so that the client's own spans would be there if nobody held them back. */
function fetching(poll: () => Response): Layer.Layer<never> {
  return Layer.succeed(
    FetchHttpClient.Fetch,
    ((url: URL) =>
      Promise.resolve(
        String(url).endsWith("/token") ? poll() : Response.json(device),
      )) as unknown as typeof fetch,
  );
}

const watch = Effect.fnUntraced(function* (poll: () => Response) {
  const kept: Kept = { spans: [], observations: [], logs: [], others: [] };
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      kept.spans.push(span);
      return span;
    },
  });
  const logger = Logger.make((entry) => void kept.logs.push(entry.message, entry.cause));
  const program = authorize({
    client,
    scope: ["read"],
    onUserCode: () => Effect.logDebug("shown"),
  }).pipe(
    Effect.exit,
    Effect.tap((exit) => Effect.logError("ended", exit)),
    Effect.withTracer(tracer),
    Effect.provideService(Observer, { observe: (each) => kept.observations.push(each) }),
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.provide([
      FetchHttpClient.layer.pipe(Layer.provide(fetching(poll))),
      Logger.layer([logger]),
      fetching(poll),
    ]),
  );
  const fiber = yield* Effect.forkChild(program);
  // The answers of `fetch` are promises: they need a turn of the real loop after each poll.
  for (let turn = 0; turn < 40 && fiber.pollUnsafe() === undefined; turn++) {
    yield* TestClock.adjust("30 seconds");
    yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 0)));
  }
  const exit = yield* Fiber.join(fiber);
  kept.others.push(exit, yield* Metric.dump);
  return { kept, exit };
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

function assertSecretless(kept: Kept): void {
  const text = [
    ...kept.spans.map(({ name, attributes, events, status }) =>
      everyWay([name, [...attributes], events, status])
    ),
    ...[...kept.observations, ...kept.logs, ...kept.others].map(everyWay),
  ].join("\n");
  for (const [name, secret] of Object.entries(SECRETS)) {
    assert.notInclude(text, secret, name);
    assert.notInclude(text, encodeURIComponent(secret), name);
  }
  const basic = btoa(`tv:${SECRETS.clientSecret}`);
  assert.notInclude(text, basic, "the Authorization header");
}

/** What was sent, in a server's own words. */
const echo = `${SECRETS.deviceCode} ${SECRETS.clientSecret} ${btoa(`tv:${SECRETS.clientSecret}`)}`;

describe("a device login", () => {
  it.effect("leaves no secret in spans, observations, logs and metrics when it succeeds", () =>
    Effect.gen(function* () {
      const { kept, exit } = yield* watch(() => Response.json(tokens));
      assert.strictEqual(exit._tag, "Success");
      assert.isAbove(kept.spans.length, 3);
      assert.isTrue(kept.observations.some(({ type }) => type === "http.exchange"));
      assertSecretless(kept);
    }));

  it.effect.each<[string, () => Response]>([
    [
      "an OAuth error that repeats them",
      () => Response.json({ error: "invalid_grant", error_description: echo }, { status: 400 }),
    ],
    ["a page that repeats them", () => new Response(`<html>${echo}</html>`, { status: 200 })],
    ["truncated JSON that holds them", () => new Response(JSON.stringify(tokens).slice(0, -9))],
    ["tokens without a type of JSON", () => Response.json({ ...tokens, access_token: [echo] })],
  ])("leaves no secret when it ends by %s", ([, poll]) =>
    Effect.gen(function* () {
      const { kept, exit } = yield* watch(poll);
      assert.strictEqual(exit._tag, "Failure");
      assertSecretless(kept);
    }));

  it.effect("shows no secret of a flow that runs", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const flow = yield* start({ client }).pipe(
        Effect.provide(
          FetchHttpClient.layer.pipe(Layer.provide(fetching(() => Response.json({})))),
        ),
        Effect.provide(fetching(() => Response.json({}))),
        Scope.provide(scope),
      );
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)));
      const checkpoint = yield* flow.checkpoint;
      assert.strictEqual(yield* flow.path, "awaitingUser.waiting");
      assert.isDefined(checkpoint.context.deviceCode);
      assertSecretless({ spans: [], observations: [], logs: [], others: [checkpoint, flow] });
    }));
});
