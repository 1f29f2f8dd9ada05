import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, Inspectable, Layer, Option, Redacted, Tracer } from "effect";
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http";
import * as Routes from "./routes.ts";
import { WebLogin } from "./web_login.ts";
import {
  type Application,
  begin,
  Browser,
  comeBack,
  on,
  origin,
  SECRETS,
  start,
} from "./testdata/application.ts";

const me = HttpRouter.add(
  "GET",
  "/me",
  Effect.gen(function* () {
    const user = yield* Routes.currentUser;
    const session = yield* Routes.currentSession;
    if (Option.isNone(user) || Option.isNone(session)) {
      return HttpServerResponse.empty({ status: 401 });
    }
    const { accessToken } = yield* session.value.token();
    return HttpServerResponse.text(`${user.value.subject} ${Redacted.value(accessToken).length}`);
  }).pipe(Effect.orDie),
);

/** The application behind a router; its handlers are what the browser helpers call. */
const serve = Effect.fnUntraced(function* (application: Application) {
  const told: Array<string> = [];
  const paths: Array<unknown> = [];
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      const end = span.end.bind(span);
      span.end = (time, exit) => {
        if (span.kind === "server") paths.push(span.attributes.get("url.path"));
        told.push(
          Inspectable.toStringUnknown([...span.attributes]),
          Exit.isFailure(exit)
            ? `${Cause.pretty(exit.cause)} ${Inspectable.toStringUnknown(exit)} ${
              exit.cause.reasons.map((reason) =>
                JSON.stringify(reason, (_key, value: unknown) =>
                  value !== null && typeof value === "object" && "url" in value
                    ? String(value.url)
                    : value)
              )
            }`
            : "",
        );
        end(time, exit);
      };
      return span;
    },
  });
  const { handler } = yield* Effect.acquireRelease(
    Effect.sync(() =>
      HttpRouter.toWebHandler(
        Layer.merge(Routes.layer, me).pipe(
          Layer.provideMerge(Layer.succeed(WebLogin, application.web)),
          Layer.provide(HttpServer.layerServices),
          Layer.provideMerge(Layer.succeed(Tracer.Tracer, tracer)),
        ),
        { disableLogger: true },
      )
    ),
    ({ dispose }) => Effect.promise(dispose),
  );
  const send = (request: Request) => Effect.promise(() => handler(request));
  const web = { ...application.web, login: send, callback: send, logout: send };
  return { ...application, web, send, told, paths };
});

describe("layer", () => {
  it.live("serves a login, who it is, and the logout", () =>
    on(Effect.gen(function* () {
      const app = yield* Effect.flatMap(start(), serve);
      const browser = new Browser();
      assert.strictEqual((yield* app.send(browser.request("/me"))).status, 401);
      const answer = yield* comeBack(app, browser, yield* begin(app, browser, "?return_to=/me"));
      assert.strictEqual(answer.headers.get("location"), "/me");
      const page = yield* app.send(browser.request("/me"));
      assert.match(yield* Effect.promise(() => page.text()), /^ada \d+$/);
      const headers = { origin, "sec-fetch-site": "same-origin" };
      const out = yield* app.send(browser.request("/logout", { method: "POST", headers }));
      assert.strictEqual(out.status, 303);
      assert.strictEqual((yield* app.send(browser.request("/me"))).status, 401);
      assert.deepStrictEqual(app.failures, []);
    })));

  it.live("keeps cookies as they were written", () =>
    on(Effect.gen(function* () {
      const app = yield* Effect.flatMap(start(), serve);
      const browser = new Browser();
      yield* comeBack(app, browser, yield* begin(app, browser));
      assert.match(
        browser.lines.join("\n"),
        /^__Host-bellhop-session=[\w-]{43}\.\w+; .*Path=\/; HttpOnly; Secure; SameSite=Lax$/m,
      );
    })));

  it.live("answers another method with what it takes", () =>
    on(Effect.gen(function* () {
      const app = yield* Effect.flatMap(start(), serve);
      const answer = yield* app.send(new Browser().request("/logout"));
      assert.strictEqual(answer.status, 405);
      assert.strictEqual(answer.headers.get("allow"), "POST");
    })));

  for (const status of [200, 503]) {
    it.live(`keeps the query of a callback out of the server's span, at a ${status} too`, () =>
      on(Effect.gen(function* () {
        const app = yield* Effect.flatMap(start(), serve);
        app.server.status = status;
        const browser = new Browser();
        const address = yield* begin(app, browser, "?return_to=/secret-place-7d10");
        const answer = yield* comeBack(app, browser, address);
        assert.strictEqual(answer.status, status === 200 ? 303 : 504);
        const state = new URLSearchParams(address.split("?")[1]).get("state") ?? "";
        assert.isAbove(state.length, 20);
        assert.deepStrictEqual(app.paths, ["/login", "/callback"]);
        for (const each of app.told) {
          for (const secret of [state, SECRETS.code, "secret-place-7d10"]) {
            assert.notInclude(each, secret);
          }
        }
      })));
  }

  it.live("leaves the spans of other routes as they are", () =>
    on(Effect.gen(function* () {
      const app = yield* Effect.flatMap(start(), serve);
      yield* app.send(new Browser().request("/me?tab=2"));
      assert.isTrue(app.told.some((each) => each.includes("tab=2")));
    })));
});
