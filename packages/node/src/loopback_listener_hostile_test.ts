import { assert, describe, it } from "@effect/vitest";
import {
  Cause,
  Effect,
  Exit,
  Fiber,
  Logger,
  References,
  Schema,
  Scope,
  Stream,
  Tracer,
} from "effect";
import { Server } from "node:net";
import { vi } from "vitest";
import { browse, caughtUp, codeFrom, connected, untilClosed, visit } from "./_test_loopback.ts";
import { listen, type LoopbackCallback } from "./loopback_listener.ts";
import { failed } from "./loopback_listener_page.ts";

/** A machine that gives the code instead of listening on the address, or on any. */
const refusing = (code: string, address?: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const listening: Server["listen"] = Reflect.get(Server.prototype, "listen");
      return vi.spyOn(Server.prototype, "listen").mockImplementation(
        function (this: Server, options: unknown, onListening: unknown) {
          const { host } = options as { readonly host: string };
          if (address !== undefined && address !== host) {
            return Reflect.apply(listening, this, [options, onListening]);
          }
          queueMicrotask(() => this.emit("error", Object.assign(new Error(code), { code })));
          return this;
        } as Server["listen"],
      );
    }),
    (spy) => Effect.sync(() => spy.mockRestore()),
  );

const urlOn = (address: string, redirectUri: string) =>
  `http://${address}:${new URL(redirectUri).port}/callback`;

describe("addresses", () => {
  it.effect("a port in use is an error that says which, and what to do", () =>
    Effect.gen(function* () {
      const { redirectUri } = yield* listen();
      const port = Number(new URL(redirectUri).port);
      const { reason, message, hint } = yield* Effect.flip(listen({ port }));
      assert.deepInclude(reason, { _tag: "PortInUse", address: "127.0.0.1", port });
      assert.include(message, String(port));
      assert.include(hint, "another port");
    }));

  it.effect("127.0.0.1 is listened on alone, and so is [::1]", () =>
    Effect.gen(function* () {
      const { redirectUri } = yield* listen();
      const refused = yield* Effect.flip(visit(urlOn("[::1]", redirectUri)));
      assert.include(String(refused), "ECONNREFUSED");
      const six = yield* listen({ redirectUri: "http://[::1]/callback" });
      assert.match(six.redirectUri, /^http:\/\/\[::1\]:\d+\/callback$/);
      const code = yield* Effect.forkChild(codeFrom(six));
      yield* browse(`${six.redirectUri}?state=mine&code=6`);
      assert.strictEqual(yield* Fiber.join(code), "6");
      const four = yield* Effect.flip(visit(urlOn("127.0.0.1", six.redirectUri)));
      assert.include(String(four), "ECONNREFUSED");
    }));

  it.effect("localhost is listened on by both families, on one port", () =>
    Effect.gen(function* () {
      const listener = yield* listen({ redirectUri: "http://localhost/callback" });
      const headers = { host: new URL(listener.redirectUri).host };
      for (const address of ["127.0.0.1", "[::1]"]) {
        const code = yield* Effect.forkChild(codeFrom(listener));
        const answer = yield* visit(urlOn(address, listener.redirectUri), { headers });
        assert.strictEqual(answer.status, 400);
        yield* Fiber.interrupt(code);
      }
    }));

  it.effect("localhost is refused while another listens on one of the families", () =>
    Effect.gen(function* () {
      const six = yield* listen({ redirectUri: "http://[::1]/callback" });
      const port = Number(new URL(six.redirectUri).port);
      const options = { redirectUri: "http://localhost/callback", port };
      const { reason } = yield* Effect.flip(listen(options));
      assert.deepInclude(reason, { _tag: "PortInUse", address: "::1", port });
      // What was opened on the other family meanwhile is closed again.
      const four = yield* listen({ port });
      assert.strictEqual(new URL(four.redirectUri).port, String(port));
    }));

  it.effect("localhost makes do with one family where the other is missing", () =>
    Effect.gen(function* () {
      yield* refusing("EADDRNOTAVAIL", "::1");
      const listener = yield* listen({ redirectUri: "http://localhost/callback" });
      const code = yield* Effect.forkChild(codeFrom(listener));
      yield* browse(`${listener.redirectUri}?state=mine&code=4`);
      assert.strictEqual(yield* Fiber.join(code), "4");
    }));

  it.effect("[::1] takes the place of 127.0.0.1 where that is missing, unless it is asked for", () =>
    Effect.gen(function* () {
      yield* refusing("EADDRNOTAVAIL", "127.0.0.1");
      const listener = yield* listen();
      assert.match(listener.redirectUri, /^http:\/\/\[::1\]:\d+\/callback$/);
      const asked = listen({ redirectUri: "http://127.0.0.1/callback" });
      const { reason } = yield* Effect.flip(asked);
      assert.deepInclude(reason, { _tag: "ListenFailed", code: "EADDRNOTAVAIL" });
    }));

  it.effect("a port that the system does not give is an error with its code", () =>
    Effect.gen(function* () {
      yield* refusing("EACCES");
      const { reason } = yield* Effect.flip(listen({ port: 80 }));
      assert.deepInclude(reason, { _tag: "ListenFailed", port: 80, code: "EACCES" });
    }));
});

