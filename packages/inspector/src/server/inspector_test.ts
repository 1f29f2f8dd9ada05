import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Fiber, Layer, Option, Redacted, type Scope, Tracer } from "effect";
import { SecureRandom } from "effect/crypto";
import { NodeHttpServer } from "@effect/platform-node";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from "node:http";
import { type Observation, Observer } from "@bellhop/core/protocol/observation";
import { make as makeHub } from "./hub.ts";
import { Inspector, type InspectorOptions, layer, make } from "./inspector.ts";

const observation: Observation = {
  type: "flow.emitted",
  flowId: "f",
  seq: 0,
  at: 1_000,
  event: "user_code",
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks the server itself, with headers that a browser would not let a page set. */
function ask(
  url: string,
  headers: OutgoingHttpHeaders = {},
  method = "GET",
): Effect.Effect<Answer> {
  return Effect.callback<Answer>((resume) => {
    const sent = request(url, { headers, method, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () =>
        resume(Effect.succeed({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
        })));
    });
    sent.on("error", (error) => resume(Effect.die(error)));
    sent.end();
  });
}

/** Reads events until one has come that matches, or the end. */
function listen(
  url: string,
  until: RegExp,
  headers: OutgoingHttpHeaders = {},
): Effect.Effect<string> {
  return Effect.callback<string>((resume) => {
    const sent = request(url, { headers, agent: false }, (response) => {
      let body = "";
      const end = () => resume(Effect.succeed(body));
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
        if (!until.test(body)) return;
        end();
        response.destroy();
      });
      response.on("close", end);
    });
    sent.on("error", () => {});
    sent.end();
  });
}

const nodeServer = NodeHttpServer.layer(createServer, {
  host: "127.0.0.1",
  port: 0,
  gracefulShutdownTimeout: 100,
});

function start(
  options?: InspectorOptions,
): Effect.Effect<Context.Context<Inspector>, unknown, Scope.Scope> {
  return Layer.build(
    layer(options).pipe(
      Layer.provide(nodeServer),
      Layer.provide(SecureRandom.layerWebCrypto),
    ),
  );
}

const running = Effect.gen(function* () {
  const context = yield* start();
  const inspector = Context.get(context, Inspector);
  const url = new URL(Redacted.value(inspector.url));
  const token = url.searchParams.get("token") ?? "";
  const at = (path: string) => `${inspector.origin}${path}?token=${token}`;
  const cookie = `bellhop_inspector_${url.port}=${token}`;
  return { inspector, context, url, token, at, cookie, host: url.host };
});

