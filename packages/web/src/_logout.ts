/** The end of a session: here, and at the server. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { endSessionUrl } from "@bellhop/core/protocol/end_session_request";
import * as KeptSession from "./_kept_session.ts";
import { isFromOwnPage } from "./_request_origin.ts";
import { clearSession, type Handler, refuse, seeOther, type Site, type Visit } from "./_site.ts";
import {
  CrossSite,
  MethodRefused,
  NotRevoked,
  SessionFailed,
  WebLoginError,
} from "./web_login_error.ts";

/** Ends the session of whoever posts this form on a page of the application. */
export const logout: Handler = Effect.fnUntraced(
  function* <A, E, R>(site: Site<A, E, R>, { cookies, request }: Visit) {
    const { settings } = site;
    if (request.method !== "POST") return yield* refuse(new MethodRefused({ allowed: "POST" }));
    if (!isFromOwnPage(request.headers, settings.origin)) return yield* refuse(new CrossSite());
    cookies.push(clearSession(site));
    const kept = yield* KeptSession.find(site, request.headers);
    if (Option.isNone(kept)) return seeOther(settings.paths.home);
    yield* end(site, kept.value.key);
    return seeOther(Option.getOrElse(
      addressAtServer(site, kept.value),
      () => settings.paths.home,
    ));
  },
);

const end = Effect.fnUntraced(
  function* <A, E, R>({ options, registry }: Site<A, E, R>, key: string) {
    const session = yield* registry.get(key);
    const { untold } = yield* session.revoke();
    yield* registry.evict(key);
    if (untold.length > 0 && options.client.server.revocationEndpoint !== undefined) {
      const reason = new NotRevoked({ errors: untold });
      yield* options.onFailure?.(new WebLoginError({ reason })) ?? Effect.void;
    }
  },
  Effect.scoped,
  // Who closes the window at once is signed out all the same.
  Effect.uninterruptible,
  Effect.catchTag("SessionError", (error) => refuse(new SessionFailed({ error }))),
);

/** Where the server ends its own session with the user, if it does. */
function addressAtServer<A, E, R>(
  { options: { client, postLogoutRedirectUri, sendsIdTokenHint = false } }: Site<A, E, R>,
  { record }: KeptSession.KeptSession,
): Option.Option<string> {
  const idToken = KeptSession.idTokenOf(record);
  // Without one the session is plain OAuth's, of which that endpoint knows nothing.
  if (Option.isNone(idToken)) return Option.none();
  const url = endSessionUrl(client, {
    postLogoutRedirectUri,
    ...(sendsIdTokenHint ? { idToken: idToken.value } : {}),
  });
  return Option.map(Result.getSuccess(url), Redacted.value);
}
