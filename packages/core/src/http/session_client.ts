/**
 * An `HttpClient` that carries a session: attaches its token, renews it on a 401, and sends it to no
 * other place than the origins that were named.
 *
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import * as SessionClient from "@bellhop/core/http/session_client";
 * import { layerTest } from "@bellhop/core/session/session";
 * import { equal } from "node:assert/strict";
 *
 * const server = Layer.succeed(
 *   HttpClient.HttpClient,
 *   HttpClient.make((request) =>
 *     Effect.succeed(
 *       HttpClientResponse.fromWeb(request, new Response(request.headers["authorization"] ?? "none")),
 *     )
 *   ),
 * );
 * const client = SessionClient.layer({ origins: ["https://api.example.com"] }).pipe(
 *   Layer.provide([server, layerTest("a-token")]),
 * );
 * const ask = (url: string) =>
 *   HttpClient.get(url).pipe(Effect.flatMap((response) => response.text), Effect.provide(client));
 *
 * equal(await Effect.runPromise(ask("https://api.example.com/me")), "Bearer a-token");
 * equal(await Effect.runPromise(ask("https://elsewhere.example/")), "none");
 * ```
 *
 * - **Where the token goes.** Only to requests whose final URL has one of the named origins and no user
 *   information; a request with an `Authorization` header of its own goes out as it is, and its 401 is
 *   its caller's.
 * - **Redirects.** A request with a token follows none: `fetch` is told so, and Node's clients follow
 *   none by themselves. The redirect is the answer. To follow, put `HttpClient.followRedirects` *around*
 *   this client: each hop is then looked at anew. Inside, it takes the token off where the origin
 *   changes, and leaves the 401 of another origin alone. `fetch` in a browser shows a redirect that was
 *   not followed as status 0.
 * - **401.** The session is asked for another token (`Session.replace`). If it has one, the request is
 *   sent once more, and the second answer is given back whatever it is; if not, the 401 is given back.
 *   Streams cannot be sent twice: their 401 is given back, and the renewal runs behind it.
 * - **403.** `insufficient_scope` (RFC 6750 section 3.1) is an error that names the scopes; any other
 *   403 is given back.
 * - **Secrecy.** Answers and errors hold the caller's request, without the token; spans that record
 *   headers redact it. A transport may still keep what it sent in objects of its own.
 *
 * `HttpClient.filterStatusOk` goes *around* this client: inside, it turns the 401 into a failure that is
 * not looked at. `HttpClient.withScope` goes *inside*: it knows a request by its identity, and the one
 * that carries the token is a copy. A `FetchHttpClient.RequestInit` is taken from the context of the
 * request, not from that in which the client's layer was built.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 | RFC 6750 section 2.1}
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientError from "effect/http/HttpClientError";
import type { HttpClientRequest } from "effect/http/HttpClientRequest";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import * as Layer from "effect/Layer";
import { Session } from "../session/session.ts";
import { SessionError } from "../session/session_error.ts";
import * as Carrier from "./_carrier.ts";
import { type Options as CarryingOptions, tokenOptionsOf } from "./_options.ts";
import * as Origins from "./_origins.ts";
import { release } from "./_release.ts";
import { InsufficientScope, type OriginError, UnusableToken } from "./session_client_error.ts";

/** Settings of a client that carries a session. */
export interface Options extends CarryingOptions {}

/** What carrying a session adds to the errors of a client. */
export type SessionClientError = SessionError | InsufficientScope | UnusableToken;

/**
 * Makes a client carry a session.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import * as SessionClient from "@bellhop/core/http/session_client";
 * import { layerTest, Session } from "@bellhop/core/session/session";
 * import { equal } from "node:assert/strict";
 *
 * const challenge = `Bearer error="insufficient_scope", scope="admin"`;
 * const server = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     new Response("", { status: 403, headers: { "www-authenticate": challenge } }),
 *   ))
 * );
 * const program = Effect.gen(function* () {
 *   const session = yield* Session;
 *   const client = yield* SessionClient.make(server, session, {
 *     origins: ["https://api.example.com"],
 *   });
 *   return yield* client.get("https://api.example.com/users");
 * });
 * const error = await Effect.runPromise(program.pipe(Effect.flip, Effect.provide(layerTest("a-token"))));
 * equal(error.message, `The token is not enough for "https://api.example.com/users": it lacks "admin"`);
 * ```
 *
 * @param client Sends the requests.
 * @param session Gives the token.
 * @returns The client. Its requests fail as before, with a `SessionError` where the session has no
 * token, with `UnusableToken` before anything is sent, and with `InsufficientScope`. Fails with an
 * `OriginError` where a token must not go to one of the origins.
 */
