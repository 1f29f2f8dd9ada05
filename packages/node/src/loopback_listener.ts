/**
 * The listener that receives the authorization response of a login in a terminal: an HTTP server on the
 * loopback interface, open only while one login waits.
 *
 * It knows nothing of OAuth: each request on its redirect URI goes to whoever waits, who says with which
 * page it is answered, and whether the login ends with it. Nothing of a request is ever logged, traced
 * or shown. At the end the browser is sent to a clean address, so that neither its address bar nor its
 * history keeps the code.
 *
 * ```ts
 * import { Effect, Redacted, Stream } from "effect";
 * import { listen } from "@bellhop/node/loopback_listener";
 * import { signedIn } from "@bellhop/node/loopback_listener_page";
 * import assert from "node:assert/strict";
 *
 * const login = Effect.gen(function* () {
 *   const { callbacks, redirectUri } = yield* listen();
 *   // In place of a browser that comes back from the authorization server.
 *   const visit = Effect.promise(() => fetch(`${redirectUri}?state=af0if&code=Splx`));
 *   const code = callbacks.pipe(
 *     Stream.mapEffect(({ parameters, finish, refuse }) => {
 *       const answer = Redacted.value(parameters);
 *       return answer.get("state") === "af0if"
 *         ? Effect.as(finish(signedIn()), Redacted.make(answer.get("code") ?? ""))
 *         : Effect.as(refuse, undefined);
 *     }),
 *     Stream.filter((code) => code !== undefined),
 *     Stream.take(1),
 *     Stream.runCollect,
 *   );
 *   return yield* Effect.all([code, visit], { concurrency: "unbounded" });
 * });
 *
 * const [[code], page] = await Effect.runPromise(Effect.scoped(login));
 * assert.equal(code && Redacted.value(code), "Splx");
 * assert.equal(new URL(page.url).pathname, "/done");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 | RFC 8252 section 7.3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-8.3 | RFC 8252 section 8.3}
 * @module
 */
import type * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import {
  type CallbackParameters,
  fromForm,
  fromUrl,
} from "@bellhop/core/protocol/authorization_response";
import { type Callback, close, type Desk, makeDesk, refuse, settle } from "./_loopback_desk.ts";
import { routeTo } from "./_loopback_route.ts";
import { serve } from "./_loopback_server.ts";
import { targetOf } from "./_loopback_target.ts";
import { LoopbackListenerError, NotRedirected } from "./loopback_listener_error.ts";
import type { Page } from "./loopback_listener_page.ts";

/** A request on the redirect URI, whose browser waits for the answer. Only the first answer counts. */
export interface LoopbackCallback {
  /** Its query, or its body where it was posted (`form_post`). */
  readonly parameters: CallbackParameters;
  /**
   * Ends the login: the browser is sent to a clean address, which shows this page. The same request
   * once more (a page loaded twice) gets the same; any other is refused from now on, and nobody is
   * asked.
   */
  readonly finish: (page: Page) => Effect.Effect<void>;
  /** Tells the browser that it belongs to another login, or to none: the right one is to come. */
  readonly refuse: Effect.Effect<void>;
}

/** A listener that is open. */
export interface LoopbackListener {
  /** To be sent to the authorization server as it is, character for character. */
  readonly redirectUri: string;
  /**
   * Requests on the redirect URI as they come. The stream ends with the login, or with the scope. Each
   * request wants an answer; one that has none when the scope closes is told that the login failed.
   */
  readonly callbacks: Stream.Stream<LoopbackCallback>;
}

/** Where to listen. */
export interface ListenOptions {
  /**
   * A redirect URI as it is registered: http, on `127.0.0.1`, `[::1]` or `localhost`. Without a port,
   * the port is free, as RFC 8252 section 7.3 has it. `localhost` is listened for on both address
   * families, of which one may be missing.
   *
   * @default `http://127.0.0.1/callback`; on `[::1]` where the machine has no IPv4
   */
  readonly redirectUri?: string | undefined;
  /**
   * The port; 0 for any free one.
   *
   * @default the one of `redirectUri`, else 0
   */
  readonly port?: number | undefined;
  /**
   * Within how many milliseconds a request must have arrived whole.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
  /**
   * For how many milliseconds at most the listener stays open, once its scope closes, for a browser
   * that has still to fetch the last page.
   *
   * @default 2_000
   */
  readonly lingerMillis?: number | undefined;
}

