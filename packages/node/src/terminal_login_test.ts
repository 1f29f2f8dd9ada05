import { assert, describe, it } from "@effect/vitest";
import type { Client } from "@bellhop/core/protocol/client";
import { Effect, Layer, Logger, Queue, Redacted, References, Stream, Tracer } from "effect";
import { Digest, SecureRandom } from "effect/crypto";
import { HttpClient, HttpClientResponse } from "effect/http";
import { inspect } from "node:util";
import { browse } from "./_test_loopback.ts";
import { Browser, BrowserError, NoBrowser } from "./browser.ts";
import { declined, failed, signedIn, unexpected } from "./loopback_listener_page.ts";
import { login, type TerminalLoginOptions } from "./terminal_login.ts";

const client: Client = {
  clientId: "terminal",
  authentication: { method: "none" },
  server: {
    issuer: "https://as.example.com",
    authorizationEndpoint: "https://as.example.com/authorize",
    tokenEndpoint: "https://as.example.com/token",
  },
};

/** Where a browser would be sent back to, with `answer` and the state that was asked with. */
function answered(authorizationUrl: string, answer: Record<string, string>): string {
  const { searchParams } = new URL(authorizationUrl);
  const back = new URL(searchParams.get("redirect_uri") ?? "");
  const state = searchParams.get("state") ?? "";
  back.search = new URLSearchParams({ state, ...answer }).toString();
  return back.href;
}

/** Pages that the browser has shown. */
type Shown = Awaited<ReturnType<typeof fetch>>["url"];

interface World {
  readonly shown: Array<{ readonly url: Shown; readonly status: number; readonly body: string }>;
  readonly tokenRequests: Array<URLSearchParams>;
}

/** A browser that comes back with each answer in turn, and a server that redeems every code. */
function worldOf(world: World, answers: ReadonlyArray<Record<string, string>> | undefined) {
  const browser = Layer.succeed(
    Browser,
    Browser.of({
      isAvailable: answers !== undefined,
      open: (url) =>
        answers === undefined
          ? Effect.fail(new BrowserError({ reason: new NoBrowser({ description: "no display" }) }))
          : Effect.sync(() => {
            // Like a real one it outlives whoever opened it.
            const visits = Effect.forEach(answers, (answer) => browse(answered(url, answer)));
            Effect.runFork(Effect.map(visits, (pages) => world.shown.push(...pages)));
          }),
    }),
  );
  const http = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => {
      const body = request.body._tag === "Uint8Array" ? request.body.body : new Uint8Array();
      world.tokenRequests.push(new URLSearchParams(new TextDecoder().decode(body)));
      const tokens = { access_token: "token", token_type: "Bearer" };
      return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(tokens)));
    }),
  );
  return Layer.mergeAll(browser, http, Digest.layerWebCrypto, SecureRandom.layerWebCrypto);
}

const run = Effect.fnUntraced(function* (
  answers: ReadonlyArray<Record<string, string>> | undefined,
  options: Partial<TerminalLoginOptions> = {},
) {
  const world: World = { shown: [], tokenRequests: [] };
  const result = yield* login({ client, onAuthorizationUrl: () => Effect.void, ...options }).pipe(
    Effect.result,
    Effect.provide(worldOf(world, answers)),
  );
  // The browser has its last page before the login ends, and reads it a moment later.
  yield* Effect.promise(async () => {
    while (world.shown.length < (answers?.length ?? 0)) await new Promise(setImmediate);
  });
  return { ...world, result };
});

