import * as Effect from "effect/Effect";
import * as Headers from "effect/http/Headers";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import type { TokenSet } from "../protocol/token_set.ts";
import type { Session, TokenOptions } from "../session/session.ts";
import type { SessionError } from "../session/session_error.ts";
import * as Bearer from "./_bearer.ts";
import { forget, forgetIn, forgetInCause } from "./_forget.ts";
import * as Guard from "./_guard.ts";
import { isGiven, isSame } from "./_held.ts";
import { insufficientScopeOf } from "./_insufficient_scope.ts";
import * as Origins from "./_origins.ts";
import { release } from "./_release.ts";
import { isReplayable } from "./_replayable.ts";
import type { InsufficientScope, UnusableToken } from "./session_client_error.ts";
import { watched } from "./_watch.ts";

type Request = HttpClientRequest.HttpClientRequest;
type Failure = SessionError | InsufficientScope | UnusableToken;

/** What came of a request that failed, where an answer came at all. */
interface Failed {
  readonly request: Request;
  readonly response?: HttpClientResponse | undefined;
}

/** How a client carries its session. */
export interface Carriage<E> {
  readonly session: Session;
  readonly origins: Origins.Origins;
  readonly token: TokenOptions | undefined;
  /** Names a failure. An answer that comes with one is not read yet. */
  readonly fail: (failure: Failure, failed: Failed) => Effect.Effect<never, E>;
}

/** A client, and what carrying a session adds to it. */
interface Carrier<E, R, E2> extends Carriage<E2> {
  readonly client: HttpClient.HttpClient.With<E, R>;
  readonly bearerOf: ReturnType<typeof Bearer.make>;
  readonly guard: ReturnType<typeof Guard.make>;
}

interface Sending {
  readonly request: Request;
  readonly tokens: TokenSet;
  readonly isReplay: boolean;
}

/** A request that was answered. */
interface Answered {
  readonly request: Request;
  readonly bearer: Bearer.Bearer;
  readonly response: HttpClientResponse;
}

type Answer<E, R> = Effect.Effect<HttpClientResponse, E, R>;

/**
 * Wraps a client so that it carries a session.
 *
 * The token is attached after everything that is mapped onto the request, outside and inside: the
 * final URL decides. With a token in hand this is one frame more on the fiber's stack, and no span.
 */
export function make<E, R, E2>(
  client: HttpClient.HttpClient.With<E, R>,
  carriage: Carriage<E2>,
): HttpClient.HttpClient.With<E | E2, R> {
  const carrier = { ...carriage, client, bearerOf: Bearer.make(), guard: Guard.make() };
  const carry = (request: Request) => start(carrier, request);
  return HttpClient.makeWith(
    (requests: Effect.Effect<Request, E, R>) => Effect.flatMap(requests, carry),
    client.preprocess,
  );
}

function start<E, R, E2>(carrier: Carrier<E, R, E2>, request: Request): Answer<E | E2, R> {
  const { client, session, origins, token, fail } = carrier;
  if (request.headers["authorization"] !== undefined || !Origins.isListed(origins, request)) {
    return client.postprocess(Effect.succeed(request));
  }
  const held = session.token(token);
  return isGiven(held)
    ? send(carrier, { request, tokens: held.value, isReplay: false })
    : Effect.matchEffect(held, {
      onFailure: (error) => fail(error, { request }),
      onSuccess: (tokens) => send(carrier, { request, tokens, isReplay: false }),
    });
}

function send<E, R, E2>(carrier: Carrier<E, R, E2>, sending: Sending): Answer<E | E2, R> {
  const { request } = sending;
  const bearer = carrier.bearerOf(sending.tokens);
  if (Bearer.isUnusable(bearer)) return carrier.fail(bearer, { request });
  const { authorization } = bearer;
  const sent = attached(request, bearer);
  const { method, url } = request;
  const { isReplay } = sending;
  const carried = { key: carrier.session.key, method, url, bearer, isReplay };
  const answer = watched(carrier.client.postprocess(Effect.succeed(sent)), carried);
  return Effect.matchCauseEffect(Effect.updateContext(answer, carrier.guard<R>), {
    onFailure: (cause) => {
      forget(sent, request);
      forgetInCause(cause, request, authorization);
      return Effect.failCause(cause);
    },
    onSuccess: (response) => {
      // First, since a transport may give the very request back that it was given.
      const isOurs = forgetIn(response, request, authorization);
      forget(sent, request);
      if (!isOurs) return Effect.succeed(response);
      const { status } = response;
      if (status === 401 && !isReplay) return renew(carrier, { request, bearer, response });
      return status === 403
        ? refuse(carrier, { request, bearer, response })
        : Effect.succeed(response);
    },
  });
}

function renew<E, R, E2>(carrier: Carrier<E, R, E2>, answered: Answered): Answer<E | E2, R> {
  const { request, bearer, response } = answered;
  const renewal = carrier.session.replace(bearer.tokens.accessToken, carrier.token);
  if (!isReplayable(request.body)) {
    const behind = Effect.forkDetach(Effect.exit(renewal), { startImmediately: true });
    return Effect.as(behind, response);
  }
  return Effect.matchEffect(Effect.onError(renewal, () => release(response)), {
    onFailure: (error) => carrier.fail(error, { request }),
    onSuccess: (tokens) =>
      isSame(tokens, bearer.tokens)
        ? Effect.succeed(response)
        : Effect.andThen(release(response), send(carrier, { request, tokens, isReplay: true })),
  });
}

function refuse<E, R, E2>(carrier: Carrier<E, R, E2>, answered: Answered): Answer<E2, never> {
  const { request, bearer, response } = answered;
  const header = response.headers["www-authenticate"];
  const error = insufficientScopeOf({ header, url: request.url, bearer });
  return error === undefined
    ? Effect.succeed(response)
    : carrier.fail(error, { request, response });
}

function attached(request: Request, { authorization, headers }: Bearer.Bearer): Request {
  return HttpClientRequest.makeWith(
    request.method,
    request.url,
    request.urlParams,
    request.hash,
    request.headers === Headers.empty
      ? headers
      : Headers.set(request.headers, "authorization", authorization),
    request.body,
  );
}
