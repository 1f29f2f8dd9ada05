/** The first half of a login: the browser is bound to it and sent to the server. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { begin } from "@bellhop/core/grant/authorization_code";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import { boundTo } from "./_bound_store.ts";
import * as KeptSession from "./_kept_session.ts";
import { bind, forgetOldest, nameFor } from "./_login_cookie.ts";
import * as LoginMemo from "./_login_memo.ts";
import { isNavigation } from "./_request_origin.ts";
import { type Handler, refuse, seeOther, type Site, type Visit } from "./_site.ts";
import { digestOf, makeSecret } from "./_ticket.ts";
import { parse } from "./return_to.ts";
import { LoginFailed, MethodRefused, NotNavigation, ReturnRefused } from "./web_login_error.ts";
import type { WebLoginError } from "./web_login_error.ts";

/** Begins a login. */
export const login: Handler = Effect.fnUntraced(
  function* <A, E, R>(site: Site<A, E, R>, { cookies, request }: Visit) {
    const { options, settings, store } = site;
    if (request.method !== "GET") return yield* refuse(new MethodRefused({ allowed: "GET" }));
    if (!isNavigation(request.headers)) return yield* refuse(new NotNavigation());
    const returnTo = yield* returnToOf(request, settings.paths.home);
    // A session that does not open any more must not be in the way of a new one.
    const replaced = yield* Effect.orElseSucceed(
      KeptSession.find(site, request.headers),
      () => Option.none<KeptSession.KeptSession>(),
    );
    const binding = yield* makeSecret;
    const begun = yield* begin({
      ...options,
      ...options.ask?.(request),
      redirectUri: settings.redirectUri,
      memo: LoginMemo.write({
        returnTo,
        binding: yield* digestOf(Redacted.value(binding)),
        replaces: Option.getOrUndefined(replaced)?.key,
      }),
    }).pipe(
      Effect.provideServiceEffect(FlowStore, boundTo(store, binding)),
      Effect.catch((error) => refuse(new LoginFailed({ error }))),
    );
    cookies.push(
      ...forgetOldest(settings, request.headers),
      bind(settings, yield* nameFor(settings, begun.state), binding),
    );
    return seeOther(Redacted.value(begun.url));
  },
);

function returnToOf(request: Request, home: string): Effect.Effect<string, WebLoginError> {
  const wanted = new URL(request.url).searchParams.getAll("return_to");
  // Two of them: who reads the first and who the last would not agree.
  const parsed = wanted.length > 1 ? parse("") : parse(wanted[0] ?? home);
  return Result.isSuccess(parsed)
    ? Effect.succeed(parsed.success)
    : refuse(new ReturnRefused({ error: parsed.failure }));
}