describe("login()", () => {
  it.effect("opens the browser, takes what it brings back, and redeems the code", () =>
    Effect.gen(function* () {
      const { result, shown, tokenRequests } = yield* run([{ code: "abc" }]);
      assert.strictEqual(result._tag, "Success");
      if (result._tag === "Success") {
        assert.strictEqual(Redacted.value(result.success.tokens.accessToken), "token");
      }
      const [page] = shown;
      assert.include(page?.body, signedIn().title);
      assert.match(page?.url ?? "", /^http:\/\/127\.0\.0\.1:\d+\/done$/);
      assert.strictEqual(tokenRequests.length, 1);
      assert.strictEqual(tokenRequests[0]?.get("code"), "abc");
      assert.strictEqual(
        tokenRequests[0]?.get("redirect_uri"),
        page?.url.replace("done", "callback"),
      );
    }));

  it.effect("listens where it is told", () =>
    Effect.gen(function* () {
      const listen = { redirectUri: "http://localhost/oauth2/code" };
      const { tokenRequests } = yield* run([{ code: "abc" }], { listen });
      assert.match(
        tokenRequests[0]?.get("redirect_uri") ?? "",
        /^http:\/\/localhost:\d+\/oauth2\/code$/,
      );
      const { result } = yield* run([], { listen: { redirectUri: "http://0.0.0.0/callback" } });
      assert.strictEqual(result._tag === "Failure" && result.failure._tag, "LoopbackListenerError");
    }));

  it.effect("refuses what belongs to another login, and waits on", () =>
    Effect.gen(function* () {
      const { result, shown, tokenRequests } = yield* run([
        { state: "forged", code: "stolen" },
        { state: "", error: "access_denied" },
        { code: "abc" },
      ]);
      assert.strictEqual(result._tag, "Success");
      assert.deepEqual(shown.map(({ status }) => status), [400, 400, 200]);
      assert.include(shown[0]?.body, unexpected().title);
      assert.deepEqual(tokenRequests.map((request) => request.get("code")), ["abc"]);
    }));

  for (
    const [answer, reason, page] of [
      [{ error: "access_denied" }, "Denied", declined()],
      [{ error: "server_error", error_description: "planted" }, "Refused", failed()],
      [{ code: "abc", iss: "https://evil.example.com" }, "Malformed", failed()],
    ] as const
  ) {
    it.effect(`shows that it ended with ${reason}, without the server's words`, () =>
      Effect.gen(function* () {
        const { result, shown, tokenRequests } = yield* run([answer]);
        assert.strictEqual(result._tag === "Failure" && result.failure.reason._tag, reason);
        assert.include(shown[0]?.body, page.title);
        assert.notInclude(shown[0]?.body, "planted");
        assert.lengthOf(tokenRequests, 0);
      }));
  }

  it.effect("takes the pasted address where no browser can be opened, and says what is useless", () =>
    Effect.gen(function* () {
      const lines = yield* Queue.unbounded<string>();
      const told: Array<string> = [];
      const tell = ({ reason }: { readonly reason: { readonly _tag: string } }) =>
        Effect.sync(() => told.push(reason._tag));
      const { result, tokenRequests } = yield* run(undefined, {
        onAuthorizationUrl: ({ url }) =>
          Queue.offerAll(lines, [
            "what?",
            answered(Redacted.value(url), { state: "forged", code: "stolen" }),
            `${answered(Redacted.value(url), { code: "abc" })}\n`,
          ]),
        onNoBrowser: tell,
        pasted: Stream.fromQueue(lines),
        onUselessPaste: tell,
      });
      assert.strictEqual(result._tag, "Success");
      assert.sameMembers(told, ["NoBrowser", "NotRedirected", "OtherLogin"]);
      assert.deepEqual(tokenRequests.map((request) => request.get("code")), ["abc"]);
    }));

  it.effect("takes an address while complaints about others take their time", () =>
    Effect.gen(function* () {
      const lines = yield* Queue.unbounded<string>();
      const { result } = yield* run(undefined, {
        onAuthorizationUrl: ({ url }) =>
          Queue.offerAll(lines, [
            "what?",
            answered(Redacted.value(url), { state: "forged", code: "stolen" }),
            answered(Redacted.value(url), { code: "abc" }),
          ]),
        pasted: Stream.fromQueue(lines),
        onUselessPaste: () => Effect.never,
      });
      assert.strictEqual(result._tag, "Success");
    }));

  it.effect("leaves the browser alone where it is told to", () =>
    Effect.gen(function* () {
      const urls: Array<string> = [];
      const { result } = yield* run(undefined, {
        opensBrowser: false,
        onNoBrowser: () => Effect.die("asked for a browser"),
        onAuthorizationUrl: ({ url }) => Effect.sync(() => urls.push(Redacted.value(url))),
        pasted: Stream.suspend(() => Stream.make(answered(urls[0] ?? "", { code: "abc" }))).pipe(
          Stream.onStart(Effect.promise(async () => {
            while (urls.length === 0) await new Promise(setImmediate);
          })),
        ),
      });
      assert.strictEqual(result._tag, "Success");
    }));

  it.effect("puts code, state and token in no log, span, error or page", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = [];
      const secrets = ["planted-code", `"token"`];
      const tracer = Tracer.make({
        span(options) {
          const span = new Tracer.NativeSpan(options);
          told.push(span);
          return span;
        },
      });
      const logger = Logger.make(({ message, cause }) => told.push(message, cause));
      const onAuthorizationUrl: TerminalLoginOptions["onAuthorizationUrl"] = (url) => {
        secrets.push(Redacted.value(url.state));
        return Effect.sync(() => told.push(url));
      };
      for (const answer of [{ code: "planted-code" }, { code: "planted-code", error: "x" }]) {
        const { result, shown } = yield* run([answer], { onAuthorizationUrl }).pipe(
          Effect.withTracer(tracer),
          Effect.provide(Logger.layer([logger])),
          Effect.provideService(References.MinimumLogLevel, "All"),
        );
        told.push(result, shown);
      }
      const text = inspect(told, { depth: 12, showHidden: true, maxStringLength: null });
      assert.include(text, "LoopbackListener.listen");
      assert.lengthOf(secrets, 4);
      for (const secret of secrets) assert.notInclude(text, secret);
    }));
});
