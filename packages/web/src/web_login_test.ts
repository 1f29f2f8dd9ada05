import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer, Redacted } from "effect";
import {
  begin,
  Browser,
  client,
  comeBack,
  issuer,
  makeServer,
  on,
  signIn,
  start,
  tagsOf,
  whoIs,
} from "./testdata/application.ts";
import { layer } from "./web_login.ts";
import type { WebLoginOptions } from "./web_login_options.ts";

describe("login() and callback()", () => {
  it.effect("sign a user in and send the browser on", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      const answer = yield* signIn(app, browser, "?return_to=/inbox%3Ffolder%3Dnew");
      assert.strictEqual(answer.status, 303);
      assert.strictEqual(answer.headers.get("location"), "/inbox?folder=new");
      assert.strictEqual(yield* whoIs(app, browser), "ada");
      assert.deepStrictEqual(app.failures, []);
      assert.lengthOf(app.server.seen, 1);
      assert.strictEqual(
        app.server.seen[0]?.form.get("redirect_uri"),
        "https://app.example.com/callback",
      );
    })));

  it.effect("go on to the home page where nothing else was asked for", () =>
    on(Effect.gen(function* () {
      const app = yield* start({ paths: { home: "/start" } });
      const answer = yield* signIn(app, new Browser());
      assert.strictEqual(answer.headers.get("location"), "/start");
    })));

  it.effect("bind the login and the session by cookies that stay at home", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const [bound, cleared, session] = browser.lines;
      assert.match(
        bound ?? "",
        /^__Host-bellhop-login-[\w-]{16}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/,
      );
      assert.match(
        cleared ?? "",
        /^__Host-bellhop-login-[\w-]{16}=; Path=\/; Max-Age=0; HttpOnly; Secure; SameSite=Lax$/,
      );
      assert.match(
        session ?? "",
        /^__Host-bellhop-session=[\w-]{43}\.\w+; Path=\/; Max-Age=1209600; HttpOnly; Secure; SameSite=Lax$/,
      );
      assert.lengthOf(browser.lines, 3);
    })));

  it.effect("are not read from the request's host", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const request = new Request("http://evil.example/login", {
        headers: { host: "evil.example", "x-forwarded-host": "evil.example" },
      });
      const answer = yield* app.web.login(request);
      const asked = new URL(answer.headers.get("location") ?? "").searchParams;
      assert.strictEqual(asked.get("redirect_uri"), "https://app.example.com/callback");
    })));

  it.effect("keep logins of several tabs apart", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      const addresses = [
        yield* begin(app, browser, "?return_to=/a"),
        yield* begin(app, browser, "?return_to=/b"),
        yield* begin(app, browser, "?return_to=/c"),
      ];
      const [a, b, c] = addresses;
      for (const [address, path] of [[b, "/b"], [c, "/c"], [a, "/a"]] as const) {
        const answer = yield* comeBack(app, browser, address ?? "");
        assert.strictEqual(answer.headers.get("location"), path);
      }
      assert.deepStrictEqual(browser.logins, []);
      assert.deepStrictEqual(app.failures, []);
    })));

  it.effect("keep no more than eight logins of a browser in mind", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      const addresses: Array<string> = [];
      for (let at = 0; at < 12; at++) addresses.push(yield* begin(app, browser));
      assert.lengthOf(browser.logins, 8);
      assert.strictEqual((yield* comeBack(app, browser, addresses.at(-8) ?? "")).status, 303);
      assert.strictEqual((yield* comeBack(app, browser, addresses.at(-9) ?? "")).status, 400);
    })));

  it.effect("ask for what the options and the request say", () =>
    on(Effect.gen(function* () {
      const app = yield* start({
        prompt: ["consent"],
        ask: ({ url }) => ({ loginHint: new URL(url).searchParams.get("as") ?? undefined }),
      });
      const answer = yield* app.web.login(new Browser().request("/login?as=ada"));
      const asked = new URL(answer.headers.get("location") ?? "").searchParams;
      assert.strictEqual(asked.get("login_hint"), "ada");
      assert.strictEqual(asked.get("prompt"), "consent");
      assert.strictEqual(asked.get("code_challenge_method"), "S256");
    })));

  it.effect("work by form_post, with a cookie that comes along from the server's page", () =>
    on(Effect.gen(function* () {
      const app = yield* start({ responseMode: "form_post" });
      const browser = new Browser();
      const body = (yield* begin(app, browser)).replace("/callback?", "");
      assert.include(browser.lines[0] ?? "", "; Secure; SameSite=None");
      const posted = (init: RequestInit) =>
        browser.request("/callback", { method: "POST", ...init });
      const form = { "content-type": "application/x-www-form-urlencoded" };
      const refused = [
        posted({ body, headers: { "content-type": "text/plain" } }),
        posted({ body: body + "&x=" + "x".repeat(70_000), headers: form }),
        browser.request(`/callback?${body}`),
      ];
      for (const request of refused) yield* app.web.callback(request);
      assert.deepStrictEqual(tagsOf(app), ["BodyRefused", "BodyRefused", "MethodRefused"]);
      const answer = browser.keep(yield* app.web.callback(posted({ body, headers: form })));
      assert.strictEqual(answer.status, 303);
      assert.strictEqual(yield* whoIs(app, browser), "ada");
      assert.include(browser.lines.at(-1) ?? "", "SameSite=Lax");
    })));

  it.effect("tell the program who has signed in, before the browser is told", () =>
    on(Effect.gen(function* () {
      const seen: Array<string> = [];
      const app = yield* start({
        validate: (tokens) =>
          Effect.succeed(undefined).pipe(
            Effect.as(undefined),
            Effect.tap(() => Effect.sync(() => seen.push(`validated ${tokens.tokenType}`))),
          ),
        onSignedIn: (authorization, session) =>
          Effect.flatMap(Effect.orDie(session.token()), ({ accessToken }) =>
            Effect.sync(() => {
              assert.strictEqual(
                Redacted.value(accessToken),
                Redacted.value(authorization.tokens.accessToken),
              );
              seen.push("signed in");
            })),
      });
      yield* signIn(app, new Browser());
      assert.deepStrictEqual(seen, ["validated Bearer", "signed in"]);
    })));

  it.effect("work without OpenID Connect", () =>
    on(Effect.gen(function* () {
      const server = makeServer();
      server.subject = undefined;
      const app = yield* start({ scope: ["read"] }, server);
      const browser = new Browser();
      yield* signIn(app, browser);
      assert.strictEqual(yield* whoIs(app, browser), "nobody known");
    })));
});

