/** The second half of a login: the browser is back, and gets a session for its code. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import { type Authorization, complete } from "@bellhop/core/grant/authorization_code";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import {
  type CallbackParameters,
  fromUrl,
  stateOf,
} from "@bellhop/core/protocol/authorization_response";
import { boundTo } from "./_bound_store.ts";
import * as Cookie from "./_cookie.ts";
import * as KeptSession from "./_kept_session.ts";
import * as LoginCookie from "./_login_cookie.ts";
import * as LoginMemo from "./_login_memo.ts";
import { readForm } from "./_posted_form.ts";
import { replace } from "./_replaced_session.ts";
import {
  type Handler,
  refuse,
  seeOther,
  sessionCookieOf,
  type Site,
  type Visit,
  type WebLoginServices,
} from "./_site.ts";
import { digestOf, makeSessionId, sessionKeyOf } from "./_ticket.ts";
import {
  LoginFailed,
  MethodRefused,
  NotBound,
  SessionFailed,
  type WebLoginError,
} from "./web_login_error.ts";

/** Ends a login. */
export const callback: Handler = Effect.fnUntraced(
  function* <A, E, R>(site: Site<A, E, R>, visit: Visit) {
    const { settings } = site;
    const { cookies, request: { headers } } = visit;
    const parameters = yield* parametersOf(site, visit.request);
    const state = stateOf(parameters);
    if (state === undefined) return yield* refuse(new NotBound());
    const name = yield* LoginCookie.nameFor(settings, state);
    const binding = LoginCookie.held(settings, name, headers);
    if (binding === undefined) return yield* refuse(new NotBound());
    const authorization = yield* finish(site, parameters, binding).pipe(
      Effect.tapError((error) =>
        Effect.sync(() => {
          if (!isWaitingStill(error)) cookies.push(LoginCookie.forget(settings, name));
        })
      ),
    );
    cookies.push(LoginCookie.forget(settings, name));
    const memo = LoginMemo.read(authorization.memo);
    // Whoever can write to the store could lay another's flow here, sealed as it is.
    if (
      Option.isNone(memo) || memo.value.binding !== (yield* digestOf(Redacted.value(binding)))
    ) {
      return yield* refuse(new NotBound());
    }
    const key = yield* keep(site, visit, authorization);
    const held = Option.map(
      yield* Effect.orElseSucceed(
        KeptSession.find(site, headers),
        () => Option.none<KeptSession.KeptSession>(),
      ),
      (kept) => kept.key,
    );
    yield* replace(site, {
      by: key,
      keys: [
        ...Option.toArray(held),
        ...Option.toArray(Option.fromUndefinedOr(memo.value.replaces)),
      ],
    });
    return seeOther(memo.value.returnTo);
  },
);

function parametersOf<A, E, R>(
  { settings: { isFormPost } }: Site<A, E, R>,
  request: Request,
): Effect.Effect<CallbackParameters, WebLoginError> {
  const allowed = isFormPost ? "POST" : "GET";
  if (request.method !== allowed) return refuse(new MethodRefused({ allowed }));
  return isFormPost ? readForm(request) : Effect.succeed(fromUrl(request.url));
}

function finish<A, E, R>(
  { options, settings, store }: Site<A, E, R>,
  parameters: CallbackParameters,
  binding: Redacted.Redacted,
): Effect.Effect<Authorization<A>, WebLoginError, WebLoginServices | R> {
  return complete({ ...options, redirectUri: settings.redirectUri }, parameters).pipe(
    Effect.provideServiceEffect(FlowStore, boundTo(store, binding)),
    Effect.catch((error) => refuse(new LoginFailed({ error }))),
  );
}

/** The store did not answer: the flow may lie there yet, and the page be loaded again. */
function isWaitingStill({ reason }: WebLoginError): boolean {
  return reason._tag === "LoginFailed" && reason.error._tag === "FlowStoreError";
}

/** A new session with a new ID, whatever the browser held before. */
const keep: <A, E, R>(
  site: Site<A, E, R>,
  visit: Visit,
  authorization: Authorization<A>,
) => Effect.Effect<string, WebLoginError, WebLoginServices | R> = Effect.fnUntraced(
  function* <A, E, R>(
    { options, registry, settings }: Site<A, E, R>,
    { cookies }: Visit,
    authorization: Authorization<A>,
  ) {
    const id = yield* makeSessionId;
    const key = yield* sessionKeyOf(id);
    const { resource, scope } = options;
    const session = yield* registry.get(key);
    yield* session.signIn(authorization.tokens, { scope, resource });
    yield* options.onSignedIn?.(authorization, session) ?? Effect.void;
    cookies.push(
      Cookie.write(sessionCookieOf(settings), Redacted.value(id.text), {
        isSecure: settings.isSecure,
        sameSite: "Lax",
        maxAgeSeconds: settings.sessionSeconds,
      }),
    );
    return key;
  },
  Effect.scoped,
  Effect.catchTag("SessionError", (error) => refuse(new SessionFailed({ error }))),
);
