/**
 * The same logins under Hono: one line in front of the program's own routes.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as ManagedRuntime from "effect/ManagedRuntime";
import * as Option from "effect/Option";
import { Hono } from "hono";
import * as FetchHandler from "@bellhop/web/fetch_handler";
import { WebLogin } from "@bellhop/web/web_login";

/**
 * Makes the application. Serve it by whatever serves Hono.
 *
 * @param runtime Made of a layer that provides the logins, disposed of when the server ends.
 */
export async function makeApplication<E>(
  runtime: ManagedRuntime.ManagedRuntime<WebLogin, E>,
): Promise<Hono> {
  const login = await FetchHandler.make(runtime);
  const app = new Hono();
  app.use(async (context, next) => await login(context.req.raw) ?? await next());
  app.get("/me", async (context) => {
    const who = await runtime.runPromise(
      Effect.flatMap(WebLogin, ({ user }) => user(context.req.raw)),
    );
    return Option.match(who, {
      onNone: () => context.redirect("/login?return_to=/me"),
      onSome: ({ subject }) => context.text(`Hello, ${subject}`),
    });
  });
  return app;
}
