/**
 * How a web application logs its users in.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import type {
  Authorization,
  AuthorizationCodeOptions,
} from "@bellhop/core/grant/authorization_code";
import type { ResponseMode } from "@bellhop/core/protocol/authorization_request";
import type { Session, SessionOptions } from "@bellhop/core/session/session";
import type { Notice } from "./notice.ts";
import type { WebLoginError } from "./web_login_error.ts";

/** Paths of this application. Each begins with a slash. */
export interface WebLoginPaths {
  /**
   * Where a login begins. Takes `return_to`, the path to go on to.
   *
   * @default "/login"
   */
  readonly login: string;
  /**
   * Where the browser comes back to. The redirect URI is the origin and this.
   *
   * @default "/callback"
   */
  readonly callback: string;
  /**
   * Where a form is posted to that ends the session.
   *
   * @default "/logout"
   */
  readonly logout: string;
  /**
   * Where a login goes on to that was begun without `return_to`, and a logout.
   *
   * @default "/"
   */
  readonly home: string;
}

/** What one login asks for beyond what all of them do. */
export type AskedOfUser = Pick<
  AuthorizationCodeOptions,
  "prompt" | "loginHint" | "acrValues" | "maxAgeSeconds" | "uiLocales"
>;

/** How the user's session is kept. */
export interface WebSessionOptions
  extends Omit<SessionOptions, "key" | "client" | "acquire" | "onReauthorizationRequired"> {
  /**
   * How long after a login the session ends, whatever has been done with it, in seconds.
   *
   * @default 1_209_600, two weeks
   */
  readonly lifetimeSeconds?: number | undefined;
  /**
   * How long a session stays in memory that nobody uses, in milliseconds.
   *
   * @default 300_000
   */
  readonly idleMillis?: number | undefined;
}

/** How cookies are named and written. */
export interface CookieSettings {
  /**
   * Tells the cookies of this application from others on the same host.
   *
   * @default "bellhop"
   */
  readonly name?: string | undefined;
  /**
   * `plain-on-loopback` leaves out the prefix `__Host-` and the attribute `Secure`, for a browser
   * that takes neither from `http://localhost` (Safari). Refused unless the origin is on loopback.
   *
   * @default "host", with both
   */
  readonly protection?: "host" | "plain-on-loopback" | undefined;
}

/** What is shown, and what links it needs. */
export interface PageRequest {
  /** What to say. */
  readonly notice: Notice;
  /** Where a login begins. */
  readonly loginPath: string;
  /** The application's first page. */
  readonly homePath: string;
}

/** For whom users are logged in, for what, and what becomes of it. */
export interface WebLoginOptions<A = undefined, E = never, R = never>
  extends Omit<AuthorizationCodeOptions<A, E, R>, "redirectUri" | "memo" | "responseMode"> {
  /**
   * Where users reach this application: scheme, host and port, such as `https://app.example.com`.
   * `http` on loopback only. No header of a request has a say in it.
   */
  readonly origin: string;
  /** Where its pages are. */
  readonly paths?: Partial<WebLoginPaths> | undefined;
  /**
   * How the answer comes back. With `form_post` the cookie of a login under way is `SameSite=None`,
   * since the browser posts from the server's page; the session's cookie stays `Lax`.
   *
   * @default "query"
   */
  readonly responseMode?: ResponseMode | undefined;
  /** What one login asks for, by its request: such as a `login_hint` of its query. */
  readonly ask?: ((request: Request) => AskedOfUser) | undefined;
  /** How the user's session is kept. */
  readonly session?: WebSessionOptions | undefined;
  /** How cookies are named and written. */
  readonly cookies?: CookieSettings | undefined;
  /**
   * Where the server sends the browser after a logout, exactly as it is registered there.
   *
   * @default the server's own page
   */
  readonly postLogoutRedirectUri?: string | undefined;
  /**
   * Whether a logout shows the server the ID token, in the URL that the browser opens. Without it
   * the server asks the user whether to sign out; with it one token passes through the browser.
   *
   * @default false
   */
  readonly sendsIdTokenHint?: boolean | undefined;
  /** Runs before the browser is told of a login that succeeded, which waits for it. */
  readonly onSignedIn?:
    | ((authorization: Authorization<A>, session: Session) => Effect.Effect<void, never, R>)
    | undefined;
  /** Told of whatever ended badly. It is waited for. */
  readonly onFailure?: ((error: WebLoginError) => Effect.Effect<void, never, R>) | undefined;
  /**
   * Makes the page of a failure. Its status, `Cache-Control`, `Referrer-Policy` and cookies are
   * seen to.
   *
   * @default a small page in English
   */
  readonly page?: ((page: PageRequest) => Response) | undefined;
}