/** Requests that are no callback, and what they get. */
const others: ReadonlyArray<readonly [string, string, number]> = [
  ["GET", "/favicon.ico", 404],
  ["GET", "/", 404],
  ["GET", "/callback/", 404],
  ["GET", "/Callback?state=mine", 404],
  ["GET", "/%63allback?state=mine", 404],
  ["GET", "//callback?state=mine", 404],
  ["GET", "/x/../callback?state=mine", 404],
  ["GET", "/done", 404],
  ["GET", "http://evil.example.com/callback?state=mine", 404],
  ["HEAD", "/callback?state=mine&code=planted", 405],
  ["OPTIONS", "/callback", 405],
  ["PUT", "/callback?state=mine", 405],
  ["DELETE", "/callback?state=mine", 405],
];

describe("requests that are not the callback", () => {
  for (const [method, path, status] of others) {
    it.effect(`${method} ${path} is answered with ${status} and ends nothing`, () =>
      Effect.gen(function* () {
        const listener = yield* listen();
        const code = yield* Effect.forkChild(codeFrom(listener));
        const socket = yield* connected(listener.redirectUri);
        const { host } = new URL(listener.redirectUri);
        socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
        const answer = yield* untilClosed(socket);
        assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
        assert.notInclude(answer, "planted");
        yield* browse(`${listener.redirectUri}?state=mine&code=abc`);
        assert.strictEqual(yield* Fiber.join(code), "abc");
      }));
  }

  it.effect("a Host that is not the redirect URI's is refused (DNS rebinding)", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const code = yield* Effect.forkChild(codeFrom(listener));
      const { port } = new URL(listener.redirectUri);
      const hosts = [
        "evil.example.com",
        `evil.example.com:${port}`,
        `localhost:${port}`,
        "127.0.0.1",
        "127.0.0.1:1",
        `[::1]:${port}`,
        `127.0.0.1.:${port}`,
        `me@127.0.0.1:${port}`,
      ];
      for (const host of hosts) {
        const url = `${listener.redirectUri}?state=mine&code=stolen`;
        assert.strictEqual((yield* visit(url, { headers: { host } })).status, 421, host);
      }
      yield* browse(`${listener.redirectUri}?state=mine&code=abc`);
      assert.strictEqual(yield* Fiber.join(code), "abc");
    }));

  it.effect("two Host headers, or none, are refused", () =>
    Effect.gen(function* () {
      const { redirectUri } = yield* listen();
      const { host } = new URL(redirectUri);
      const heads = [
        [`host: ${host}\r\nhost: evil.example.com\r\n`, 421],
        [`host: ${host}\r\nhost: ${host}\r\n`, 421],
        ["", 400],
      ] as const;
      for (const [head, status] of heads) {
        const socket = yield* connected(redirectUri);
        socket.write(`GET /callback?state=mine HTTP/1.1\r\n${head}\r\n`);
        assert.match(yield* untilClosed(socket), new RegExp(`^HTTP/1.1 ${status} `));
      }
    }));

  it.effect("a body that is too large, or no form, is refused", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const code = yield* Effect.forkChild(codeFrom(listener));
      const form = { "content-type": "application/x-www-form-urlencoded" };
      const post = (body: string, headers: Readonly<Record<string, string>>) =>
        visit(listener.redirectUri, { method: "POST", body, headers });
      const large = `state=mine&code=${"x".repeat(64 * 1024)}`;
      assert.strictEqual((yield* post(large, form)).status, 413);
      const json = { "content-type": "application/json" };
      assert.strictEqual((yield* post(`{"state":"mine"}`, json)).status, 415);
      assert.strictEqual((yield* post("state=mine", {})).status, 415);
      yield* Effect.forkChild(post(`state=mine&code=${"x".repeat(60_000)}`, form));
      assert.lengthOf(yield* Fiber.join(code), 60_000);
      yield* visit(new URL("/done", listener.redirectUri).href);
    }));

  it.effect("a flood of callbacks is cut at 64 that wait, and ends nothing", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const urls = Array.from({ length: 70 }, (_, n) => `${listener.redirectUri}?n=${n}`);
      const flood = yield* Effect.forkChild(
        Effect.forEach(urls, (url) => visit(url), { concurrency: "unbounded" }),
      );
      yield* caughtUp(listener.redirectUri);
      const code = yield* Effect.forkChild(codeFrom(listener));
      const statuses = (yield* Fiber.join(flood)).map(({ status }) => status);
      assert.lengthOf(statuses.filter((status) => status === 400), 64);
      assert.lengthOf(statuses.filter((status) => status === 503), 6);
      yield* browse(`${listener.redirectUri}?state=mine&code=abc`);
      assert.strictEqual(yield* Fiber.join(code), "abc");
    }));

  it.effect("a large header is refused, one with a long code is not", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const code = yield* Effect.forkChild(codeFrom(listener));
      const large = { cookie: "x".repeat(40_000) };
      assert.strictEqual((yield* visit(listener.redirectUri, { headers: large })).status, 431);
      yield* browse(`${listener.redirectUri}?state=mine&code=${"x".repeat(12_000)}`);
      assert.lengthOf(yield* Fiber.join(code), 12_000);
    }));

  it.live("a request that never ends is cut off, and so is a connection without one", () =>
    Effect.gen(function* () {
      const listener = yield* listen({ requestLimitMillis: 100 });
      const { host } = new URL(listener.redirectUri);
      const head = `POST /callback HTTP/1.1\r\nhost: ${host}\r\n`;
      const form = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\n";
      const starts = ["", "G", head, `${head}${form}state=mine`];
      const closed = yield* Effect.forEach(starts, (start) =>
        Effect.gen(function* () {
          const socket = yield* connected(listener.redirectUri);
          if (start !== "") socket.write(start);
          return (yield* untilClosed(socket)).split("\r\n")[0];
        }), { concurrency: "unbounded" });
      const late = "HTTP/1.1 408 Request Timeout";
      assert.deepEqual(closed, ["", late, late, late]);
    }));

  it.effect("a slow client does not hold up the others, nor the end of the scope", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const listener = yield* Scope.provide(listen(), scope);
      const code = yield* Effect.forkChild(codeFrom(listener));
      const slow = yield* connected(listener.redirectUri);
      const { host } = new URL(listener.redirectUri);
      slow.write(
        `POST /callback HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 100\r\n` +
          "content-type: application/x-www-form-urlencoded\r\n\r\nstate=mine",
      );
      yield* caughtUp(listener.redirectUri);
      yield* browse(`${listener.redirectUri}?state=mine&code=abc`);
      assert.strictEqual(yield* Fiber.join(code), "abc");
      yield* Scope.close(scope, Exit.void);
      assert.strictEqual(slow.readable && (yield* untilClosed(slow)), "");
    }));

  const Text = Schema.String.check(Schema.isMaxLength(200));
  it.effect.prop(
    "nothing that is thrown at it ends the login, or comes back",
    [
      Schema.Literals(["GET", "POST", "HEAD", "PROPFIND", "CONNECT", "get", ""]),
      Schema.Literals(["/callback", "/callback?", "/callback?state=min", "*", "/done", "", "//"]),
      Schema.Record(Schema.Literals(["x", "upgrade", "expect", "content-length"]), Text),
      Text,
    ],
    ([method, path, headers, body]) =>
      Effect.scoped(Effect.gen(function* () {
        const listener = yield* listen({ requestLimitMillis: 100 });
        const code = yield* Effect.forkChild(codeFrom(listener));
        const { host } = new URL(listener.redirectUri);
        const lines = Object.entries(headers).map((header) => `${header.join(": ")}\r\n`);
        const socket = yield* connected(listener.redirectUri);
        socket.write(
          `${method} ${path}<planted>${body} HTTP/1.1\r\nhost: ${host}\r\n` +
            `connection: close\r\n${lines.join("")}\r\n<planted>${body}`,
        );
        const answer = yield* untilClosed(socket);
        assert.match(answer, /^(HTTP\/1\.1 4\d\d .*|HTTP\/1\.1 100 Continue\r\n.*)?$/s);
        assert.notInclude(answer, "planted");
        yield* browse(`${listener.redirectUri}?state=mine&code=abc`);
        assert.strictEqual(yield* Fiber.join(code), "abc");
      })),
  );
});

