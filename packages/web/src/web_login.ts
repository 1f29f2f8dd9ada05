/**
 * Logins of a web application: three handlers, from a Web-standard `Request` to a `Response`, and
 * who a request is of.
 *
 * The tokens stay on the server, in a session of `@bellhop/core/session/session` that renews them.
 * The browser holds a random ID of which the store knows the digest only. A login under way lies,
 * sealed, in the flow store; it takes the browser that began it to find it there, once. What a
 * request must not do it does not: whoever sends it sees a page that says so, and nothing changes.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { FetchHttpClient } from "effect/http";
 * import { layerMemory as layerFlows } from "@bellhop/core/flow/memory_flow_store";
 * import { generateKey, layer as layerKeys } from "@bellhop/core/protocol/seal";
 * import { layerMemory } from "@bellhop/core/session/memory_store";
 * import * as SessionVault from "@bellhop/core/session/session_vault";
 * import { layer, WebLogin } from "@bellhop/web/web_login";
 *
 * const client = {
 *   clientId: "app",
 *   authentication: { method: "none" },
 *   server: {
 *     issuer: "https://as.example.com",
 *     authorizationEndpoint: "https://as.example.com/authorize",
 *     tokenEndpoint: "https://as.example.com/token",
 *   },
 * } as const;
 *
 * const program = Effect.gen(function* () {
 *   const web = yield* WebLogin;
 *   const response = yield* web.login(new Request("https://app.example.com/login?return_to=/inbox"));
 *   assert.equal(response.status, 303);
 *   assert.match(response.headers.get("location") ?? "", /^https:\/\/as\.example\.com\/authorize\?/);
 *   assert.match(response.headers.get("set-cookie") ?? "", /^__Host-bellhop-login-/);
 * });
 *
 * const keys = Layer.unwrap(Effect.map(generateKey(), (key) => layerKeys([key])));
 * const login = layer({ client, origin: "https://app.example.com" }).pipe(
 *   Layer.provide([SessionVault.layer, layerFlows(), FetchHttpClient.layer]),
 *   Layer.provide([layerMemory, keys]),
 *   Layer.provide(Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto)),
 *   Layer.provide(SecureRandom.layerWebCrypto),
 * );
 * await Effect.runPromise(program.pipe(Effect.provide(login)));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.7 | RFC 9700 section 4.7}
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import * as Digest from "effect/crypto/Digest";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import type { IdTokenClaims } from "@bellhop/core/protocol/id_token_claims";
import type { Session } from "@bellhop/core/session/session";
import * as SessionRegistry from "@bellhop/core/session/session_registry";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { callback } from "./_callback.ts";
import * as KeptSession from "./_kept_session.ts";
import { login } from "./_login.ts";
import { logout } from "./_logout.ts";
import { makePages } from "./_page_html.ts";
import { settingsOf } from "./_settings.ts";
import type { Handler, Site, WebLoginServices } from "./_site.ts";
import { answer } from "./_answer.ts";
import type { WebLoginConfigError } from "./web_login_config_error.ts";
import type { WebLoginError } from "./web_login_error.ts";
import type { WebLoginOptions, WebLoginPaths } from "./web_login_options.ts";

export type { WebLoginServices } from "./_site.ts";

/** What of a request tells who it is of. */
export type Cookied = Pick<Request, "headers">;

/** Logins of one web application. */
export interface WebLogin {
  /**
   * Sends the browser to the server. Takes a GET that opens a page, and in its query `return_to`,
   * a path of this application.
   */
  readonly login: (request: Request) => Effect.Effect<Response>;
  /**
   * Takes the browser back, with its code. A callback that is forged, replayed, late or from
   * another browser is refused; a session that the browser has stays as it is.
   */
  readonly callback: (request: Request) => Effect.Effect<Response>;
  /**
   * Ends the session: the tokens are revoked and forgotten, then the browser is sent to where the
   * server ends its own session, if it does. Takes a POST from a page of this application only.
   */
  readonly logout: (request: Request) => Effect.Effect<Response>;
  /**
   * The session of whoever sends a request, until the scope closes. None where nobody is signed in,
   * or only a new login helps. Fails with `SessionFailed` where the store does not answer.
   */
  readonly session: (
    request: Cookied,
  ) => Effect.Effect<Option.Option<Session>, WebLoginError, Scope.Scope>;
  /**
   * Who sends a request, by the ID token of the login. None where nobody is signed in, and where
   * the login brought no ID token. It was validated if the options have a `validate` that does. A
   * server that gives no refresh token leaves a user signed in who has no token any more.
   */
  readonly user: (request: Cookied) => Effect.Effect<Option.Option<IdTokenClaims>, WebLoginError>;
  /** Where the handlers are reached. */
  readonly paths: WebLoginPaths;
}

/** Key of the {@linkcode WebLogin} service. */
export const WebLogin: Context.Service<WebLogin, WebLogin> = Context.Service(
  "@bellhop/web/web_login/WebLogin",
);

/**
 * Provides logins. The module's example shows it.
 *
 * @param options For whom, and where. Fails with `WebLoginConfigError` where nothing can come of
 * them.
 */
export function layer<A = undefined, E = never, R = never>(
  options: WebLoginOptions<A, E, R>,
): Layer.Layer<WebLogin, WebLoginConfigError, WebLoginServices | R> {
  return Layer.effect(WebLogin, make(options)) as Layer.Layer<
    WebLogin,
    WebLoginConfigError,
    WebLoginServices | R
  >;
}

const make = Effect.fnUntraced(
  function* <A, E, R>(options: WebLoginOptions<A, E, R>) {
    const settings = yield* Effect.fromResult(settingsOf(options));
    const services = yield* Effect.context<WebLoginServices | R>();
    const { idleMillis, lifetimeSeconds: _, ...session } = options.session ?? {};
    const site: Site<A, E, R> = {
      options,
      settings,
      store: yield* FlowStore,
      vault: yield* SessionVault,
      registry: yield* SessionRegistry.make({
        optionsOf: () => ({ ...session, client: options.client }),
        idleMillis,
      }),
      scope: yield* Effect.scope,
    };
    const pages = yield* makePages;
    const digest = yield* Digest.Digest;
    const handling = (name: string, handler: Handler) => (request: Request) =>
      answer(site, { request, handler, pages }).pipe(
        Effect.provide(services),
        Effect.withSpan(`WebLogin.${name}`),
      );
    return WebLogin.of({
      login: handling("login", login),
      callback: handling("callback", callback),
      logout: handling("logout", logout),
      session: ({ headers }) =>
        Effect.provideService(KeptSession.open(site, headers), Digest.Digest, digest),
      user: ({ headers }) =>
        KeptSession.find(site, headers).pipe(
          Effect.map(Option.flatMap(KeptSession.userOf)),
          Effect.provideService(Digest.Digest, digest),
        ),
      paths: settings.paths,
    });
  },
);
