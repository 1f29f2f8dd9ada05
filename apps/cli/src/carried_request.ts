/**
 * Sending one request with a session's token: renewed where that is due, and once more where the API
 * does not take it.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import { constTrue } from "effect/Function";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientError from "effect/http/HttpClientError";
import type * as HttpClientRequest from "effect/http/HttpClientRequest";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import * as SessionClient from "@bellhop/core/http/session_client";
import type { OriginError } from "@bellhop/core/http/session_client_error";
import { stripped } from "@bellhop/core/protocol/secure_url";
import { Session } from "@bellhop/core/session/session";
import { silentApi, unreachableApi } from "./api_unreachable.ts";
import { CommandError } from "./command_error.ts";
import { Settings } from "./settings.ts";

/** Why there is no answer to show. */
export type SendError =
  | CommandError
  | OriginError
  | Exclude<SessionClient.SessionClientError, { readonly _tag: "InsufficientScope" }>;

type Answer = Effect.Effect<HttpClientResponse, SendError>;

/**
 * Sends the request; its body must fit to be sent twice. Every answer is given back, those that refuse
 * the token too. No redirect is followed.
 */
export const send: (
  request: HttpClientRequest.HttpClientRequest,
  session: Session,
) => Effect.Effect<
  HttpClientResponse,
  SendError,
  HttpClient.HttpClient | Settings | Scope.Scope
> = Effect.fnUntraced(
  function* (request: HttpClientRequest.HttpClientRequest, session: Session) {
    const url = stripped(request.url);
    const bare = yield* limited;
    const carrying = SessionClient.layer({ origins: [new URL(request.url).origin] }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, bare)),
      Layer.provide(Layer.succeed(Session, session)),
    );
    const client = Context.get(yield* Layer.build(carrying), HttpClient.HttpClient);
    return yield* Effect.catch(client.execute(request), (error): Answer => {
      const failure = SessionClient.failureOf(error);
      // It is an answer like others: whoever called decides what it means.
      if (failure?._tag === "InsufficientScope" && error.response !== undefined) {
        return Effect.succeed(error.response);
      }
      if (failure !== undefined && failure._tag !== "InsufficientScope") {
        return Effect.fail(failure);
      }
      return Effect.fail(
        error.cause instanceof CommandError ? error.cause : unreachableApi(error, url),
      );
    });
  },
  Effect.provideService(HttpClient.TracerDisabledWhen, constTrue),
  Effect.provideService(HttpClient.TracerPropagationEnabled, false),
);

/** Each sending has its own time to be answered; what a renewal takes is not counted. */
const limited = Effect.gen(function* () {
  const { requestLimitMillis } = yield* Settings;
  const scope = yield* Effect.scope;
  const client = HttpClient.withScope(yield* HttpClient.HttpClient);
  const sendOnce = (request: HttpClientRequest.HttpClientRequest) =>
    client.postprocess(Effect.succeed(request)).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.timeoutOrElse({
        duration: requestLimitMillis,
        orElse: () => Effect.fail(silent(request, requestLimitMillis)),
      }),
    );
  return HttpClient.makeWith(
    (
      requests: Effect.Effect<HttpClientRequest.HttpClientRequest, HttpClientError.HttpClientError>,
    ) => Effect.flatMap(requests, sendOnce),
    Effect.succeed,
  );
});

function silent(
  request: HttpClientRequest.HttpClientRequest,
  limitMillis: number,
): HttpClientError.HttpClientError {
  const cause = silentApi(stripped(request.url), limitMillis);
  return new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause }),
  });
}
