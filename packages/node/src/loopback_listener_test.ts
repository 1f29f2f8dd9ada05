import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber, Option, Redacted, Scope, Stream } from "effect";
import { TestClock } from "effect/testing";
import { browse, caughtUp, codeFrom, connected, untilClosed, visit } from "./_test_loopback.ts";
import { listen, pasted } from "./loopback_listener.ts";
import { declined, failed, signedIn, unexpected } from "./loopback_listener_page.ts";

/** Loopback redirect URIs of RFC 8252 sections 7.1, 7.3 and 8.3. */
const vectors = [
  ["rfc8252-redirect-ipv4", "http://127.0.0.1:51004/cb", undefined],
  ["rfc8252-redirect-ipv6", "http://[::1]:61023/cb", undefined],
  ["rfc8252-redirect-localhost", "http://localhost:3000/cb", undefined],
  [
    "rfc8252-redirect-private-scheme",
    "com.example.app:/oauth2redirect/example-provider",
    "notHttp",
  ],
  ["rfc8252-redirect-any-iface", "http://0.0.0.0:8000/cb", "notLoopback"],
] as const;

describe("listen()", () => {
  for (const [id, redirectUri, problem] of vectors) {
    it.effect(`${problem === undefined ? "takes" : "cannot serve"} the redirect URI of ${id}`, () =>
      Effect.gen(function* () {
        const { port } = new URL(redirectUri);
        // The port of the vector may be taken on this machine: any other says the same.
        const free = problem === undefined ? redirectUri.replace(`:${port}`, "") : redirectUri;
        const opened = yield* Effect.result(listen({ redirectUri: free }));
        if (problem === undefined) {
          assert.strictEqual(opened._tag, "Success");
        } else {
          assert.strictEqual(opened._tag, "Failure");
          assert.deepInclude(opened._tag === "Failure" && opened.failure.reason, { problem });
        }
      }));
  }

  for (
    const [redirectUri, problem] of [
      ["https://127.0.0.1/cb", "notHttp"],
      ["127.0.0.1:80/cb", "notHttp"],
      ["http://", "notHttp"],
      ["http://127.0.0.1:99999/cb", "notHttp"],
      ["http://127.0.0.1/c b", "notHttp"],
      ["http:\\\\127.0.0.1\\cb", "notHttp"],
      ["http://127.0.0.2/cb", "notLoopback"],
      ["http://localhost.example.com/cb", "notLoopback"],
      ["http://127.0.0.1.example.com/cb", "notLoopback"],
      ["http://[::]/cb", "notLoopback"],
      ["http://me:pw@127.0.0.1/cb", "userinfo"],
      ["http://127.0.0.1@example.com/cb", "userinfo"],
      ["http://127.0.0.1/cb#top", "fragment"],
      ["http://127.0.0.1:0/cb", "port"],
    ] as const
  ) {
    it.effect(`refuses ${redirectUri}: ${problem}`, () =>
      Effect.gen(function* () {
        const { reason, hint } = yield* Effect.flip(listen({ redirectUri }));
        assert.deepInclude(reason, { _tag: "InvalidRedirectUri", problem });
        assert.include(hint, "registered");
      }));
  }

  it.effect("refuses a port that is none, or not the one of the redirect URI", () =>
    Effect.gen(function* () {
      for (const port of [-1, 65_536, 1.5, Number.NaN]) {
        assert.deepInclude((yield* Effect.flip(listen({ port }))).reason, { problem: "port" });
      }
      const both = listen({ redirectUri: "http://127.0.0.1:8400/cb", port: 8401 });
      assert.deepInclude((yield* Effect.flip(both)).reason, { problem: "port" });
    }));

  it.effect("gives the redirect URI exactly: any free port, or the one that is told", () =>
    Effect.gen(function* () {
      const { redirectUri } = yield* listen();
      assert.match(redirectUri, /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
      const odd = yield* listen({ redirectUri: "http://LOCALHOST/a%2fb/../c?tenant=1" });
      assert.match(odd.redirectUri, /^http:\/\/LOCALHOST:\d+\/a%2fb\/\.\.\/c\?tenant=1$/);
      const { port } = new URL(redirectUri.replace("callback", ""));
      assert.isAbove(Number(port), 0);
    }));

  it.effect("serves a fixed port again and again", () =>
    Effect.gen(function* () {
      const first = yield* Effect.scoped(listen());
      const { port } = new URL(first.redirectUri);
      for (const options of [{ port: Number(port) }, { redirectUri: first.redirectUri }]) {
        const { redirectUri } = yield* Effect.scoped(listen(options));
        assert.strictEqual(redirectUri, first.redirectUri);
      }
    }));
});

describe("callbacks", () => {
  it.effect("gives what the callback brought, and sends the browser to a clean address", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const code = yield* Effect.forkChild(codeFrom(listener));
      const answer = yield* visit(`${listener.redirectUri}?state=mine&code=abc`);
      assert.strictEqual(yield* Fiber.join(code), "abc");
      assert.deepInclude(answer, { status: 303, body: "" });
      assert.strictEqual(answer.headers.location, "/done");
      const page = yield* visit(new URL("/done", listener.redirectUri).href);
      assert.strictEqual(page.status, 200);
      assert.include(page.body, signedIn().title);
      assert.include(page.body, "You can close this window");
      for (const { headers } of [answer, page]) {
        assert.strictEqual(headers["cache-control"], "no-store");
        assert.strictEqual(headers["referrer-policy"], "no-referrer");
        assert.match(
          String(headers["content-security-policy"]),
          /^default-src 'none'; style-src 'sha256-[^']{44}';/,
        );
      }
    }));

  it.effect("takes what was posted (form_post)", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const code = yield* Effect.forkChild(codeFrom(listener));
      const answer = yield* visit(`${listener.redirectUri}?state=other`, {
        method: "POST",
        headers: { "content-type": "Application/X-WWW-form-urlencoded; charset=utf-8" },
        body: "state=mine&code=a%2Bb+c",
      });
      assert.strictEqual(yield* Fiber.join(code), "a+b c");
      assert.strictEqual(answer.status, 303);
      yield* visit(new URL("/done", listener.redirectUri).href);
    }));

  it.effect("answers a callback of another login, and waits on", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const code = yield* Effect.forkChild(codeFrom(listener));
      for (const query of ["?state=other&code=stolen", "?state=&code=", "?", "", "??state=mine"]) {
        const answer = yield* visit(`${listener.redirectUri}${query}`);
        assert.strictEqual(answer.status, 400);
        assert.include(answer.body, unexpected().title);
        assert.notInclude(answer.body, "stolen");
      }
      const { status, url } = yield* browse(`${listener.redirectUri}?state=mine&code=abc`);
      assert.deepEqual([status, new URL(url).pathname], [200, "/done"]);
      assert.strictEqual(yield* Fiber.join(code), "abc");
    }));

  it.effect("answers the same callback loaded many times at once with the same page", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const mine = `${listener.redirectUri}?state=mine&code=abc`;
      const loads = yield* Effect.forkChild(
        Effect.all([browse(mine), browse(mine), browse(mine)], { concurrency: "unbounded" }),
      );
      yield* caughtUp(listener.redirectUri);
      const first = Option.getOrThrow(yield* Stream.runHead(listener.callbacks));
      yield* first.finish(signedIn());
      assert.deepEqual((yield* Fiber.join(loads)).map(({ status }) => status), [200, 200, 200]);
      const late = yield* Effect.all([browse(mine), browse(`${mine}x`)]);
      assert.deepEqual(late.map(({ status }) => status), [200, 400]);
    }));

  it.effect("gives callbacks in their order, and none after the end", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const seen: Array<string> = [];
      const attended = yield* Effect.forkChild(Stream.runForEach(listener.callbacks, (callback) => {
        seen.push(String(Redacted.value(callback.parameters).get("n")));
        return seen.length < 3 ? callback.refuse : callback.finish(signedIn());
      }));
      for (const n of [1, 2, 3, 3, 4]) yield* browse(`${listener.redirectUri}?n=${n}`);
      yield* Fiber.join(attended);
      assert.deepEqual(seen, ["1", "2", "3"]);
    }));

  it.effect("takes the first answer to a callback, and does nothing at any other", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const page = yield* Effect.forkChild(visit(`${listener.redirectUri}?state=other`));
      const callback = Option.getOrThrow(yield* Stream.runHead(listener.callbacks));
      yield* Effect.all([callback.refuse, callback.finish(signedIn()), callback.refuse]);
      assert.strictEqual((yield* Fiber.join(page)).status, 400);
      const code = yield* Effect.forkChild(codeFrom(listener));
      yield* browse(`${listener.redirectUri}?state=mine&code=abc`);
      assert.strictEqual(yield* Fiber.join(code), "abc");
    }));

  it.effect("keeps a callback that comes before anybody waits", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      const page = yield* Effect.forkChild(browse(`${listener.redirectUri}?state=mine&code=abc`));
      yield* caughtUp(listener.redirectUri);
      assert.strictEqual(yield* codeFrom(listener), "abc");
      assert.strictEqual((yield* Fiber.join(page)).status, 200);
    }));

  it.effect("shows the page that it is given, its markup escaped", () =>
    Effect.gen(function* () {
      const listener = yield* listen();
      yield* Effect.forkChild(
        Stream.runForEach(
          listener.callbacks,
          ({ finish }) => finish({ ...declined(), text: `<b a='"&">` }),
        ),
      );
      const { body } = yield* browse(listener.redirectUri);
      assert.include(body, declined().title);
      assert.include(body, "&lt;b a=&#39;&quot;&amp;&quot;&gt;");
      assert.include(body, `<main class="failure">`);
    }));

  it.effect("serves a second login of the same program on its own port", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* listen(), yield* listen()];
      assert.notStrictEqual(first.redirectUri, second.redirectUri);
      const codes = yield* Effect.forkChild(
        Effect.all([codeFrom(first), codeFrom(second)], { concurrency: "unbounded" }),
      );
      yield* browse(`${second.redirectUri}?state=mine&code=2`);
      yield* browse(`${first.redirectUri}?state=mine&code=1`);
      assert.deepEqual(yield* Fiber.join(codes), ["1", "2"]);
    }));
});

