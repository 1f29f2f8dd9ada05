/**
 * Logins as routes of Effect's `HttpRouter`, and who a request is of for the other routes.
 *
 * The server's span of a login's request has its path and its status, and not its query: that holds
 * the code and the state.
 *
 * ```ts
 * import { Effect, Layer, Option } from "effect";
 * import { HttpRouter, HttpServerResponse } from "effect/http";
 * import * as Routes from "@bellhop/web/routes";
 *
 * const me = HttpRouter.add("GET", "/me", Effect.gen(function* () {
 *   const user = yield* Routes.currentUser;
 *   return Option.match(user, {
 *     onNone: () => HttpServerResponse.redirect("/login?return_to=/me"),
 *     onSome: ({ subject }) => HttpServerResponse.text(subject),
 *   });
 * }));
 *
 * // Needs a WebLogin, and whatever serves a router.
 * export const app = Layer.merge(Routes.layer, me);
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import * as HttpRouter from "effect/http/HttpRouter";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import type { IdTokenClaims } from "@bellhop/core/protocol/id_token_claims";
import type { Session } from "@bellhop/core/session/session";
import { quietSpan } from "./_quiet_span.ts";
import { type Cookied, WebLogin } from "./web_login.ts";
import type { WebLoginError } from "./web_login_error.ts";

/** Adds login, callback and logout to the router, at the paths of the ambient {@linkcode WebLogin}. */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | WebLogin> = HttpRouter.use(
  (router) =>
    Effect.flatMap(WebLogin, (web) =>
      Effect.forEach(
        [
          [web.paths.login, web.login],
          [web.paths.callback, web.callback],
          [web.paths.logout, web.logout],
        ] as const,
        ([path, handler]) => router.add("*", path as HttpRouter.PathInput, served(handler)),
        { discard: true },
      )),
);

/** The session of the current request, until the request is answered. */
export const currentSession: Effect.Effect<
  Option.Option<Session>,
  WebLoginError,
  WebLogin | HttpServerRequest.HttpServerRequest | Scope.Scope
> = Effect.flatMap(WebLogin, (web) => Effect.flatMap(cookied, web.session));

/** Who sends the current request. */
export const currentUser: Effect.Effect<
  Option.Option<IdTokenClaims>,
  WebLoginError,
  WebLogin | HttpServerRequest.HttpServerRequest
> = Effect.flatMap(WebLogin, (web) => Effect.flatMap(cookied, web.user));

const cookied: Effect.Effect<Cookied, never, HttpServerRequest.HttpServerRequest> = Effect.map(
  HttpServerRequest.HttpServerRequest,
  ({ headers }) => ({
    headers: new Headers(headers["cookie"] === undefined ? {} : { cookie: headers["cookie"] }),
  }),
);

/** The host of the request's URL is whatever the request says, and of no consequence. */
function served(
  handler: WebLogin["login"],
): Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  HttpServerRequest.HttpServerRequest
> {
  return Effect.gen(function* () {
    yield* quietSpan;
    const request = yield* HttpServerRequest.HttpServerRequest;
    const web = yield* Effect.option(HttpServerRequest.toWeb(request));
    if (web._tag === "None") return HttpServerResponse.empty({ status: 400 });
    return HttpServerResponse.fromWeb(yield* handler(web.value));
  });
}
