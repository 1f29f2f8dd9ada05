/**
 * A `fetch` that carries a session, for code that is not Effect.
 *
 * ```ts
 * import { Effect } from "effect";
 * import * as SessionFetch from "@bellhop/core/http/session_fetch";
 * import { layerTest, Session } from "@bellhop/core/session/session";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const session = yield* Session;
 *   return yield* SessionFetch.make(session, {
 *     origins: ["https://api.example.com"],
 *     fetch: (_input, init) => Promise.resolve(new Response(new Headers(init?.headers).get("authorization"))),
 *   });
 * });
 * const fetch = await Effect.runPromise(program.pipe(Effect.provide(layerTest("a-token"))));
 *
 * const response = await fetch("https://api.example.com/me");
 * equal(await response.text(), "Bearer a-token");
 * ```
 *
 * The rules are those of `SessionClient`: the token goes to the origins that were named and nowhere
 * else; an `Authorization` header of the caller wins; one 401 is answered by one renewal and one more
 * sending; a 403 with `insufficient_scope` is an error. What differs:
 *
 * - **Redirects.** `redirect` is `"manual"` for a request with a token, unless the caller wants
 *   `"error"`. A browser shows the redirect as an opaque answer with status 0.
 * - **Bodies.** Streams are not sent twice, and the body of a `Request` is one, whatever it was made
 *   of: its 401 is given back, and the renewal runs behind it. Give the body in `init` instead.
 * - **Errors.** It rejects with the `SessionError`, `UnusableToken` or `InsufficientScope` itself, else
 *   as `fetch` does. An `AbortSignal` also ends the wait for a token, with the signal's reason.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 | RFC 6750 section 2.1}
 * @module
 */
import * as Cause from "effect/Cause";
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import type { TokenSet } from "../protocol/token_set.ts";
import type { Session, TokenOptions } from "../session/session.ts";
import type { SessionError } from "../session/session_error.ts";
import * as Bearer from "./_bearer.ts";
import { insufficientScopeOf } from "./_insufficient_scope.ts";
import { isGiven, isSame } from "./_held.ts";
import * as Origins from "./_origins.ts";
import { isReplayableRaw } from "./_replayable.ts";
import { type Options as ClientOptions, tokenOptionsOf } from "./_options.ts";
import type { OriginError } from "./session_client_error.ts";
import { watch } from "./_watch.ts";

/** What `fetch` is called like. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Settings of a `fetch` that carries a session. */
export interface Options extends ClientOptions {
  /**
   * Sends the requests.
   *
   * @default `FetchHttpClient.Fetch` of the context, which is the global `fetch`
   */
  readonly fetch?: Fetch | undefined;
}

/**
 * Makes a `fetch` that carries a session. The module's example shows it.
 *
 * With a token in hand it starts no fiber, and looks at the answer in one step of the promise that
 * `fetch` gives.
 *
 * @param session Gives the token. Has to be open as long as the function is used.
 * @returns The function. Fails with an `OriginError` where a token must not go to one of the origins.
 */
export function make(session: Session, options: Options): Effect.Effect<Fetch, OriginError> {
  return Effect.gen(function* () {
    const origins = yield* Effect.fromResult(Origins.parse(options.origins));
    const context = yield* Effect.context();
    const carrier: Carrier = {
      session,
      origins,
      token: tokenOptionsOf(options),
      fetch: options.fetch ?? (yield* FetchHttpClient.Fetch),
      context,
      run: Effect.runPromiseExitWith(context),
      bearerOf: Bearer.make(),
    };
    return (input: string | URL | Request, init?: RequestInit) => start(carrier, input, init);
  });
}

/** What every call of the function needs. */
interface Carrier {
  readonly session: Session;
  readonly origins: Origins.Origins;
  readonly token: TokenOptions | undefined;
  readonly fetch: Fetch;
  readonly context: Context.Context<never>;
  readonly run: ReturnType<typeof Effect.runPromiseExitWith<never>>;
  readonly bearerOf: ReturnType<typeof Bearer.make>;
}

function start(
  carrier: Carrier,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const call = callOf(input, init);
  if (call === undefined || !isListed(carrier.origins, call.url)) return carrier.fetch(input, init);
  const held = carrier.session.token(carrier.token);
  return isGiven(held)
    ? send(carrier, call, held.value)
    : wait(carrier, call, held).then((tokens) => send(carrier, call, tokens));
}

function send(carrier: Carrier, call: Call, tokens: TokenSet): Promise<Response> {
  const bearer = carrier.bearerOf(tokens);
  if (Bearer.isUnusable(bearer)) return Promise.reject(bearer);
  return sent(carrier, call, bearer).then((response) =>
    response.status === 401 && !call.isReplay
      ? renew(carrier, { ...call, isReplay: true }, { bearer, response })
      : looked(call, { bearer, response })
  );
}

