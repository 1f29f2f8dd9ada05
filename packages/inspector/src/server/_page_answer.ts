/**
 * What the inspector's server answers.
 *
 * @module
 */
import type * as Stream from "effect/Stream";
import * as Cookies from "effect/http/Cookies";
import * as HttpServerResponse from "effect/http/HttpServerResponse";

/** The files of a page, by their paths without a leading slash. `index.html` is the page itself. */
export type PageFiles = Readonly<Record<string, PageFile>>;

/** One file. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** Text. */
  readonly body: string;
}

/** Nothing is kept, framed, guessed at, or fetched from anywhere else. */
const headers: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Says nothing but no. */
export function refusal(status: 400 | 403 | 404 | 405): HttpServerResponse.HttpServerResponse {
  return HttpServerResponse.empty({
    status,
    headers: status === 405 ? { ...headers, allow: "GET, HEAD" } : headers,
  });
}

/** One file of the page, where there is such a file. */
export function file(files: PageFiles, path: string): HttpServerResponse.HttpServerResponse {
  const name = path === "/" ? "index.html" : path.slice(1);
  const found = Object.hasOwn(files, name) ? files[name] : undefined;
  return found === undefined
    ? refusal(404)
    : HttpServerResponse.text(found.body, { headers, contentType: found.type });
}

/** Something that goes on. */
export function stream(
  body: Stream.Stream<Uint8Array>,
  contentType: string,
  more: Readonly<Record<string, string>> = {},
): HttpServerResponse.HttpServerResponse {
  return HttpServerResponse.stream(body, { headers: { ...headers, ...more }, contentType });
}

/** Remembers the token for one path and what is below, and asks for that path without it. */
export function remembering(
  path: string,
  { name, token }: { readonly name: string; readonly token: string },
): HttpServerResponse.HttpServerResponse {
  const cookies = Cookies.fromIterable([
    Cookies.makeCookieUnsafe(name, token, { httpOnly: true, sameSite: "strict", path }),
  ]);
  return HttpServerResponse.empty({
    status: 303,
    headers: { ...headers, location: path },
    cookies,
  });
}
