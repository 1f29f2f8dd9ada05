import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Inspectable, Layer, Logger, References, Tracer } from "effect";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import { SessionStore } from "@bellhop/core/session/session_store";
import {
  begin,
  Browser,
  comeBack,
  idTokenOf,
  logoutRequest,
  on,
  SECRETS,
  signIn,
  start,
} from "./testdata/application.ts";

/** Whatever is told of a run: log lines, and spans with all they hold. */
function witness() {
  const told: Array<string> = [];
  const logger = Logger.make((entry) => {
    told.push(Inspectable.toStringUnknown(entry.message), String(entry.cause));
    told.push(Inspectable.toStringUnknown(entry.fiber.getRef(References.CurrentLogAnnotations)));
  });
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      const end = span.end.bind(span);
      span.end = (time, exit) => {
        told.push(
          span.name,
          Inspectable.toStringUnknown([...span.attributes]),
          Inspectable.toStringUnknown(span.events),
          Exit.isFailure(exit) ? `${exit.cause} ${Inspectable.toStringUnknown(exit)}` : "",
        );
        end(time, exit);
      };
      return span;
    },
  });
  const layer = Layer.mergeAll(
    Logger.layer([logger]),
    Layer.succeed(Tracer.Tracer, tracer),
    Layer.succeed(References.MinimumLogLevel, "All"),
  );
  return { told, layer };
}

describe("what is told of logins", () => {
  it.effect("holds no secret: logs, spans, errors, pages, stores and what they are called", () => {
    const { told, layer } = witness();
    return on(Effect.gen(function* () {
      const flows = yield* FlowStore;
      const sessions = yield* SessionStore;
      const stored: Array<string> = [];
      const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
      const app = yield* start().pipe(
        Effect.provideService(FlowStore, {
          ...flows,
          put: (key, sealed, options) =>
            Effect.andThen(
              Effect.sync(() => stored.push(key, text(sealed))),
              flows.put(key, sealed, options),
            ),
        }),
        Effect.provideService(SessionStore, {
          ...sessions,
          put: (key, bytes, options) =>
            Effect.andThen(
              Effect.sync(() => stored.push(key, text(bytes))),
              sessions.put(key, bytes, options),
            ),
        }),
      );
      const secrets = new Map<string, string>([
        ...Object.entries(SECRETS),
        ["idToken", idTokenOf("ada")],
      ]);
      const pages: Array<string> = [];
      const note = (response: Response) =>
        Effect.promise(async () => {
          pages.push(await response.clone().text());
        });
      const learn = (name: string, value: string | null | undefined) => {
        assert.isAbove(value?.length ?? 0, 20, name);
        secrets.set(`${name} ${secrets.size}`, value ?? "");
      };
      const browser = new Browser();
      for (const change of ["", "code", "replay", "foreign"]) {
        const address = yield* begin(app, browser);
        learn("state", new URLSearchParams(address.split("?")[1]).get("state"));
        learn("binding", [...browser.cookies].find(([name]) => name.includes("-login-"))?.[1]);
        app.server.status = change === "code" ? 400 : 200;
        if (change === "foreign") yield* note(yield* comeBack(app, new Browser(), address));
        yield* note(yield* comeBack(app, browser, address));
        if (change === "replay") yield* note(yield* comeBack(app, browser, address));
        learn("verifier", app.server.seen.at(-1)?.form.get("code_verifier"));
        learn("session", browser.session);
      }
      yield* note(yield* comeBack(app, browser, `/callback?code=${SECRETS.code}&state=forged`));
      yield* signIn(app, browser);
      learn("session", browser.session);
      const signedOut = yield* app.web.logout(logoutRequest(browser));
      assert.strictEqual(signedOut.status, 303);
      pages.push(signedOut.headers.get("location") ?? "");

      const shown = app.failures.map((error) =>
        `${error} ${JSON.stringify(error)} ${error.stack} ${Inspectable.toStringUnknown(error)}`
      );
      assert.isAbove(app.failures.length, 3);
      assert.isAbove(told.length, 20);
      assert.isAbove(stored.length, 10);
      for (const [name, secret] of secrets) {
        for (const each of [...told, ...pages, ...stored, ...shown]) {
          assert.isFalse(each.includes(secret), `${name} stands in ${each.slice(0, 300)}`);
        }
        if (!name.startsWith("session") && !name.startsWith("binding")) {
          assert.isFalse(browser.lines.join().includes(secret), `${name} stands in a cookie`);
        }
      }
    })).pipe(Effect.provide(layer));
  });
});
