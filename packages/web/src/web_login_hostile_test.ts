import { assert, describe, it } from "@effect/vitest";
import { Effect, Option } from "effect";
import { TestClock } from "effect/testing";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import {
  begin,
  Browser,
  comeBack,
  on,
  signIn,
  start,
  tagsOf,
  whoIs,
} from "./testdata/application.ts";

/** What a hostile callback is made of: the browser that brings it, and the address that it opens. */
interface Hostile {
  readonly browser: Browser;
  readonly address: string;
}

describe("callback()", () => {
  const forged: Readonly<
    Record<string, (own: Hostile, other: Hostile) => readonly [Hostile, string, number]>
  > = {
    "from another browser": ({ address }) => [
      { browser: new Browser(), address },
      "NotBound",
      400,
    ],
    "of another user's login, lured into this browser": ({ browser }, { address }) => [
      { browser, address },
      "NotBound",
      400,
    ],
    "with a cookie of another login": ({ address, browser }, other) => {
      const [name = ""] = browser.logins;
      const mixed = browser.copy();
      mixed.cookies.set(name, [...other.browser.cookies.values()][0] ?? "");
      return [{ browser: mixed, address }, "LoginFailed/NotAwaited", 400];
    },
    "with a cookie that is none": ({ address, browser }) => {
      const mixed = browser.copy();
      mixed.cookies.set(browser.logins[0] ?? "", "x");
      return [{ browser: mixed, address }, "NotBound", 400];
    },
    "with another state": ({ address, browser }) => [
      { browser, address: address.replace(/state=[^&]*/, "state=forged") },
      "NotBound",
      400,
    ],
    "without a state": ({ address, browser }) => [
      { browser, address: address.replace(/state=[^&]*/, "") },
      "NotBound",
      400,
    ],
    "with two states": ({ address, browser }) => [
      { browser, address: `${address}&${/state=[^&]*/.exec(address)?.[0]}` },
      "NotBound",
      400,
    ],
    "with nothing": ({ browser }) => [{ browser, address: "/callback" }, "NotBound", 400],
  };
  for (const [what, make] of Object.entries(forged)) {
    it.effect(`refuses one ${what}, and changes nothing`, () =>
      on(Effect.gen(function* () {
        const app = yield* start();
        const browser = new Browser();
        yield* signIn(app, browser);
        const before = browser.session;
        const own = { browser, address: yield* begin(app, browser, "?return_to=/mine") };
        const elsewhere = new Browser();
        const other = { browser: elsewhere, address: yield* begin(app, elsewhere) };
        const [{ address, browser: with_ }, tag, status] = make(own, other);
        const asked = app.server.seen.length;
        const answer = yield* app.web.callback(with_.request(address));
        assert.strictEqual(answer.status, status);
        assert.deepStrictEqual(tagsOf(app), [tag]);
        assert.lengthOf(app.server.seen, asked);
        assert.isFalse(answer.headers.getSetCookie().some((line) => line.includes("-session")));
        assert.strictEqual(browser.session, before);
        assert.strictEqual(yield* whoIs(app, browser), "ada");
        // Whoever the login belongs to can still finish it.
        const finished = yield* comeBack(app, browser, own.address);
        assert.strictEqual(finished.headers.get("location"), "/mine");
        assert.strictEqual((yield* comeBack(app, elsewhere, other.address)).status, 303);
      })));
  }

  it.effect("refuses a replay, with the cookie of the first time too", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      const address = yield* begin(app, browser);
      const earlier = browser.copy();
      yield* comeBack(app, browser, address);
      const session = browser.session;
      assert.strictEqual((yield* comeBack(app, browser, address)).status, 400);
      assert.strictEqual((yield* comeBack(app, earlier, address)).status, 400);
      assert.deepStrictEqual(tagsOf(app), ["NotBound", "LoginFailed/NotAwaited"]);
      assert.lengthOf(app.server.seen, 1);
      assert.strictEqual(browser.session, session);
      assert.strictEqual(yield* whoIs(app, browser), "ada");
      assert.isUndefined(earlier.session);
    })));

  it.effect("lets one of many at the same time win", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const browser = new Browser();
      const address = yield* begin(app, browser);
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, () => comeBack(app, browser.copy(), address)),
        { concurrency: "unbounded" },
      );
      assert.lengthOf(answers.filter(({ status }) => status === 303), 1);
      assert.lengthOf(app.server.seen, 1);
    })));

  it.effect("refuses one that comes too late", () =>
    on(Effect.gen(function* () {
      const app = yield* start({ lifetimeMillis: 60_000 });
      const browser = new Browser();
      const address = yield* begin(app, browser);
      assert.include(browser.lines[0] ?? "", "Max-Age=60;");
      yield* TestClock.adjust(60_000);
      const answer = yield* comeBack(app, browser, address);
      assert.strictEqual(answer.status, 400);
      assert.deepStrictEqual(tagsOf(app), ["LoginFailed/NotAwaited"]);
      assert.deepStrictEqual(browser.logins, []);
      assert.lengthOf(app.server.seen, 0);
    })));

  const ended: Readonly<
    Record<string, readonly [(address: string) => string, string, number]>
  > = {
    "a user who declined": [
      (address) => address.replace(/code=[^&]*/, "error=access_denied"),
      "LoginFailed/Denied",
      403,
    ],
    "an error of the server": [
      (address) => address.replace(/code=[^&]*/, "error=server_error&error_description=planted"),
      "LoginFailed/Refused",
      502,
    ],
    "another issuer": [
      (address) => address.replace(/iss=[^&]*/, "iss=https://evil.example"),
      "LoginFailed/Malformed",
      502,
    ],
    "no code": [(address) => address.replace(/code=[^&]*/, ""), "LoginFailed/Malformed", 502],
  };
  for (const [what, [change, tag, status]] of Object.entries(ended)) {
    it.effect(`says so of ${what}, and keeps the session that was`, () =>
      on(Effect.gen(function* () {
        const app = yield* start();
        const browser = new Browser();
        yield* signIn(app, browser);
        const answer = yield* comeBack(app, browser, change(yield* begin(app, browser)));
        assert.strictEqual(answer.status, status);
        assert.deepStrictEqual(tagsOf(app), [tag]);
        assert.lengthOf(app.server.seen, 1);
        assert.deepStrictEqual(browser.logins, []);
        assert.strictEqual(yield* whoIs(app, browser), "ada");
        assert.notInclude(yield* Effect.promise(() => answer.text()), "planted");
      })));
  }

  it.effect("says so of a code that the server refuses", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      app.server.status = 400;
      const browser = new Browser();
      const answer = yield* signIn(app, browser);
      assert.strictEqual(answer.status, 502);
      assert.deepStrictEqual(tagsOf(app), ["LoginFailed/Refused"]);
      assert.isUndefined(browser.session);
    })));

  it.effect("refuses a flow that was moved to another browser's place in the store", () =>
    on(Effect.gen(function* () {
      const store = yield* FlowStore;
      const laid: Array<readonly [string, Uint8Array]> = [];
      const spied = FlowStore.of({
        take: (key) => Effect.as(store.take(key), Option.fromUndefinedOr(laid[0]?.[1])),
        put: (key, sealed, options) =>
          Effect.andThen(
            Effect.sync(() => laid.push([key, sealed])),
            store.put(key, sealed, options),
          ),
      });
      const app = yield* Effect.provideService(start(), FlowStore, spied);
      const victim = new Browser();
      const address = yield* begin(app, victim);
      const thief = new Browser();
      thief.cookies.set(victim.logins[0] ?? "", "A".repeat(43));
      const answer = yield* comeBack(app, thief, address);
      assert.strictEqual(answer.status, 400);
      assert.deepStrictEqual(tagsOf(app), ["NotBound"]);
      assert.isUndefined(thief.session);
    })));
});
