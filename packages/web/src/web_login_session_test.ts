import { assert, describe, it } from "@effect/vitest";
import { Effect, Option, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { SessionStore } from "@bellhop/core/session/session_store";
import { begin, Browser, comeBack, on, signIn, start, whoIs } from "./testdata/application.ts";

describe("a session", () => {
  it.effect("has a new ID with each login, whatever the browser held", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      browser.cookies.set("__Host-bellhop-session", `${"A".repeat(43)}.0`);
      yield* signIn(app, browser);
      const first = browser.session;
      assert.notStrictEqual(first, `${"A".repeat(43)}.0`);
      yield* signIn(app, browser);
      assert.notStrictEqual(browser.session, first);
    })));

  it.effect("takes the place of the one before, which stands no more", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const old = browser.copy();
      yield* signIn(app, browser);
      assert.isUndefined(yield* whoIs(app, old));
      assert.strictEqual(yield* whoIs(app, browser), "ada");
      assert.lengthOf(yield* (yield* SessionStore).list(), 1);
      // Of the same user: a server might end the new one with it.
      assert.notInclude(app.server.seen.map(({ path }) => path), "/revoke");
    })));

  it.effect("of another user is revoked when it is replaced", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      app.server.subject = "grace";
      yield* signIn(app, browser);
      assert.strictEqual(yield* whoIs(app, browser), "grace");
      assert.include(app.server.seen.map(({ path }) => path), "/revoke");
      assert.lengthOf(yield* (yield* SessionStore).list(), 1);
    })));

  it.effect("is nobody's for a cookie that was made up", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const real = browser.session ?? "";
      const made = [
        "",
        "x",
        `${"A".repeat(43)}.${real.slice(44)}`,
        `${real.slice(0, 43)}.zzzzzz`,
        real.slice(0, 43),
        `${real}; __Host-bellhop-session=${real}`,
      ];
      for (const value of made) {
        browser.cookies.set("__Host-bellhop-session", value);
        assert.isUndefined(yield* whoIs(app, browser), value);
      }
      browser.cookies.set("__Host-bellhop-session", real);
      assert.strictEqual(yield* whoIs(app, browser), "ada");
    })));

  it.effect("that the server renews no more is nobody's", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      app.server.status = 400;
      yield* TestClock.adjust(3_600_000);
      yield* Effect.scoped(Effect.gen(function* () {
        const session = Option.getOrThrow(yield* app.web.session(browser.request("/")));
        const error = yield* Effect.flip(session.token());
        assert.strictEqual(error.reason._tag, "ReauthorizationRequired");
      }));
      assert.isUndefined(yield* whoIs(app, browser));
      assert.isTrue(Option.isNone(yield* app.web.user(browser.request("/"))));
    })));

  it.effect("that does not open any more fails by its type, and a new login helps", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const store = yield* SessionStore;
      const [key = ""] = yield* store.list();
      const { version } = Option.getOrThrow(yield* store.get(key));
      yield* store.put(key, new Uint8Array(64), { ifVersion: version });
      const error = yield* Effect.flip(whoIs(app, browser));
      assert.strictEqual(error.reason._tag, "SessionFailed");
      assert.strictEqual((yield* signIn(app, browser)).status, 303);
      assert.strictEqual(yield* whoIs(app, browser), "ada");
    })));

  it.effect("ends with its time, in the store too", () =>
    on(Effect.gen(function* () {
      const app = yield* start({ session: { lifetimeSeconds: 3_600 } });
      const browser = new Browser();
      yield* signIn(app, browser);
      yield* TestClock.adjust(3_599_000);
      assert.strictEqual(yield* whoIs(app, browser), "ada");
      yield* TestClock.adjust(1_000);
      assert.isUndefined(yield* whoIs(app, browser));
      assert.lengthOf(yield* (yield* SessionStore).list(), 0);
    })));

  it.effect("is renewed behind the scenes", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      const token = Effect.scoped(Effect.gen(function* () {
        const session = Option.getOrThrow(yield* app.web.session(browser.request("/")));
        return Redacted.value((yield* session.token()).accessToken);
      }));
      const before = yield* token;
      yield* TestClock.adjust(3_600_000);
      assert.notStrictEqual(yield* token, before);
      assert.strictEqual(app.server.seen.at(-1)?.form.get("grant_type"), "refresh_token");
    })));

  it.effect("tells who it is after a renewal that brought no ID token", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      yield* signIn(app, browser);
      app.server.subject = undefined;
      yield* TestClock.adjust(3_600_000);
      yield* Effect.scoped(Effect.gen(function* () {
        const session = Option.getOrThrow(yield* app.web.session(browser.request("/")));
        yield* session.token();
      }));
      assert.strictEqual(app.server.seen.at(-1)?.form.get("grant_type"), "refresh_token");
      assert.strictEqual(yield* whoIs(app, browser), "ada");
    })));
});

describe("two processes on one store", () => {
  it.effect("serve the login and the callback", () =>
    on(Effect.gen(function* () {
      const [one, two] = [yield* start(), yield* start()];
      const browser = new Browser();
      const address = yield* begin(one, browser, "?return_to=/inbox");
      const answer = yield* comeBack(two, browser, address);
      assert.strictEqual(answer.headers.get("location"), "/inbox");
      assert.strictEqual(yield* whoIs(one, browser), "ada");
      assert.strictEqual((yield* comeBack(one, browser, address)).status, 400);
    })));

  it.effect("know at once of a session that the other has ended", () =>
    on(Effect.gen(function* () {
      const [one, two] = [yield* start(), yield* start()];
      const browser = new Browser();
      yield* signIn(one, browser);
      assert.strictEqual(yield* whoIs(two, browser), "ada");
      const held = browser.copy();
      yield* signIn(one, browser);
      assert.isUndefined(yield* whoIs(two, held));
    })));
});