function sent(carrier: Carrier, call: Call, bearer: Bearer.Bearer): Promise<Response> {
  const { url, isReplay, signal } = call;
  const { key } = carrier.session;
  const tell = watch(carrier.context, { key, method: methodOf(call), url, bearer, isReplay });
  const answer = carrier.fetch(call.input, initOf(call, bearer));
  return tell === undefined ? answer : answer.then(
    (response) => {
      tell("ok", response.status);
      return response;
    },
    (error: unknown) => {
      tell(signal?.aborted === true ? "interrupted" : "failed");
      throw error;
    },
  );
}

function methodOf({ input, init }: Call): string {
  return (init.method ?? (typeof input === "string" ? "GET" : input.method)).toUpperCase();
}

function renew(carrier: Carrier, call: Call, { bearer, response }: Answered): Promise<Response> {
  const renewal = carrier.session.replace(bearer.tokens.accessToken, carrier.token);
  if (!isReplayable(call)) {
    void carrier.run(renewal);
    return Promise.resolve(response);
  }
  return wait(carrier, call, renewal).then(
    (tokens) => {
      if (isSame(tokens, bearer.tokens)) return response;
      release(response);
      return send(carrier, call, tokens);
    },
    (error: unknown) => {
      release(response);
      throw error;
    },
  );
}

/** Runs what gives a token, until the caller's signal ends it. */
function wait(
  { run }: Carrier,
  { signal }: Call,
  tokens: Effect.Effect<TokenSet, SessionError>,
): Promise<TokenSet> {
  return run(tokens, signal === undefined ? {} : { signal }).then((exit) => {
    if (Exit.isSuccess(exit)) return exit.value;
    throw signal?.aborted === true ? signal.reason : Cause.squash(exit.cause);
  });
}

/** One call of the function. */
interface Call {
  /** A `URL` as text: it may be changed while a token is waited for. */
  readonly input: string | Request;
  readonly init: RequestInit;
  /** The input's URL as it was given. */
  readonly url: string;
  /** What the caller sets, if anything. */
  readonly headers: Headers | undefined;
  readonly signal: AbortSignal | undefined;
  readonly isReplay: boolean;
}

/** An answer, and the token that it answers. */
interface Answered {
  readonly bearer: Bearer.Bearer;
  readonly response: Response;
}

/** Reads the arguments; nothing where the token has no place: another one is there, or no sense. */
function callOf(input: string | URL | Request, init: RequestInit = {}): Call | undefined {
  const headers = headersOf(init.headers ?? (isRequest(input) ? input.headers : undefined));
  if (headers === "invalid" || headers?.has("authorization") === true) return undefined;
  const call = { init, headers, isReplay: false };
  return isRequest(input)
    ? { ...call, input, url: input.url, signal: init.signal ?? input.signal }
    : { ...call, ...textOf(input), signal: init.signal ?? undefined };
}

function textOf(input: string | URL): Pick<Call, "input" | "url"> {
  const url = typeof input === "string" ? input : input.href;
  return { input: url, url };
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === "object" && "url" in input;
}

/** A copy. Those of `init` take the place of all those of a `Request`, as with `fetch`. */
function headersOf(headers: HeadersInit | undefined): Headers | "invalid" | undefined {
  try {
    return headers === undefined ? undefined : new Headers(headers);
  } catch {
    return "invalid";
  }
}

/** Asks `Request` how `fetch` itself would read a URL that is written in an unusual way. */
function isListed(origins: Origins.Origins, url: string): boolean {
  if (Origins.startsWithin(origins, url)) return true;
  try {
    return Origins.includes(origins, new URL(new Request(url).url));
  } catch {
    return false;
  }
}

function initOf({ input, init, headers }: Call, { authorization }: Bearer.Bearer): RequestInit {
  const wanted = init.redirect ?? (typeof input === "string" ? undefined : input.redirect);
  const redirect = wanted === "error" ? "error" : "manual";
  if (headers === undefined) return { ...init, redirect, headers: { authorization } };
  const all = new Headers(headers);
  all.set("authorization", authorization);
  return { ...init, redirect, headers: all };
}

function isReplayable({ input, init }: Call): boolean {
  if (init.body !== undefined && init.body !== null) return isReplayableRaw(init.body);
  return typeof input === "string" || ((input.body ?? null) === null && !input.bodyUsed);
}

/** Gives an answer back, unless it says that scope is missing. */
function looked({ url }: Call, { bearer, response }: Answered): Response {
  if (response.status !== 403) return response;
  const header = response.headers.get("www-authenticate");
  const error = insufficientScopeOf({ header, url, bearer });
  if (error === undefined) return response;
  release(response);
  throw error;
}

/** Lets go of the connection. */
function release(response: Response): void {
  void response.body?.cancel().catch(() => undefined);
}
