/**
 * A login from a terminal in the user's own browser: the authorization code grant, its answer received
 * on the loopback interface, or pasted where the browser runs on another machine.
 *
 * ```ts
 * import { Console, Effect, Layer, Redacted } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { FetchHttpClient } from "effect/http";
 * import * as Discovery from "@bellhop/core/endpoint/discovery";
 * import * as Client from "@bellhop/core/protocol/client";
 * import * as Browser from "@bellhop/node/browser";
 * import { login } from "@bellhop/node/terminal_login";
 *
 * const program = Effect.gen(function* () {
 *   const server = yield* Discovery.discover("https://as.example.com");
 *   const client = yield* Client.make(server, { clientId: "my-terminal" });
 *   return yield* login({
 *     client,
 *     scope: ["openid"],
 *     onAuthorizationUrl: ({ url }) => Console.log(`Sign in at ${Redacted.value(url)}`),
 *     onNoBrowser: ({ message, hint }) => Console.log(`${message}. ${hint}.`),
 *   });
 * });
 *
 * export const main = program.pipe(
 *   Effect.provide(Layer.mergeAll(
 *     Browser.layer(),
 *     FetchHttpClient.layer,
 *     Digest.layerWebCrypto,
 *     SecureRandom.layerWebCrypto,
 *   )),
 * );
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-4.1 | RFC 8252 section 4.1}
 * @module
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as AuthorizationCode from "@bellhop/core/grant/authorization_code";
import type { AuthorizationCodeError } from "@bellhop/core/grant/authorization_code_error";
import { Browser, type BrowserError } from "./browser.ts";
import {
  listen,
  type ListenOptions,
  type LoopbackCallback,
  type LoopbackListener,
  pasted,
} from "./loopback_listener.ts";
import { LoopbackListenerError, OtherLogin } from "./loopback_listener_error.ts";
import { declined, failed, type Page, signedIn } from "./loopback_listener_page.ts";

/** What {@linkcode login} needs. */
export interface TerminalLoginOptions<A = undefined, E = never, R = never, R2 = never>
  extends Omit<AuthorizationCode.AuthorizationCodeOptions<A, E, R>, "redirectUri" | "memo"> {
  /**
   * Where the answer is received.
   *
   * @default any free port, as `http://127.0.0.1:PORT/callback`
   */
  readonly listen?: ListenOptions | undefined;
  /** Shows the URL, before the browser is opened. It is interrupted when the login ends first. */
  readonly onAuthorizationUrl: (
    url: AuthorizationCode.AuthorizationUrl,
  ) => Effect.Effect<void, never, R2>;
  /**
   * Whether the browser is opened without being asked.
   *
   * @default true
   */
  readonly opensBrowser?: boolean | undefined;
  /**
   * Told that no browser could be opened. The login waits on: for a user who opens the URL by hand, or
   * pastes what came of it.
   *
   * @default nobody is told
   */
  readonly onNoBrowser?: ((error: BrowserError) => Effect.Effect<void, never, R2>) | undefined;
  /**
   * Addresses that the user pastes, one an element: where a browser on another machine has ended.
   *
   * @default none
   */
  readonly pasted?: Stream.Stream<string, never, R2> | undefined;
  /**
   * Told that what was pasted is of no use (`NotRedirected`, `OtherLogin`). The login waits on.
   *
   * @default nobody is told
   */
  readonly onUselessPaste?:
    | ((error: LoopbackListenerError) => Effect.Effect<void, never, R2>)
    | undefined;
}

/** What a login from a terminal needs of its surroundings. */
export type TerminalLoginServices = AuthorizationCode.AuthorizationCodeServices | Browser;

/**
 * Logs a user in by the browser.
 *
 * The listener is open from before the browser is sent away until it has shown the last page. Callbacks
 * and pasted addresses of other logins are refused and change nothing. Nothing is stored.
 *
 * @returns The tokens. Fails with the way the grant ended, or with why there is no listener.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-4.1 | RFC 8252 section 4.1}
 */
export function login<A = undefined, E = never, R = never, R2 = never>(
  options: TerminalLoginOptions<A, E, R, R2>,
): Effect.Effect<
  AuthorizationCode.Authorization<A>,
  AuthorizationCodeError<E> | LoopbackListenerError,
  TerminalLoginServices | R | R2
> {
  return Effect.scoped(
    Effect.flatMap(listen(options.listen), (listener) => loginOn(listener, options)),
  );
}

function loginOn<A, E, R, R2>(
  listener: LoopbackListener,
  options: TerminalLoginOptions<A, E, R, R2>,
): Effect.Effect<
  AuthorizationCode.Authorization<A>,
  AuthorizationCodeError<E>,
  TerminalLoginServices | R | R2
> {
  const { redirectUri, callbacks } = listener;
  const received = Stream.map(callbacks, fromBrowser);
  return AuthorizationCode.authorize<A, E, R, Browser | R2>({
    ...options,
    redirectUri,
    onAuthorizationUrl: (url) =>
      Effect.andThen(options.onAuthorizationUrl(url), open(url, options)),
    callbacks: Stream.merge(received, readPasted(redirectUri, options)),
  });
}

function fromBrowser(
  { parameters, finish, refuse }: LoopbackCallback,
): AuthorizationCode.Callback {
  return {
    parameters,
    answer: (verdict) => verdict._tag === "NotOurs" ? refuse : finish(pageOf(verdict)),
  };
}

/** What went wrong is said in the terminal, not in a page that anybody's words could reach. */
function pageOf(verdict: AuthorizationCode.CallbackVerdict): Page {
  if (verdict._tag !== "Failed") return signedIn();
  return verdict.error.reason._tag === "Denied" ? declined() : failed();
}

function open<A, E, R, R2>(
  { url }: AuthorizationCode.AuthorizationUrl,
  { opensBrowser = true, onNoBrowser }: TerminalLoginOptions<A, E, R, R2>,
): Effect.Effect<void, never, Browser | R2> {
  return !opensBrowser ? Effect.void : Effect.flatMap(
    Browser,
    (browser) =>
      Effect.catchTag(
        browser.open(Redacted.value(url)),
        "BrowserError",
        (error) => onNoBrowser?.(error) ?? Effect.void,
      ),
  );
}

function readPasted<A, E, R, R2>(
  redirectUri: string,
  options: TerminalLoginOptions<A, E, R, R2>,
): Stream.Stream<AuthorizationCode.Callback<R2>, never, R2> {
  const complain = (error: LoopbackListenerError) => options.onUselessPaste?.(error) ?? Effect.void;
  const other = new LoopbackListenerError({ reason: new OtherLogin() });
  return (options.pasted ?? Stream.empty).pipe(
    Stream.mapEffect((address) => Effect.result(pasted(address, redirectUri))),
    // Beside the reading: a complaint that takes its time does not hold up the next address.
    Stream.mapEffect(
      (read) => Effect.as(Result.isFailure(read) ? complain(read.failure) : Effect.void, read),
      { concurrency: "unbounded", unordered: true },
    ),
    Stream.filter(Result.isSuccess),
    Stream.map(({ success }) => ({
      parameters: success,
      answer: (verdict: AuthorizationCode.CallbackVerdict) =>
        verdict._tag === "NotOurs" ? complain(other) : Effect.void,
    })),
  );
}
