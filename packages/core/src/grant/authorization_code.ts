/**
 * The authorization code grant with PKCE: a login in the user's browser, for terminals, desktop
 * programs and web applications.
 *
 * A program that stays alive runs {@linkcode authorize}; a web application runs {@linkcode begin}
 * in one request and {@linkcode complete} in another, perhaps on another machine.
 *
 * ```ts
 * import { Console, Effect, Redacted, Stream } from "effect";
 * import { Digest, SecureRandom } from "effect/crypto";
 * import { FetchHttpClient } from "effect/http";
 * import * as Discovery from "@bellhop/core/endpoint/discovery";
 * import * as AuthorizationCode from "@bellhop/core/grant/authorization_code";
 * import * as AuthorizationResponse from "@bellhop/core/protocol/authorization_response";
 * import * as Client from "@bellhop/core/protocol/client";
 *
 * const login = (pasted: Effect.Effect<string>) =>
 *   Effect.gen(function* () {
 *     const server = yield* Discovery.discover("https://as.example.com");
 *     const client = yield* Client.make(server, { clientId: "my-terminal" });
 *     return yield* AuthorizationCode.authorize({
 *       client,
 *       redirectUri: "http://127.0.0.1:51004/callback",
 *       scope: ["openid"],
 *       onAuthorizationUrl: ({ url }) => Console.log(`Open ${Redacted.value(url)}`),
 *       callbacks: Stream.fromEffect(pasted).pipe(
 *         Stream.map((url) => ({ parameters: AuthorizationResponse.fromUrl(url) })),
 *       ),
 *     });
 *   });
 *
 * export const main = login(Effect.succeed("http://127.0.0.1:51004/callback?code=…")).pipe(
 *   Effect.provide([FetchHttpClient.layer, Digest.layerWebCrypto, SecureRandom.layerWebCrypto]),
 * );
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1 | RFC 6749 section 4.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4 | RFC 7636 section 4}
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import type * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import type { AuthorizationUrl } from "../chart/authorization_code_event.ts";
import type * as Flow from "../flow/flow.ts";
import { type CallbackParameters, isAnswerTo } from "../protocol/authorization_response.ts";
import type {
  AuthorizationCodeChart,
  AuthorizationCodeServices,
} from "./_authorization_code_flow.ts";
import { outcomeOf, start } from "./_authorization_code_run.ts";
import type { AuthorizationCodeError } from "./authorization_code_error.ts";
import type { Authorization, AuthorizationCodeOptions } from "./authorization_code_options.ts";

/** What whoever brought a callback can tell the user's browser. */
export type CallbackVerdict =
  | { readonly _tag: "Authorized" }
  /** The login has ended without tokens. */
  | { readonly _tag: "Failed"; readonly error: AuthorizationCodeError }
  /** The callback answers another request, or none: the login goes on waiting. */
  | { readonly _tag: "NotOurs" };

/** A browser that came to the redirect URI, or a URL that somebody pasted. */
export interface Callback<R = never> {
  /** What it brought. */
  readonly parameters: CallbackParameters;
  /**
   * Tells it what became of it: at once where it is not ours, else when the login has ended, and
   * `authorize` gives its value when all of these were told. It has five seconds, after which it is
   * interrupted; so is what is not ours and not told by the end. Not called where the login was
   * interrupted.
   */
  readonly answer?: ((verdict: CallbackVerdict) => Effect.Effect<void, never, R>) | undefined;
}

/** What {@linkcode authorize} needs. */
export interface AuthorizeOptions<A = undefined, E = never, R = never, R2 = never>
  extends AuthorizationCodeOptions<A, E, R> {
  /** Sends the user's browser there. It runs beside the waiting, and is interrupted at the end. */
  readonly onAuthorizationUrl: (url: AuthorizationUrl) => Effect.Effect<void, never, R2>;
  /**
   * Callbacks as they come, ours or not. Should the stream end, the login waits on until its
   * lifetime is over.
   */
  readonly callbacks: Stream.Stream<Callback<R2>, never, R2>;
}

