import { assert, describe, it } from "@effect/vitest";
import { Deferred, Effect, Exit } from "effect";
import { FetchHttpClient } from "effect/http";
import * as SessionFetch from "./session_fetch.ts";
import { ended, type Script, scriptedSession, tokenSet } from "./testdata/scripted_session.ts";

const url = "https://api.example.com/me";
const origins = ["https://api.example.com"];
const challenge = `Bearer error="insufficient_scope", scope="admin"`;
const denied = { status: 403, headers: { "www-authenticate": challenge } };

/** A scripted `fetch` that reads what it is given as `fetch` does. */
function scriptedFetch(...answers: ReadonlyArray<ResponseInit>) {
  const sent: Array<Request> = [];
  const bodies: Array<string> = [];
  const fetch: SessionFetch.Fetch = async (input, init) => {
    const request = new Request(input, init);
    const { status } = answers[Math.min(sent.length, answers.length - 1)] ?? {};
    const answer = answers[Math.min(sent.length, answers.length - 1)];
    sent.push(request);
    bodies.push(await request.text());
    return new Response(`body ${status}`, answer);
  };
  return { fetch, sent, bodies, seen: () => sent.map((it) => it.headers.get("authorization")) };
}

const carrying = Effect.fnUntraced(function* (
  answers: ReadonlyArray<ResponseInit>,
  script: Script = {},
) {
  const server = scriptedFetch(...answers);
  const session = scriptedSession(script);
  const fetch = yield* SessionFetch.make(session.session, { origins, fetch: server.fetch });
  return { ...server, ...session, fetch };
});

/** What a promise rejects with. */
function rejection(promise: Promise<unknown>): Effect.Effect<unknown> {
  return Effect.promise(() => promise.then(() => assert.fail("it succeeded"), (error) => error));
}

describe("make()", () => {
  it.effect("refuses an origin that is not secure", () =>
    Effect.gen(function* () {
      const { session } = scriptedSession();
      const error = yield* Effect.flip(
        SessionFetch.make(session, { origins: ["http://a.example"] }),
      );
      assert.strictEqual(error.problem, "notSecure");
    }));

  it.effect("takes fetch from the context where none is given", () =>
    Effect.gen(function* () {
      const server = scriptedFetch({ status: 200 });
      const fetch = yield* SessionFetch.make(scriptedSession().session, { origins }).pipe(
        Effect.provideService(FetchHttpClient.Fetch, server.fetch),
      );
      yield* Effect.promise(() => fetch(url));
      assert.deepStrictEqual(server.seen(), ["Bearer first"]);
    }));
});

