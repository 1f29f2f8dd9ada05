import type { WebLogin } from "./web_login.ts";

/** Who answers requests for a path, if it is one of the login's. */
export function handlerAt(web: WebLogin, path: string): WebLogin["login"] | undefined {
  switch (path) {
    case web.paths.login:
      return web.login;
    case web.paths.callback:
      return web.callback;
    case web.paths.logout:
      return web.logout;
    default:
      return undefined;
  }
}
