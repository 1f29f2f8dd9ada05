/**
 * Logins for servers that speak Web-standard `Request` and `Response`: Hono, Deno, Bun, workers, and
 * Node's own server with an adapter.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, ManagedRuntime, Option } from "effect";
 * import { make } from "@bellhop/web/fetch_handler";
 * import { WebLogin } from "@bellhop/web/web_login";
 *
 * const answer = () => Effect.succeed(new Response("from the login"));
 * const runtime = ManagedRuntime.make(Layer.succeed(WebLogin, {
 *   login: answer,
 *   callback: answer,
 *   logout: answer,
 *   session: () => Effect.succeed(Option.none()),
 *   user: () => Effect.succeed(Option.none()),
 *   paths: { login: "/login", callback: "/callback", logout: "/logout", home: "/" },
 * }));
 *
 * const login = await make(runtime);
 * const serve = async (request: Request) => await login(request) ?? new Response("from the program");
 *
 * assert.equal(await (await serve(new Request("https://app.example.com/login"))).text(), "from the login");
 * assert.equal(await (await serve(new Request("https://app.example.com/"))).text(), "from the program");
 * await runtime.dispose();
 * ```
 *
 * @module
 */
import type * as ManagedRuntime from "effect/ManagedRuntime";
import { handlerAt } from "./_handler_at.ts";
import { WebLogin } from "./web_login.ts";

/** Answers the requests of a login; `undefined` for any other, at once. */
export type FetchHandler = (request: Request) => Promise<Response> | undefined;

/**
 * Makes the handler. The module's example shows it.
 *
 * @param runtime Made of a layer that provides {@linkcode WebLogin}. It is the program's to dispose
 * of.
 * @returns Rejects where the layer does not come about.
 */
export function make<R, E>(
  runtime: ManagedRuntime.ManagedRuntime<R | WebLogin, E>,
): Promise<FetchHandler> {
  return runtime.runPromise(WebLogin).then((web) => (request) => {
    const handler = handlerAt(web, new URL(request.url).pathname);
    return handler === undefined
      ? undefined
      : runtime.runPromise(handler(request), { signal: request.signal });
  });
}