/**
 * Logs a user in by a browser.
 *
 * A callback that does not answer this request is told so and changes nothing. The code is redeemed
 * once; nothing is retried and nothing is stored.
 *
 * @returns The tokens. Fails with the way it ended: `Denied`, `Expired`, `Refused`, `Malformed`,
 * `Invalid`, `Unreachable` or `Cancelled`.
 */
export function authorize<A = undefined, E = never, R = never, R2 = never>(
  options: AuthorizeOptions<A, E, R, R2>,
): Effect.Effect<
  Authorization<A>,
  AuthorizationCodeError<E>,
  AuthorizationCodeServices | R | R2
> {
  return Effect.scoped(Effect.flatMap(start(options), (running) => attend(running, options)));
}

/** Shows the URL, feeds callbacks to the flow, and tells those who wait how it ended. */
function attend<A, E, R, R2>(
  running: Flow.Flow<AuthorizationCodeChart>,
  options: AuthorizeOptions<A, E, R, R2>,
): Effect.Effect<Authorization<A>, AuthorizationCodeError<E>, R2> {
  const waiting: Array<Callback<R2>> = [];
  let state: Redacted.Redacted | undefined;
  const showing = Stream.runForEach(running.emitted, (url) => {
    state = url.state;
    return options.onAuthorizationUrl(url);
  });
  const listening = options.callbacks.pipe(
    Stream.mapEffect((callback) => {
      const { parameters } = callback;
      const isOurs = state !== undefined && isAnswerTo(parameters, state);
      if (isOurs) waiting.push(callback);
      return Effect.as(running.send({ type: "callback", parameters }), { callback, isOurs });
    }),
    // Beside the listening: a stranger who takes no answer keeps nobody out.
    Stream.mapEffect(
      ({ callback, isOurs }) => isOurs ? Effect.void : tell(callback, { _tag: "NotOurs" }),
      { concurrency: "unbounded", unordered: true },
    ),
    Stream.runDrain,
  );
  // No finalizer, which could not be interrupted.
  const ended = Effect.flatMap(running.await, outcomeOf<A, E>).pipe(
    Effect.exit,
    Effect.tap((exit) => answerAll(waiting, exit)),
    Effect.flatten,
  );
  const attending = Effect.andThen(
    Effect.all([showing, listening], { concurrency: "unbounded" }),
    Effect.never,
  );
  return Effect.raceFirst(ended, attending);
}

const ANSWER_LIMIT_MILLIS = 5_000;

function answerAll<A, E, R>(
  waiting: ReadonlyArray<Callback<R>>,
  exit: Exit.Exit<A, AuthorizationCodeError<E>>,
): Effect.Effect<void, never, R> {
  const error = Option.getOrUndefined(Exit.findErrorOption(exit));
  const verdict: CallbackVerdict | undefined = Exit.isSuccess(exit)
    ? { _tag: "Authorized" }
    : error === undefined
    ? undefined
    : { _tag: "Failed", error };
  return verdict === undefined ? Effect.void : Effect.forEach(
    waiting,
    (callback) => tell(callback, verdict),
    { concurrency: "unbounded", discard: true },
  );
}

function tell<R>({ answer }: Callback<R>, verdict: CallbackVerdict): Effect.Effect<void, never, R> {
  return answer === undefined
    ? Effect.void
    : Effect.asVoid(Effect.timeoutOption(answer(verdict), ANSWER_LIMIT_MILLIS));
}

export {
  type AuthorizationCodeChart,
  type AuthorizationCodeFlow,
  type AuthorizationCodeServices,
  flow,
} from "./_authorization_code_flow.ts";
export {
  begin,
  type BegunLogin,
  complete,
  type HalfServices,
} from "./_authorization_code_halves.ts";
export { outcomeOf, resume, start } from "./_authorization_code_run.ts";
export type {
  Authorization,
  AuthorizationCodeOptions,
  ExpectedTokens,
  ValidateTokens,
} from "./authorization_code_options.ts";
export type { AuthorizationUrl };