export function make<E, R>(
  client: HttpClient.HttpClient.With<E, R>,
  session: Session,
  options: Options,
): Effect.Effect<HttpClient.HttpClient.With<E | SessionClientError, R>, OriginError> {
  return Effect.map(
    Effect.fromResult(Origins.parse(options.origins)),
    (origins) =>
      Carrier.make(client, {
        session,
        origins,
        token: tokenOptionsOf(options),
        fail: (failure: SessionClientError, { response }) =>
          response === undefined
            ? Effect.fail(failure)
            : Effect.andThen(release(response), Effect.fail(failure)),
      }),
  );
}

/**
 * Puts the session of the context into the `HttpClient` of the context.
 *
 * Its requests fail with an `HttpClientError`, as every client's: `TransportError` where the session
 * cannot be renewed now, `StatusCodeError` where scope is missing, `EncodeError` where there is no token
 * to send. {@linkcode failureOf} gives the error itself. The module's example shows the layer.
 */
export function layer(
  options: Options,
): Layer.Layer<HttpClient.HttpClient, OriginError, HttpClient.HttpClient | Session> {
  return Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient;
      const session = yield* Session;
      const origins = yield* Effect.fromResult(Origins.parse(options.origins));
      return Carrier.make(client, {
        session,
        origins,
        token: tokenOptionsOf(options),
        fail: (failure: SessionClientError, failed) => Effect.fail(clientErrorOf(failure, failed)),
      });
    }),
  );
}

/**
 * Gives what carrying the session added to the errors of a client that {@linkcode layer} made.
 *
 * ```ts
 * import { Effect, Exit, Layer } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import * as SessionClient from "@bellhop/core/http/session_client";
 * import { layerTest, Session } from "@bellhop/core/session/session";
 * import { Absent, SessionError } from "@bellhop/core/session/session_error";
 * import { equal } from "node:assert/strict";
 *
 * const nobody = Layer.effect(Session, Effect.map(Session, (session) =>
 *   Session.of({
 *     ...session,
 *     token: () => Exit.fail(new SessionError({ reason: new Absent({ key: "work" }) })),
 *   }))).pipe(Layer.provide(layerTest("t")));
 * const server = Layer.succeed(
 *   HttpClient.HttpClient,
 *   HttpClient.make((request) =>
 *     Effect.succeed(HttpClientResponse.fromWeb(request, new Response("")))
 *   ),
 * );
 * const client = SessionClient.layer({ origins: ["https://api.example.com"] }).pipe(
 *   Layer.provide([server, nobody]),
 * );
 * const program = HttpClient.get("https://api.example.com/").pipe(
 *   Effect.flip,
 *   Effect.provide(client),
 *   Effect.map(SessionClient.failureOf),
 * );
 * const failure = await Effect.runPromise(program);
 * equal(failure?._tag === "SessionError" && failure.reason._tag, "Absent");
 * ```
 *
 * @returns The error, or nothing where the request failed for another reason.
 */
export function failureOf(error: HttpClientError.HttpClientError): SessionClientError | undefined {
  const { cause } = error;
  return cause instanceof SessionError || cause instanceof InsufficientScope ||
      cause instanceof UnusableToken
    ? cause
    : undefined;
}

interface Failed {
  readonly request: HttpClientRequest;
  readonly response?: HttpClientResponse | undefined;
}

function clientErrorOf(
  cause: SessionClientError,
  { request, response }: Failed,
): HttpClientError.HttpClientError {
  const description = cause.message;
  const reason = response !== undefined
    ? new HttpClientError.StatusCodeError({ request, response, cause, description })
    : cause._tag === "SessionError" && cause.reason._tag === "Unavailable"
    ? new HttpClientError.TransportError({ request, cause, description })
    : new HttpClientError.EncodeError({ request, cause, description });
  return new HttpClientError.HttpClientError({ reason });
}
