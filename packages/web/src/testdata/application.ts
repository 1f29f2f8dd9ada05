/** What the tests of web logins share: an application, a browser, a server by script. */
import { Effect, Layer, Option, Redacted, type Scope } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { HttpClient, HttpClientResponse } from "effect/http";
import type { FlowStore } from "@bellhop/core/flow/flow_store";
import { layerMemory as layerFlows } from "@bellhop/core/flow/memory_flow_store";
import type { Client } from "@bellhop/core/protocol/client";
import { generateKey, SealingKeys } from "@bellhop/core/protocol/seal";
import { layerMemory } from "@bellhop/core/session/memory_store";
import type { SessionStore } from "@bellhop/core/session/session_store";
import * as SessionVault from "@bellhop/core/session/session_vault";
import { layer as layerLogin, WebLogin } from "../web_login.ts";
import type { WebLoginError } from "../web_login_error.ts";
import type { WebLoginOptions } from "../web_login_options.ts";

export const origin = "https://app.example.com";
export const issuer = "https://as.example.com";

export const SECRETS = {
  code: "planted-code-0a41",
  accessToken: "planted-access-token-9d20",
  refreshToken: "planted-refresh-token-e7aa",
  clientSecret: "planted-client-secret-4b13",
} as const;

export const client: Client = {
  clientId: "app",
  authentication: {
    method: "client_secret_basic",
    clientSecret: Redacted.make(SECRETS.clientSecret),
  },
  server: {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    revocationEndpoint: `${issuer}/revoke`,
    endSessionEndpoint: `${issuer}/end`,
    authorizationResponseIssParameterSupported: true,
  },
};

/** An ID token that nobody signed. */
export function idTokenOf(subject: string): string {
  const claims = { iss: issuer, sub: subject, aud: "app", exp: 4_000_000_000, iat: 0, name: "Ada" };
  const payload = btoa(JSON.stringify(claims)).replace(/=+$/, "")
    .replaceAll("+", "-").replaceAll("/", "_");
  return `eyJhbGciOiJSUzI1NiJ9.${payload}.planted-signature-51feAA`;
}

/** The server by script. Its answers may be changed while it runs. */
export interface ScriptedServer {
  subject: string | undefined;
  /** Status of the next answers to a code. */
  status: number;
  /** What the token endpoint and the revocation endpoint were sent. */
  readonly seen: Array<{ readonly path: string; readonly form: URLSearchParams }>;
}

export function makeServer(): ScriptedServer {
  return { subject: "ada", status: 200, seen: [] };
}

function httpOf(server: ScriptedServer): Layer.Layer<HttpClient.HttpClient> {
  let issued = 0;
  return Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) =>
      Effect.sync(() => {
        const { body } = request;
        const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "";
        server.seen.push({ path: url.pathname, form: new URLSearchParams(text) });
        issued += 1;
        const answer = url.pathname === "/revoke" ? {} : server.status === 200
          ? {
            access_token: `${SECRETS.accessToken}-${issued}`,
            token_type: "Bearer",
            expires_in: 3600,
            refresh_token: `${SECRETS.refreshToken}-${issued}`,
            ...(server.subject === undefined ? {} : { id_token: idTokenOf(server.subject) }),
          }
          : { error: "invalid_grant" };
        const status = url.pathname === "/revoke" ? 200 : server.status;
        return HttpClientResponse.fromWeb(request, Response.json(answer, { status }));
      })
    ),
  );
}

/** What several processes of one application share. */
export const shared: Layer.Layer<
  FlowStore | SessionStore | SealingKeys | Aead.Aead | Digest.Digest | SecureRandom.SecureRandom
> = Layer.mergeAll(
  layerFlows(),
  layerMemory,
  Layer.effect(SealingKeys, Effect.map(generateKey(), (key) => ({ keys: [key] as const }))),
).pipe(
  Layer.provideMerge(Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto)),
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

