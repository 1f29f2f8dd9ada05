/** The options of web logins, checked and with their defaults. */
import * as Result from "effect/Result";
import { isLoopback } from "@bellhop/core/protocol/secure_url";
import { parse } from "./return_to.ts";
import { WebLoginConfigError, type WebLoginConfigProblem } from "./web_login_config_error.ts";
import type { WebLoginOptions, WebLoginPaths } from "./web_login_options.ts";

/** What the handlers go by. */
export interface Settings {
  readonly origin: string;
  readonly paths: WebLoginPaths;
  readonly redirectUri: string;
  readonly cookieName: string;
  readonly isSecure: boolean;
  readonly isFormPost: boolean;
  readonly lifetimeMillis: number;
  readonly sessionSeconds: number;
}

const defaultPaths: WebLoginPaths = {
  login: "/login",
  callback: "/callback",
  logout: "/logout",
  home: "/",
};

/** The settings, or what is wrong with the options. */
export function settingsOf<A, E, R>(
  options: WebLoginOptions<A, E, R>,
): Result.Result<Settings, WebLoginConfigError> {
  const { name = "bellhop", protection = "host" } = options.cookies ?? {};
  const { lifetimeSeconds = 1_209_600 } = options.session ?? {};
  const paths = pathsOf(options.paths ?? {});
  const settings: Settings = {
    origin: options.origin,
    paths,
    redirectUri: options.origin + paths.callback,
    cookieName: name,
    isSecure: protection === "host",
    isFormPost: options.responseMode === "form_post",
    lifetimeMillis: options.lifetimeMillis ?? 600_000,
    sessionSeconds: lifetimeSeconds,
  };
  const found = problemOf(settings);
  return found === undefined
    ? Result.succeed(settings)
    : Result.fail(new WebLoginConfigError({ problem: found[0], description: found[1] }));
}

type Problem = readonly [WebLoginConfigProblem, description: string];

function problemOf(settings: Settings): Problem | undefined {
  return originProblem(settings) ?? cookieProblem(settings) ?? pathProblem(settings) ??
    lifetimeProblem(settings);
}

function originProblem({ origin }: Settings): Problem | undefined {
  const url = URL.parse(origin);
  if (url === null || url.origin !== origin) {
    return ["origin", `"${origin}" is not an origin such as "https://app.example.com"`];
  }
  const isFit = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  return isFit
    ? undefined
    : ["origin", `"${origin}" is neither HTTPS nor on the loopback interface`];
}

function cookieProblem(
  { cookieName, isFormPost, isSecure, origin }: Settings,
): Problem | undefined {
  if (!isSecure && (isFormPost || !isLoopback(new URL(origin).hostname))) {
    return ["cookies", "plain cookies are for loopback, and not for form_post"];
  }
  return /^[A-Za-z0-9_-]{1,40}$/.test(cookieName)
    ? undefined
    : ["cookies", "a cookie's name is 1 to 40 letters, digits, hyphens or underscores"];
}

function pathProblem({ paths }: Settings): Problem | undefined {
  const unfit = Object.values(paths).find((path: string) =>
    Result.isFailure(parse(path)) || /[?#:*]/.test(path)
  );
  if (unfit !== undefined) return ["paths", `"${unfit}" is not a plain path`];
  return new Set([paths.login, paths.callback, paths.logout]).size === 3
    ? undefined
    : ["paths", "login, callback and logout need a path each"];
}

function lifetimeProblem({ sessionSeconds }: Settings): Problem | undefined {
  return Number.isSafeInteger(sessionSeconds) && sessionSeconds > 0
    ? undefined
    : ["lifetime", "a session lives for a whole number of seconds"];
}

function pathsOf(paths: Partial<WebLoginPaths>): WebLoginPaths {
  return {
    login: paths.login ?? defaultPaths.login,
    callback: paths.callback ?? defaultPaths.callback,
    logout: paths.logout ?? defaultPaths.logout,
    home: paths.home ?? defaultPaths.home,
  };
}
