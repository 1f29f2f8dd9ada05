/**
 * The pages of the demonstration as routes: who is signed in, and a call of the protected API.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpRouter from "effect/http/HttpRouter";
import type * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as SessionClient from "@bellhop/core/http/session_client";
import { fetchUserinfo } from "@bellhop/core/endpoint/userinfo";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import { expiresAtMillis } from "@bellhop/core/protocol/token_set";
import type { Session } from "@bellhop/core/session/session";
import type { IdTokenClaims } from "@bellhop/core/protocol/id_token_claims";
import * as Routes from "@bellhop/web/routes";
import type { WebLogin } from "@bellhop/web/web_login";
import { type ApiCall, problemPage, profilePage, welcomePage } from "./page.ts";
import { SeenTokens } from "./seen_tokens.ts";

/** What the pages need. */
export type PageServices = HttpClient.HttpClient | HttpRouter.HttpRouter | WebLogin;

/**
 * Adds the pages, and login, callback and logout, to the router.
 *
 * @param server Where users sign in, and where the protected API is.
 */
export function layer(server: ServerMetadata): Layer.Layer<never, never, PageServices> {
  const seen = new SeenTokens();
  const home = served((user, session) => profileOf({ server, session, user }));
  const apiCall = served((user, session) =>
    Effect.flatMap(
      callApi(session, server.issuer, seen),
      (call) => profileOf({ server, session, user }, call),
    )
  );
  const pages = HttpRouter.use((router) =>
    Effect.gen(function* () {
      const services = yield* Effect.context<HttpClient.HttpClient | WebLogin>();
      yield* router.add("GET", "/", Effect.provide(home, services));
      yield* router.add("POST", "/api-call", Effect.provide(apiCall, services));
    })
  );
  return Layer.merge(Routes.layer, pages);
}

interface Profile {
  readonly server: ServerMetadata;
  readonly session: Session;
  readonly user: IdTokenClaims;
}

type Page<R> = (
  user: IdTokenClaims,
  session: Session,
) => Effect.Effect<HttpServerResponse.HttpServerResponse, { readonly message: string }, R>;

/** A page for who is signed in; the welcome page for anybody else. */
function served<R>(page: Page<R>) {
  return Effect.gen(function* () {
    const session = yield* Routes.currentSession;
    const user = yield* Routes.currentUser;
    return Option.isSome(session) && Option.isSome(user)
      ? yield* page(user.value, session.value)
      : welcomePage();
  }).pipe(Effect.catch(({ message }) => Effect.succeed(problemPage(`${message}.`, 502))));
}

/** Who it is, as the server tells now: an ID token need not hold a name. */
const profileOf = Effect.fnUntraced(
  function* ({ server, session, user: { subject } }: Profile, call?: ApiCall) {
    const { accessToken } = yield* session.token();
    const { members } = yield* fetchUserinfo(server, accessToken, { subject });
    const text = (name: string) => typeof members[name] === "string" ? members[name] : "";
    return profilePage({ name: text("name") || subject, email: text("email"), subject, call });
  },
);

/** Calls the API as the user. The token is renewed where it has to be, and never seen here. */
const callApi = Effect.fnUntraced(
  function* (session: Session, apiOrigin: string, seen: SeenTokens) {
    const http = yield* HttpClient.HttpClient;
    const client = yield* SessionClient.make(http, session, { origins: [apiOrigin] });
    const response = yield* client.get(`${apiOrigin}/api/me`);
    const body = JSON.stringify(yield* response.json, undefined, 2);
    const tokens = yield* session.token();
    const { count, isNew } = seen.note(session.key, tokens.accessToken);
    const leftMillis = (expiresAtMillis(tokens) ?? 0) - (yield* Clock.currentTimeMillis);
    return {
      status: response.status,
      body,
      tokens: count,
      secondsLeft: Math.max(0, Math.round(leftMillis / 1000)),
      isRenewed: isNew && count > 1,
    };
  },
);