describe("layer()", () => {
  it.live("lets in whoever has the token, which a cookie remembers", () =>
    Effect.gen(function* () {
      const { url, token, inspector, cookie } = yield* running;
      assert.match(token, /^[\w-]{22}$/);
      const first = yield* ask(url.href);
      const { location = "" } = first.headers;
      assert.strictEqual(first.status, 303);
      const [set = ""] = first.headers["set-cookie"] ?? [];
      assert.strictEqual(set, `${cookie}; Path=${location}; HttpOnly; SameSite=Strict`);
      const page = yield* ask(`${inspector.origin}${location}`, { cookie });
      assert.strictEqual(page.status, 200);
      assert.notInclude(page.body, token);
      assert.include(page.headers["content-type"], "text/html");
      const { headers } = page;
      assert.include(headers["content-security-policy"], "default-src 'none'");
      assert.include(headers["content-security-policy"], "frame-ancestors 'none'");
      assert.strictEqual(headers["referrer-policy"], "no-referrer");
      assert.strictEqual(headers["cache-control"], "no-store");
      assert.strictEqual(headers["x-content-type-options"], "nosniff");
      assert.isUndefined(headers["access-control-allow-origin"]);
      for (const [, path] of page.body.matchAll(/(?:src|href)="\.?(\/[^"]*)"/g)) {
        const asset = `${inspector.origin}${location.slice(0, -1)}${path}`;
        assert.strictEqual((yield* ask(asset, { cookie })).status, 200, path);
      }
      assert.strictEqual((yield* ask(`${inspector.origin}/nothing`, { cookie })).status, 404);
      assert.strictEqual((yield* ask(`${inspector.origin}/toString`, { cookie })).status, 404);
      assert.strictEqual((yield* ask(`${inspector.origin}/`, { cookie }, "POST")).status, 405);
    }).pipe(Effect.scoped));

  it.live("remembers the token where no server at another port is sent the cookie", () =>
    Effect.gen(function* () {
      const { url, inspector, token, cookie } = yield* running;
      const { headers } = yield* ask(url.href);
      const { location = "" } = headers;
      assert.match(location, /^\/[\w-]{22}\/$/);
      assert.notInclude(location, token);
      inspector.hub.observer.observe(observation);
      const place = `${inspector.origin}${location}`;
      for (const path of ["", "events", "recording.jsonl", "assets/page.js"]) {
        assert.strictEqual((yield* ask(`${place}${path}`)).status, 403, path);
      }
      assert.include(yield* listen(`${place}events`, /id: 0\n.*\n\n/, { cookie }), "user_code");
      assert.include((yield* ask(`${place}recording.jsonl`, { cookie })).body, "user_code");
    }).pipe(Effect.scoped));

  it.live("gives others nothing, and no reason", () =>
    Effect.gen(function* () {
      const { url, inspector, at, cookie, host, token } = yield* running;
      const { origin } = inspector;
      const port = url.port;
      inspector.hub.observer.observe(observation);
      const refused: ReadonlyArray<readonly [string, OutgoingHttpHeaders]> = [
        [`${origin}/`, {}],
        [`${origin}/?token=`, {}],
        [`${origin}/?token=${token}x`, {}],
        [`${origin}/?token=${"A".repeat(token.length)}`, { cookie }],
        [`${origin}/`, { cookie: cookie.slice(0, -1) }],
        [`${origin}/`, { cookie: `bellhop_inspector_1=${token}` }],
        // Somebody else's name for this machine.
        [at("/"), { host: "evil.example" }],
        [at("/"), { host: `evil.example:${port}` }],
        [at("/"), { host: `localhost:${port}` }],
        [at("/"), { host: `127.0.0.1` }],
        [at("/"), { host: `127.0.0.1:${Number(port) + 1}` }],
        [at("/"), { host: `[::1]:${port}` }],
        // A page of somebody else, here or elsewhere.
        [at("/"), { origin: "https://evil.example" }],
        [at("/"), { origin: "null" }],
        [at("/"), { origin: `https://${host}` }],
        [at("/"), { origin: `http://127.0.0.1:${Number(port) + 1}` }],
        [at("/"), { "sec-fetch-site": "cross-site" }],
        [at("/"), { "sec-fetch-site": "same-site", cookie }],
      ];
      for (const [address, headers] of refused) {
        for (const path of ["/", "/events", "/recording.jsonl", "/assets/page.js"]) {
          const place = new URL(address);
          place.pathname = path;
          const { status, body, headers: told } = yield* ask(place.href, headers);
          const about = JSON.stringify([path, headers]);
          assert.deepStrictEqual([status, body], [403, ""], about);
          assert.isUndefined(told["access-control-allow-origin"], about);
          assert.isUndefined(told["set-cookie"], about);
        }
      }
      const preflight = { origin: "https://evil.example", "access-control-request-method": "GET" };
      const { status, headers } = yield* ask(at("/events"), preflight, "OPTIONS");
      assert.strictEqual(status, 403);
      assert.isUndefined(headers["access-control-allow-origin"]);
    }).pipe(Effect.scoped));

  it.live("sends what is observed as it comes, and what was missed", () =>
    Effect.gen(function* () {
      const { at, cookie, inspector, context } = yield* running;
      const observe = Context.get(context, Observer)?.observe;
      observe?.(observation);
      const first = yield* listen(at("/events"), /id: 0\n.*\n\n/);
      assert.include(first, `event: header\ndata: {"type":"recording","format":1`);
      const [, data = ""] = /\nid: 0\ndata: (.*)\n\n/.exec(first) ?? [];
      assert.deepInclude(JSON.parse(data), { seq: 0, type: "observed", observation });
      observe?.(observation);
      observe?.(observation);
      const headers = { cookie, "last-event-id": "0" };
      const again = yield* listen(`${inspector.origin}/events`, /id: 2\n.*\n\n/, headers);
      assert.deepStrictEqual(again.match(/^id: .*/gm), ["id: 1", "id: 2"]);
      const { body } = yield* ask(at("/recording.jsonl"));
      const lines = body.trimEnd().split("\n").map((line) => JSON.parse(line));
      assert.deepStrictEqual(lines.map(({ type, seq }) => [type, seq]), [
        ["recording", undefined],
        ["observed", 0],
        ["observed", 1],
        ["observed", 2],
      ]);
    }).pipe(Effect.scoped));

  it.live("tells a client that was away for long how much is gone", () =>
    Effect.gen(function* () {
      const hub = makeHub({ maxLines: 3 });
      const inspector = Context.get(yield* start({ hub }), Inspector);
      for (let i = 0; i < 10; i++) hub.observer.observe(observation);
      const url = Redacted.value(inspector.url).replace("/?", "/events?");
      const text = yield* listen(url, /id: 9\n.*\n\n/, { "last-event-id": "1" });
      assert.include(text, `event: dropped\ndata: {"count":5}\n\nid: 7\n`);
    }).pipe(Effect.scoped));

  it.live("tells pages the name of a recording's file, and writes that into none", () =>
    Effect.gen(function* () {
      const hub = makeHub({ name: "login", opened: "flow.jsonl" });
      hub.observer.observe(observation);
      yield* hub.close;
      const inspector = Context.get(yield* start({ hub }), Inspector);
      const at = (path: string) => Redacted.value(inspector.url).replace("/?", `${path}?`);
      const text = yield* listen(at("/events"), /event: end/);
      const [, data = ""] = /event: header\ndata: (.*)\n/.exec(text) ?? [];
      assert.deepInclude(JSON.parse(data), { name: "login", opened: "flow.jsonl" });
      const { body } = yield* ask(at("/recording.jsonl"));
      assert.include(body, "login");
      assert.notInclude(body, "flow.jsonl");
    }).pipe(Effect.scoped));

  it.live("tells pages the end, and waits until they have what was sent", () =>
    Effect.gen(function* () {
      const events = yield* Effect.scoped(Effect.gen(function* () {
        const { at, inspector } = yield* running;
        const listening = yield* Effect.forkDetach(listen(at("/events"), /event: end/));
        while ((yield* inspector.hub.watchers) === 0) yield* Effect.sleep(5);
        for (let i = 0; i < 3_000; i++) inspector.hub.observer.observe(observation);
        return listening;
      }));
      const text = yield* Fiber.join(events);
      assert.match(text, /\nid: 2999\n.*\n\nevent: end\n/);
      assert.lengthOf(text.match(/^id: /gm) ?? [], 3_000);
    }));

  it.live("loses lines for a page that does not read, and does not wait for it", () =>
    Effect.gen(function* () {
      const hub = makeHub({ maxLines: 1_000 });
      const stuck = yield* Effect.scoped(Effect.gen(function* () {
        const inspector = Context.get(yield* start({ hub, closeWithinMillis: 100 }), Inspector);
        const url = Redacted.value(inspector.url).replace("/?", "/events?");
        const reader = yield* Effect.callback<IncomingMessage>((resume) => {
          request(url, { agent: false }, (response) => resume(Effect.succeed(response.pause())))
            .end();
        });
        while ((yield* hub.watchers) === 0) yield* Effect.sleep(5);
        const big = { ...observation, event: "x".repeat(4_000) };
        for (let round = 0; round < 20; round++) {
          for (let i = 0; i < 500; i++) hub.observer.observe(big);
          yield* Effect.sleep(20);
        }
        return reader;
      }));
      const text = yield* Effect.callback<string>((resume) => {
        let body = "";
        const end = () => resume(Effect.succeed(body));
        stuck.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk;
        }).on("close", end).on("error", end).resume();
      });
      assert.include(text, "event: header");
      assert.isBelow(text.match(/^id: /gm)?.length ?? 0, 10_000);
    }));

  it.live("ends soon where the server ends first, with a page that reads and one that does not", () =>
    Effect.gen(function* () {
      const hub = makeHub();
      const program = Effect.gen(function* () {
        const { url } = yield* make({ hub, closeWithinMillis: 4_000 });
        const events = Redacted.value(url).replace("/?", "/events?");
        const listening = yield* Effect.forkDetach(listen(events, /event: end/));
        request(events, { agent: false }, (response) => response.pause()).end();
        while ((yield* hub.watchers) < 2) yield* Effect.sleep(5);
        // More than a connection holds.
        const big = { ...observation, event: "x".repeat(4_000) };
        for (let i = 0; i < 1_500; i++) hub.observer.observe(big);
        return listening;
      });
      const server = NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 });
      const ended = program.pipe(
        Effect.provide([server, SecureRandom.layerWebCrypto]),
        Effect.scoped,
        Effect.timeoutOption(25_000),
      );
      const listening = Option.getOrUndefined(yield* ended) ?? assert.fail("It hangs");
      assert.match(yield* Fiber.join(listening), /\nid: 1499\n.*\n\nevent: end\n/);
      assert.strictEqual(yield* hub.watchers, 0);
    }));

  it.live("answers each method, and watches for nobody who wants another protocol", () =>
    Effect.gen(function* () {
      const { inspector, cookie, at } = yield* running;
      const place = (path: string) => `${inspector.origin}${path}`;
      for (const path of ["/", "/events", "/recording.jsonl", "/assets/page.js"]) {
        const { status, body } = yield* ask(place(path), { cookie }, "HEAD");
        assert.deepStrictEqual([status, body], [200, ""], path);
        assert.strictEqual((yield* ask(place(path), {}, "HEAD")).status, 403, path);
        const options = yield* ask(place(path), { cookie }, "OPTIONS");
        assert.deepStrictEqual([options.status, options.headers.allow], [405, "GET, HEAD"], path);
        for (const upgrade of ["websocket", "h2c"]) {
          const headers = { connection: "upgrade", upgrade };
          const refused = yield* ask(place(path), { ...headers, cookie });
          assert.deepStrictEqual([refused.status, refused.body], [400, ""], path);
          assert.strictEqual((yield* ask(place(path), headers)).status, 403, path);
        }
      }
      assert.strictEqual(yield* inspector.hub.watchers, 0);
      const whole = yield* ask(place("/assets/page.js"), { cookie });
      const part = yield* ask(at("/assets/page.js"), { range: "bytes=0-9" });
      assert.deepStrictEqual([part.status, part.body.length], [200, whole.body.length]);
    }).pipe(Effect.scoped));

  it.live("refuses a server that others can reach", () =>
    Effect.gen(function* () {
      const open = NodeHttpServer.layer(createServer, { host: "0.0.0.0", port: 0 });
      const error = yield* Effect.flip(Effect.scoped(Layer.build(
        layer().pipe(Layer.provide(open), Layer.provide(SecureRandom.layerWebCrypto)),
      )));
      assert.include(error.message, "0.0.0.0");
    }));

  it.live("leaves whoever observes already in place, and makes no span of its requests", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = [];
      const spans: Array<string> = [];
      const tracer = Tracer.make({
        span: (options) => {
          spans.push(options.name);
          return new Tracer.NativeSpan(options);
        },
      });
      yield* Effect.gen(function* () {
        const { context, url } = yield* running;
        Context.get(context, Observer)?.observe(observation);
        assert.strictEqual((yield* ask(url.href)).status, 303);
      }).pipe(
        Effect.provideService(Observer, { observe: (each) => void seen.push(each) }),
        Effect.provideService(Tracer.Tracer, tracer),
        Effect.scoped,
      );
      assert.deepStrictEqual([seen, spans], [[observation], []]);
    }));
});
