import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer, ManagedRuntime } from "effect";
import { make } from "./fetch_handler.ts";
import { begin, Browser, comeBack, on, start, whoIs } from "./testdata/application.ts";
import { WebLogin } from "./web_login.ts";

describe("make()", () => {
  it.effect("answers what is the login's, and leaves the rest alone", () =>
    on(Effect.gen(function* () {
      const app = yield* start();
      const runtime = yield* Effect.acquireRelease(
        Effect.sync(() => ManagedRuntime.make(Layer.succeed(WebLogin, app.web))),
        (made) => made.disposeEffect,
      );
      const handler = yield* Effect.promise(() => make(runtime));
      const send = (request: Request) =>
        Effect.promise(async () => await handler(request) ?? new Response(null, { status: 404 }));
      const through = {
        ...app,
        web: { ...app.web, login: send, callback: send, logout: send },
      };
      const browser = new Browser();
      const address = yield* begin(through, browser, "?return_to=/a");
      assert.strictEqual((yield* comeBack(through, browser, address)).status, 303);
      assert.strictEqual(yield* whoIs(app, browser), "ada");
      assert.strictEqual((yield* send(browser.request("/logout"))).status, 405);
      for (const path of ["/", "/login/", "/loginx", "/callback/x", "/LOGIN", "//login"]) {
        assert.isUndefined(handler(new Request(`https://app.example.com${path}`)), path);
      }
    })));

  it("rejects where there will be no login", async () => {
    const runtime = ManagedRuntime.make(Layer.effect(WebLogin, Effect.fail("no login")));
    const failure = await make(runtime).then(() => "made", String);
    assert.include(failure, "no login");
    await runtime.dispose();
  });
});