/** One application, and what it was told. */
export interface Application {
  readonly web: WebLogin;
  readonly server: ScriptedServer;
  readonly failures: Array<WebLoginError>;
}

/** Starts a process of the application, on the ambient stores, until the scope closes. */
export const start = Effect.fnUntraced(
  function* (options: Partial<WebLoginOptions> = {}, server: ScriptedServer = makeServer()) {
    const failures: Array<WebLoginError> = [];
    const built = yield* Layer.build(
      layerLogin({
        client,
        origin,
        scope: ["openid"],
        onFailure: (error) => Effect.sync(() => failures.push(error)),
        ...options,
      }).pipe(
        Layer.provide(Layer.fresh(SessionVault.layer)),
        Layer.provide(httpOf(server)),
      ),
    );
    const web = yield* Effect.provide(WebLogin, built);
    return { web, server, failures } satisfies Application;
  },
);

/** A browser: its cookies, and how it sends requests. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** Each `Set-Cookie` line so far. */
  readonly lines: Array<string> = [];

  request(path: string, init: RequestInit = {}): Request {
    const headers = new Headers(init.headers);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookie !== "") headers.set("cookie", cookie);
    return new Request(new URL(path, origin), { ...init, headers });
  }

  keep(response: Response): Response {
    for (const line of response.headers.getSetCookie()) {
      this.lines.push(line);
      const [pair = "", ...attributes] = line.split("; ");
      const [name = "", value = ""] = pair.split("=", 2);
      if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  copy(): Browser {
    const other = new Browser();
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  get session(): string | undefined {
    return this.cookies.get("__Host-bellhop-session");
  }

  get logins(): ReadonlyArray<string> {
    return [...this.cookies.keys()].filter((name) => name.includes("-login-"));
  }
}

/** Begins a login; gives the callback's address as the server makes it. */
export const begin = Effect.fnUntraced(
  function* ({ web }: Application, browser: Browser, query = "") {
    const response = browser.keep(yield* web.login(browser.request(`/login${query}`)));
    const location = response.headers.get("location");
    if (location === null) return yield* Effect.die(`Login answered ${response.status}`);
    const asked = new URL(location).searchParams;
    const answer = new URLSearchParams({
      code: SECRETS.code,
      state: asked.get("state") ?? "",
      iss: issuer,
    });
    return `/callback?${answer}`;
  },
);

/** Comes back to the application. */
export const comeBack = Effect.fnUntraced(
  function* ({ web }: Application, browser: Browser, address: string) {
    return browser.keep(yield* web.callback(browser.request(address)));
  },
);

/** A whole login. */
export const signIn = Effect.fnUntraced(
  function* (application: Application, browser: Browser, query = "") {
    return yield* comeBack(application, browser, yield* begin(application, browser, query));
  },
);

/** Posts the form of a page of the application. */
export function logoutRequest(browser: Browser, headers: Record<string, string> = {}): Request {
  return browser.request("/logout", {
    method: "POST",
    headers: { origin, "sec-fetch-site": "same-origin", ...headers },
  });
}

/** Whose session the browser has, by the application. */
export const whoIs = Effect.fnUntraced(function* ({ web }: Application, browser: Browser) {
  const request = browser.request("/");
  const session = yield* web.session(request);
  const user = yield* web.user(request);
  return Option.isNone(session)
    ? undefined
    : Option.match(user, { onNone: () => "nobody known", onSome: ({ subject }) => subject });
}, Effect.scoped);

/** A test on fresh stores. */
export function on<A, E>(
  body: Effect.Effect<A, E, Layer.Success<typeof shared> | Scope.Scope>,
): Effect.Effect<A, E> {
  return Effect.scoped(Effect.provide(body, Layer.fresh(shared)));
}

/** The tags of what went wrong, the grant's own after a slash. */
export function tagsOf({ failures }: Application): ReadonlyArray<string> {
  return failures.map(({ reason }) =>
    reason._tag === "LoginFailed" ? `LoginFailed/${reason.error.reason._tag}` : reason._tag
  );
}