it.effect("what a callback brings is in no log, span, error or page", () =>
  Effect.gen(function* () {
    const told: Array<unknown> = [];
    const tracer = Tracer.make({
      span(options) {
        const span = new Tracer.NativeSpan(options);
        told.push(span);
        return span;
      },
    });
    const logger = Logger.make((options) => told.push(options.message, options.cause));
    const run = Effect.scoped(Effect.gen(function* () {
      const listener = yield* listen();
      told.push(listener);
      const attended = Stream.runForEach(
        listener.callbacks,
        Effect.fnUntraced(function* ({ parameters, finish }: LoopbackCallback) {
          told.push(parameters, String(parameters), JSON.stringify(parameters));
          yield* Effect.logError("A callback", parameters);
          yield* finish(failed());
          return yield* Effect.fail({ parameters });
        }),
      );
      const decided = yield* Effect.forkChild(Effect.exit(attended));
      const { host } = new URL(listener.redirectUri);
      const broken = yield* connected(listener.redirectUri);
      broken.write(
        `GET /callback?code=planted&state=planted HTTP/1.1\r\nhost: ${host}\r\nx\r\n\r\n`,
      );
      told.push(yield* untilClosed(broken));
      const page = yield* browse(`${listener.redirectUri}?code=planted&state=planted`);
      told.push(page);
      const exit = yield* Fiber.join(decided);
      assert.isTrue(Exit.isFailure(exit));
      if (Exit.isFailure(exit)) told.push(Cause.pretty(exit.cause));
    }));
    yield* run.pipe(
      Effect.withTracer(tracer),
      Effect.provide(Logger.layer([logger])),
      Effect.provideService(References.MinimumLogLevel, "All"),
    );
    const { inspect } = yield* Effect.promise(() => import("node:util"));
    const text = inspect(told, { depth: 12, showHidden: true, maxStringLength: null });
    assert.include(text, "LoopbackListener.listen");
    assert.notInclude(text, "planted");
  }));