describe("login()", () => {
  const refused: ReadonlyArray<readonly [string, string, RequestInit, string, number]> = [
    ["another site", "?return_to=//evil.example", {}, "ReturnRefused", 400],
    ["two addresses", "?return_to=/a&return_to=/b", {}, "ReturnRefused", 400],
    ["a POST", "", { method: "POST" }, "MethodRefused", 405],
    ["a HEAD", "", { method: "HEAD" }, "MethodRefused", 405],
    ["a fetch", "", { headers: { "sec-fetch-mode": "cors" } }, "NotNavigation", 400],
    [
      "a frame",
      "",
      {
        headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
      },
      "NotNavigation",
      400,
    ],
    ["a prefetch", "", { headers: { "sec-purpose": "prefetch;prerender" } }, "NotNavigation", 400],
  ];
  for (const [what, query, init, tag, status] of refused) {
    it.effect(`refuses ${what}: ${tag}`, () =>
      on(Effect.gen(function* () {
        const app = yield* start();
        const answer = yield* app.web.login(new Browser().request(`/login${query}`, init));
        assert.strictEqual(answer.status, status);
        assert.deepStrictEqual(tagsOf(app), [tag]);
        assert.lengthOf(answer.headers.getSetCookie(), 0);
        assert.notInclude(yield* Effect.promise(() => answer.text()), "evil");
        assert.strictEqual(answer.headers.get("allow"), status === 405 ? "GET" : null);
      })));
  }

  it.effect("says so where the server cannot be asked", () =>
    on(Effect.gen(function* () {
      const { authorizationEndpoint: _, ...bare } = client.server;
      const app = yield* start({ client: { ...client, server: bare } });
      const answer = yield* app.web.login(new Browser().request("/login"));
      assert.strictEqual(answer.status, 500);
      assert.deepStrictEqual(tagsOf(app), ["LoginFailed/Refused"]);
    })));
});

describe("layer()", () => {
  const unfit: ReadonlyArray<readonly [string, Partial<WebLoginOptions>, string]> = [
    ["an origin without a scheme", { origin: "app.example.com" }, "origin"],
    ["an origin with a path", { origin: "https://app.example.com/" }, "origin"],
    ["plain HTTP", { origin: "http://app.example.com" }, "origin"],
    ["plain cookies beyond loopback", { cookies: { protection: "plain-on-loopback" } }, "cookies"],
    ["a cookie's name with a semicolon", { cookies: { name: "a;b" } }, "cookies"],
    ["a path that is a pattern", { paths: { login: "/:id" } }, "paths"],
    ["a path that is another site", { paths: { home: "//evil.example" } }, "paths"],
    ["one path for two things", { paths: { login: "/callback" } }, "paths"],
    ["no time at all", { session: { lifetimeSeconds: 0 } }, "lifetime"],
  ];
  for (const [what, options, problem] of unfit) {
    it.effect(`refuses ${what}: ${problem}`, () =>
      on(Effect.gen(function* () {
        const error = yield* Effect.flip(start(options));
        assert.strictEqual(error.problem, problem);
      })));
  }

  it.effect("takes plain cookies on loopback, by name", () =>
    on(Effect.gen(function* () {
      const app = yield* start({
        origin: "http://localhost:3000",
        cookies: { name: "demo", protection: "plain-on-loopback" },
      });
      const browser = new Browser();
      yield* signIn(app, browser);
      assert.deepStrictEqual([...browser.cookies.keys()], ["demo-session"]);
      assert.notInclude(browser.lines.join(), "Secure");
      assert.strictEqual(yield* whoIs(app, browser), "ada");
    })));

  it("needs no more than it says", () => {
    assert.isTrue(Layer.isLayer(layer({ client, origin: issuer })));
  });
});
