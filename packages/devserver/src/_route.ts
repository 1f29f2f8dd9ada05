import type { FaultEndpoint } from "./fault.ts";

/** Paths of the authorization server, under the names of its library. */
export interface Routes {
  readonly authorization: string;
  readonly code_verification: string;
  readonly device_authorization: string;
  readonly end_session: string;
  readonly introspection: string;
  readonly jwks: string;
  readonly pushed_authorization_request: string;
  readonly revocation: string;
  readonly token: string;
  readonly userinfo: string;
}

export function routes(): Routes {
  return {
    authorization: "/auth",
    code_verification: "/device",
    device_authorization: "/device/auth",
    end_session: "/session/end",
    introspection: "/token/introspection",
    jwks: "/jwks",
    pushed_authorization_request: "/request",
    revocation: "/token/revocation",
    token: "/token",
    userinfo: "/userinfo",
  };
}

/** Paths of the metadata document, RFC 8414 and OIDC form. */
export function discoveryPaths(): ReadonlyArray<string> {
  return ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];
}

/** Whether a request for `path` goes to `endpoint`. */
export function isAt(endpoint: FaultEndpoint, path: string): boolean {
  switch (endpoint) {
    case "discovery":
      return discoveryPaths().includes(path);
    case "api":
      return path.startsWith("/api/");
    default:
      return path === (endpoint.startsWith("/") ? endpoint : routes()[endpoint as keyof Routes]);
  }
}

/** Path of a request without its query. */
export function pathOf(url: string | undefined): string {
  return (url ?? "/").split(/[?#]/, 1)[0] ?? "/";
}

/** Whether a person looks at the path in a browser. */
export function isPage(path: string): boolean {
  const { authorization, code_verification, device_authorization, end_session } = routes();
  return path !== device_authorization &&
    (path === "/" || [authorization, code_verification, "/interaction", end_session]
      .some((root) => path === root || path.startsWith(`${root}/`)));
}