describe("the end of the scope", () => {
  it.effect("ends the callbacks, for whoever attends them still", () =>
    Effect.gen(function* () {
      const { callbacks } = yield* Effect.scoped(listen());
      assert.deepEqual(yield* Stream.runCollect(callbacks), []);
    }));

  it.effect("answers whoever still waits, cuts idle connections and frees the port", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const { redirectUri } = yield* Scope.provide(listen(), scope);
      const idle = yield* connected(redirectUri);
      const waiting = yield* Effect.forkChild(browse(`${redirectUri}?state=mine`));
      yield* caughtUp(redirectUri);
      const cut = yield* Effect.forkChild(untilClosed(idle));
      yield* Scope.close(scope, Exit.void);
      const page = yield* Fiber.join(waiting);
      assert.include(page.body, failed().title);
      assert.strictEqual(new URL(page.url).search, "");
      assert.strictEqual(yield* Fiber.join(cut), "");
      assert.include(String(yield* Effect.flip(visit(redirectUri))), "ECONNREFUSED");
    }));

  it.effect("waits for the browser to fetch the last page", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const listener = yield* Scope.provide(listen(), scope);
      const code = yield* Effect.forkChild(codeFrom(listener));
      yield* visit(`${listener.redirectUri}?state=mine&code=abc`);
      yield* Fiber.join(code);
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void));
      yield* TestClock.adjust(1_999);
      assert.isUndefined(closing.pollUnsafe());
      // A connection of its own, which is open no sooner than now.
      const page = yield* visit(new URL("/done", listener.redirectUri).href);
      assert.include(page.body, "</html>");
      yield* Fiber.join(closing);
      assert.include(String(yield* Effect.flip(visit(listener.redirectUri))), "ECONNREFUSED");
    }));

  it.effect("does not wait longer than told for a browser that never comes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const listener = yield* Scope.provide(listen({ lingerMillis: 300 }), scope);
      const code = yield* Effect.forkChild(codeFrom(listener));
      yield* visit(`${listener.redirectUri}?state=mine&code=abc`);
      yield* Fiber.join(code);
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void));
      yield* TestClock.adjust(299);
      assert.isUndefined(closing.pollUnsafe());
      yield* TestClock.adjust(1);
      yield* Fiber.join(closing);
    }));

  it.effect("does not wait for a browser that left before it was answered", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const listener = yield* Scope.provide(listen(), scope);
      const socket = yield* connected(listener.redirectUri);
      const { host } = new URL(listener.redirectUri);
      socket.write(`GET /callback?state=mine&code=abc HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
      yield* caughtUp(listener.redirectUri);
      socket.destroy();
      yield* caughtUp(listener.redirectUri);
      assert.strictEqual(yield* codeFrom(listener), "abc");
      yield* Scope.close(scope, Exit.void);
    }));
});

describe("pasted()", () => {
  const redirectUri = "http://127.0.0.1:8400/callback";

  it.effect("reads the parameters behind the redirect URI, white space around it left out", () =>
    Effect.gen(function* () {
      const parameters = yield* pasted(
        ` ${redirectUri}?code=a%2Bb&state=mine#_=_\r\n`,
        redirectUri,
      );
      assert.deepEqual([...Redacted.value(parameters)], [["code", "a+b"], ["state", "mine"]]);
      assert.notInclude(String(parameters), "mine");
    }));

  it.effect("keeps to a redirect URI with a query of its own", () =>
    Effect.gen(function* () {
      const uri = `${redirectUri}?tenant=1`;
      const parameters = yield* pasted(`${uri}&code=abc`, uri);
      assert.strictEqual(Redacted.value(parameters).get("code"), "abc");
      assert.strictEqual((yield* Effect.flip(pasted(uri, uri))).reason._tag, "NotRedirected");
    }));

  for (
    const address of [
      "",
      "planted",
      "code=planted",
      redirectUri,
      `${redirectUri}?`,
      "http://127.0.0.1:8401/callback?code=planted",
      "http://localhost:8400/callback?code=planted",
      "https://127.0.0.1:8400/callback?code=planted",
      "http://127.0.0.1:8400/callback/?code=planted",
      "http://127.0.0.1:8400/Callback?code=planted",
      "http://me@127.0.0.1:8400/callback?code=planted",
      "http://evil.example.com/?u=http://127.0.0.1:8400/callback?code=planted",
      `${redirectUri}?code=planted${"x".repeat(70_000)}`,
    ]
  ) {
    it.effect(`refuses "${address.slice(0, 60)}" without repeating it`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(pasted(address, redirectUri));
        assert.strictEqual(error.reason._tag, "NotRedirected");
        assert.notInclude(`${error.message} ${JSON.stringify(error)} ${error.hint}`, "planted");
      }));
  }
});