const REQUEST_LIMIT_MILLIS = 10_000;
const LINGER_MILLIS = 2_000;
/** For answers that are written, but not yet taken over by the system. */
const FLUSH_MILLIS = 500;

/**
 * Opens a listener, until the scope closes: then what still waits is answered, the last page is
 * delivered, and every connection is cut.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { listen } from "@bellhop/node/loopback_listener";
 * import assert from "node:assert/strict";
 *
 * const opened = listen({ redirectUri: "http://localhost/oauth2/code" });
 * const uri = await Effect.runPromise(Effect.scoped(Effect.map(opened, (it) => it.redirectUri)));
 * assert.match(uri, /^http:\/\/localhost:\d+\/oauth2\/code$/);
 * ```
 *
 * @returns The open listener. Fails with `PortInUse`, `ListenFailed` or `InvalidRedirectUri`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 | RFC 8252 section 7.3}
 */
export const listen: (
  options?: ListenOptions,
) => Effect.Effect<LoopbackListener, LoopbackListenerError, Scope.Scope> = Effect.fn(
  "LoopbackListener.listen",
)(function* (options: ListenOptions = {}) {
  const { requestLimitMillis = REQUEST_LIMIT_MILLIS, lingerMillis = LINGER_MILLIS } = options;
  const target = yield* Effect.fromResult(targetOf(options));
  const desk = makeDesk(target.path, yield* Queue.unbounded<Callback, Cause.Done>());
  const { host, port } = yield* serve(target, {
    listener: routeTo(desk),
    requestLimitMillis,
    beforeClose: Effect.sync(() => close(desk)).pipe(
      Effect.andThen(Effect.timeoutOption(desk.unseen.whenNone, lingerMillis)),
      Effect.andThen(Effect.timeoutOption(desk.unsent.whenNone, FLUSH_MILLIS)),
      Effect.asVoid,
    ),
  });
  const redirectUri = target.uriOf(host, port);
  desk.authority = new URL(redirectUri).host;
  return { redirectUri, callbacks: callbacksOf(desk) };
});

/** Longer than any address a browser copies. */
const MAX_PASTED_LENGTH = 64 * 1024;

/**
 * Reads the parameters out of the address that a user has pasted, where the browser ran on another
 * machine and could not reach the listener (SSH, a container).
 *
 * ```ts
 * import { Effect, Redacted } from "effect";
 * import { pasted } from "@bellhop/node/loopback_listener";
 * import assert from "node:assert/strict";
 *
 * const redirectUri = "http://127.0.0.1:8400/callback";
 * const parameters = Effect.runSync(pasted(`${redirectUri}?state=af0if&code=Splx\n`, redirectUri));
 * assert.equal(Redacted.value(parameters).get("code"), "Splx");
 * ```
 *
 * @param address What was pasted: the redirect URI, scheme, host, port and path exactly, and a query.
 * @param redirectUri As it was sent to the authorization server.
 * @returns The parameters. Fails with `NotRedirected`, which does not hold what was pasted.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2 | RFC 6749 section 3.1.2}
 */
export function pasted(
  address: string,
  redirectUri: string,
): Effect.Effect<CallbackParameters, LoopbackListenerError> {
  const text = address.trim();
  const isRead = text.length <= MAX_PASTED_LENGTH && URL.canParse(text) &&
    URL.canParse(redirectUri) && isSamePlace(new URL(text), new URL(redirectUri));
  if (!isRead) {
    return Effect.fail(new LoopbackListenerError({ reason: new NotRedirected({ redirectUri }) }));
  }
  return Effect.succeed(fromUrl(text));
}

function isSamePlace(found: URL, wanted: URL): boolean {
  return found.search !== "" && found.search !== wanted.search && found.username === "" &&
    found.password === "" && found.origin === wanted.origin && found.protocol === wanted.protocol &&
    found.pathname === wanted.pathname;
}

function callbacksOf(desk: Desk): Stream.Stream<LoopbackCallback> {
  return Stream.fromQueue(desk.callbacks).pipe(
    Stream.filter((callback) => desk.waiting.has(callback)),
    Stream.map((callback) => ({
      parameters: fromForm(callback.text),
      finish: (page) => Effect.sync(() => settle(desk, callback, page)),
      refuse: Effect.sync(() => refuse(desk, callback)),
    })),
  );
}