describe("fetch()", () => {
  const inputs: Record<string, readonly [string | URL | Request, RequestInit?]> = {
    "a string": [url],
    "a URL": [new URL(url)],
    "a Request": [new Request(url, { headers: { "x-own": "1" } })],
    "headers in an object": [url, { headers: { "x-own": "1" } }],
    "headers in a list": [url, { headers: [["X-Own", "1"]] }],
    "Headers": [url, { headers: new Headers({ "x-own": "1" }) }],
    "a URL written in an unusual way": ["HTTPS://API.example.com:443/me"],
  };
  for (const [name, [input, init]] of Object.entries(inputs)) {
    it.effect(`attaches the token to ${name}, and follows no redirect`, () =>
      Effect.gen(function* () {
        const { fetch, sent, seen } = yield* carrying([{ status: 200 }]);
        yield* Effect.promise(() => fetch(input, init));
        assert.deepStrictEqual(seen(), ["Bearer first"]);
        assert.strictEqual(sent[0]?.redirect, "manual");
        const hasOwn = init !== undefined || input instanceof Request;
        assert.strictEqual(sent[0]?.headers.get("x-own"), hasOwn ? "1" : null);
      }));
  }

  it.effect("leaves what it is given as it was", () =>
    Effect.gen(function* () {
      const { fetch } = yield* carrying([{ status: 401 }, { status: 200 }]);
      const headers = new Headers({ "x-own": "1" });
      const init = Object.freeze({ headers });
      yield* Effect.promise(() => fetch(url, init));
      assert.deepStrictEqual([...headers.keys()], ["x-own"]);
    }));

  it.effect("leaves other origins and a caller's own Authorization alone, their 401 too", () =>
    Effect.gen(function* () {
      const { fetch, sent, seen, asked, replaced } = yield* carrying([{ status: 401 }]);
      const own = { headers: { authorization: "Basic own" } };
      yield* Effect.promise(() => fetch("https://api.example.com.evil.example/"));
      yield* Effect.promise(() => fetch(new URL("https://evil.example/?https://api.example.com")));
      yield* Effect.promise(() => fetch(url, own));
      yield* Effect.promise(() => fetch(new Request(url, own)));
      assert.deepStrictEqual(seen(), [null, null, "Basic own", "Basic own"]);
      assert.deepStrictEqual(sent.map(({ redirect }) => redirect), Array(4).fill("follow"));
      assert.lengthOf([...asked, ...replaced], 0);
    }));

  it.effect("replaces the Authorization of a Request whose headers init replaces", () =>
    Effect.gen(function* () {
      const { fetch, seen } = yield* carrying([{ status: 200 }]);
      const request = new Request(url, { headers: { authorization: "Basic own" } });
      yield* Effect.promise(() => fetch(request, { headers: { "x-own": "1" } }));
      assert.deepStrictEqual(seen(), ["Bearer first"]);
    }));

  it.effect("lets the caller forbid redirects, but not follow them", () =>
    Effect.gen(function* () {
      const { fetch, sent } = yield* carrying([{ status: 200 }]);
      yield* Effect.promise(() => fetch(url, { redirect: "error" }));
      yield* Effect.promise(() => fetch(new Request(url, { redirect: "error" })));
      yield* Effect.promise(() => fetch(url, { redirect: "follow" }));
      assert.deepStrictEqual(sent.map(({ redirect }) => redirect), ["error", "error", "manual"]);
    }));

  it.effect("answers a 401 by one renewal and one more sending", () =>
    Effect.gen(function* () {
      const { fetch, seen, bodies, replaced } = yield* carrying([{ status: 401 }, { status: 200 }]);
      const response = yield* Effect.promise(() => fetch(url, { method: "POST", body: "a body" }));
      assert.strictEqual(response.status, 200);
      assert.deepStrictEqual(seen(), ["Bearer first", "Bearer second"]);
      assert.deepStrictEqual(bodies, ["a body", "a body"]);
      assert.deepStrictEqual(replaced, [["first", undefined]]);
    }));

  it.effect("gives a second 401 back", () =>
    Effect.gen(function* () {
      const { fetch, sent, replaced } = yield* carrying([{ status: 401 }]);
      assert.strictEqual((yield* Effect.promise(() => fetch(url))).status, 401);
      assert.lengthOf(sent, 2);
      assert.lengthOf(replaced, 1);
    }));

  it.effect("gives the 401 back with its body where there is no other token", () =>
    Effect.gen(function* () {
      const script = { replace: Effect.succeed(tokenSet("first")) };
      const { fetch, sent } = yield* carrying([{ status: 401 }], script);
      const response = yield* Effect.promise(() => fetch(url));
      assert.strictEqual(yield* Effect.promise(() => response.text()), "body 401");
      assert.lengthOf(sent, 1);
    }));

  const post = (body: BodyInit): RequestInit =>
    ({ method: "POST", body, duplex: "half" }) as RequestInit;
  const spent: Record<string, () => readonly [string | Request, RequestInit?]> = {
    "a stream": () => [url, post(new Response("a").body ?? "")],
    "the body of a Request": () => [new Request(url, post("a"))],
  };
  for (const [name, make] of Object.entries(spent)) {
    it.effect(`does not send ${name} again, and renews behind it`, () =>
      Effect.gen(function* () {
        const renewed = yield* Deferred.make<void>();
        const replace = Deferred.succeed(renewed, undefined).pipe(Effect.as(tokenSet("second")));
        const { fetch, sent } = yield* carrying([{ status: 401 }], { replace });
        const response = yield* Effect.promise(() => fetch(...make()));
        assert.strictEqual(response.status, 401);
        assert.lengthOf(sent, 1);
        yield* Deferred.await(renewed);
      }));
  }

  it.effect("sends a Request without a body, or with one in init, again", () =>
    Effect.gen(function* () {
      const { fetch, bodies } = yield* carrying([{ status: 401 }, { status: 200 }]);
      yield* Effect.promise(() => fetch(new Request(url)));
      const again = yield* carrying([{ status: 401 }, { status: 200 }]);
      yield* Effect.promise(() => again.fetch(new Request(url), post("a")));
      assert.deepStrictEqual([...bodies, ...again.bodies], ["", "", "a", "a"]);
    }));

  it.effect("rejects with the session's own error, before and after sending", () =>
    Effect.gen(function* () {
      const before = yield* carrying([{ status: 200 }], { token: Exit.fail(ended) });
      assert.strictEqual(yield* rejection(before.fetch(url)), ended);
      assert.lengthOf(before.sent, 0);
      const after = yield* carrying([{ status: 401 }], { replace: Effect.fail(ended) });
      assert.strictEqual(yield* rejection(after.fetch(url)), ended);
    }));

  it.effect("rejects with InsufficientScope, and gives other 403 back", () =>
    Effect.gen(function* () {
      const { fetch } = yield* carrying([denied]);
      const error = yield* rejection(fetch(`${url}?q=1`));
      assert.include(error, { _tag: "InsufficientScope", url });
      const other = yield* carrying([{ status: 403 }]);
      assert.strictEqual((yield* Effect.promise(() => other.fetch(url))).status, 403);
    }));

  it.effect("rejects with UnusableToken, and sends nothing", () =>
    Effect.gen(function* () {
      const script = { token: Exit.succeed(tokenSet("t", "DPoP")) };
      const { fetch, sent } = yield* carrying([{ status: 200 }], script);
      assert.include(yield* rejection(fetch(url)), { _tag: "UnusableToken", problem: "type" });
      assert.lengthOf(sent, 0);
    }));

  it.effect("rejects as fetch does, never throws", () =>
    Effect.gen(function* () {
      const { fetch, sent } = yield* carrying([{ status: 200 }]);
      const error = yield* rejection(fetch(url, { headers: { "not a name": "" } }));
      assert.instanceOf(error, TypeError);
      assert.instanceOf(yield* rejection(fetch("not a url")), TypeError);
      assert.lengthOf(sent, 0);
    }));

  it.effect("passes the caller's signal on", () =>
    Effect.gen(function* () {
      const { fetch, sent } = yield* carrying([{ status: 200 }]);
      const controller = new AbortController();
      yield* Effect.promise(() => fetch(url, { signal: controller.signal }));
      controller.abort("over");
      assert.strictEqual(sent[0]?.signal.reason, "over");
    }));

  it.effect("ends the wait for a token with the signal's reason", () =>
    Effect.gen(function* () {
      for (const input of [url, new URL(url)]) {
        const { fetch, sent } = yield* carrying([{ status: 200 }], { token: Effect.never });
        const controller = new AbortController();
        const waiting = fetch(input, { signal: controller.signal });
        controller.abort("over");
        assert.strictEqual(yield* rejection(waiting), "over");
        assert.lengthOf(sent, 0);
      }
    }));

  it.effect("sends to where the URL pointed when it was called", () =>
    Effect.gen(function* () {
      const token = yield* Deferred.make<ReturnType<typeof tokenSet>>();
      const { fetch, sent } = yield* carrying([{ status: 200 }], { token: Deferred.await(token) });
      const input = new URL(url);
      const waiting = fetch(input);
      input.host = "evil.example";
      yield* Deferred.succeed(token, tokenSet("late"));
      yield* Effect.promise(() => waiting);
      assert.strictEqual(sent[0]?.url, url);
    }));

  it.effect("with a token in hand sends before it returns", () =>
    Effect.gen(function* () {
      const { fetch, sent } = yield* carrying([{ status: 200 }]);
      const answer = fetch(url);
      assert.lengthOf(sent, 1);
      yield* Effect.promise(() => answer);
    }));
});
