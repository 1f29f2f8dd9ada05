import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { SessionStore } from "@bellhop/core/session/session_store";
import {
  Browser,
  client,
  idTokenOf,
  logoutRequest,
  makeServer,
  on,
  origin,
  signIn,
  start,
  tagsOf,
  whoIs,
} from "./testdata/application.ts";

describe("logout()", () => {
  it.effect("revokes the tokens, forgets the session and goes to the server", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const stolen = browser.copy();
      const answer = browser.keep(yield* app.web.logout(logoutRequest(browser)));
      assert.strictEqual(answer.status, 303);
      assert.strictEqual(
        answer.headers.get("location"),
        "https://as.example.com/end?client_id=app",
      );
      assert.isUndefined(browser.session);
      assert.isUndefined(yield* whoIs(app, stolen));
      assert.lengthOf(yield* (yield* SessionStore).list(), 0);
      assert.include(app.server.seen.map(({ path }) => path), "/revoke");
      assert.deepStrictEqual(app.failures, []);
    })));

  it.effect("comes back to a registered address, and shows the ID token where it is told to", () =>
    on(Effect.gen(function* () {
      const postLogoutRedirectUri = `${origin}/bye`;
      const app = yield* start({ postLogoutRedirectUri, sendsIdTokenHint: true });
      const browser = new Browser();
      yield* signIn(app, browser);
      const answer = yield* app.web.logout(logoutRequest(browser));
      const sent = new URL(answer.headers.get("location") ?? "").searchParams;
      assert.strictEqual(sent.get("post_logout_redirect_uri"), postLogoutRedirectUri);
      assert.strictEqual(sent.get("id_token_hint"), idTokenOf("ada"));
    })));

  it.effect("ends at home where the server has no such place", () =>
    on(Effect.gen(function* () {
      const { endSessionEndpoint: _, ...server } = client.server;
      const app = yield* start({ client: { ...client, server } });
      const browser = new Browser();
      yield* signIn(app, browser);
      const answer = yield* app.web.logout(logoutRequest(browser));
      assert.strictEqual(answer.headers.get("location"), "/");
    })));

  it.effect("ends at home without OpenID Connect", () =>
    on(Effect.gen(function* () {
      const server = makeServer();
      server.subject = undefined;
      const app = yield* start({ scope: ["read"] }, server);
      const browser = new Browser();
      yield* signIn(app, browser);
      const answer = yield* app.web.logout(logoutRequest(browser));
      assert.strictEqual(answer.headers.get("location"), "/");
    })));

  it.effect("does no harm to who is not signed in", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const answer = yield* app.web.logout(logoutRequest(new Browser()));
      assert.strictEqual(answer.headers.get("location"), "/");
      assert.lengthOf(app.server.seen, 0);
    })));

  it.effect("is known to another process at once", () =>
    on(Effect.gen(function* () {
      const [one, two] = [yield* start(), yield* start()];
      const browser = new Browser();
      yield* signIn(one, browser);
      assert.strictEqual(yield* whoIs(two, browser), "ada");
      yield* one.web.logout(logoutRequest(browser));
      assert.isUndefined(yield* whoIs(two, browser));
    })));

  it.effect("takes a POST of a page that hides its address", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const answer = yield* app.web.logout(logoutRequest(browser, { origin: "null" }));
      assert.strictEqual(answer.status, 303);
    })));

  it.effect("takes a POST of a browser that knows only Origin", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const request = browser.request("/logout", { method: "POST", headers: { origin } });
      assert.strictEqual((yield* app.web.logout(request)).status, 303);
    })));

  const refused: Readonly<Record<string, readonly [RequestInit, string]>> = {
    "a link": [{ method: "GET" }, "MethodRefused"],
    "a form of another site": [
      {
        method: "POST",
        headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      },
      "CrossSite",
    ],
    "a form of a sister site": [
      {
        method: "POST",
        headers: { origin: "https://other.example.com", "sec-fetch-site": "same-site" },
      },
      "CrossSite",
    ],
    "another origin that claims to be the same": [
      {
        method: "POST",
        headers: { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
      },
      "CrossSite",
    ],
    "another origin in a browser that knows only that": [
      { method: "POST", headers: { origin: "https://app.example.com.evil.example" } },
      "CrossSite",
    ],
    "no origin where the browser says nothing else": [
      { method: "POST", headers: { origin: "null" } },
      "CrossSite",
    ],
    "nothing that tells where from": [{ method: "POST" }, "CrossSite"],
    "an address that was typed": [
      { method: "POST", headers: { "sec-fetch-site": "none" } },
      "CrossSite",
    ],
  };
  for (const [what, [init, tag]] of Object.entries(refused)) {
    it.effect(`refuses ${what}, and the user stays signed in`, () =>
      on(Effect.gen(function* () {
        const app = yield* start();
        const browser = new Browser();
        yield* signIn(app, browser);
        const answer = browser.keep(yield* app.web.logout(browser.request("/logout", init)));
        assert.strictEqual(answer.status, tag === "CrossSite" ? 403 : 405);
        assert.deepStrictEqual(tagsOf(app), [tag]);
        assert.strictEqual(yield* whoIs(app, browser), "ada");
        assert.lengthOf(app.server.seen, 1);
      })));
  }
});
