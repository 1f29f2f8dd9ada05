/**
 * Who may see what the inspector shows: whoever has its token, on this machine, and not through the
 * page of somebody else.
 *
 * @module
 */
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";

/** What opens the door. */
export interface Door {
  /** Address and port, as `Host` has to say them. */
  readonly authority: string;
  /** The token. */
  readonly token: Redacted.Redacted;
  /**
   * First part of the page's path, with a slash before it. Nobody can guess it: a browser sends the
   * cookies of 127.0.0.1 to the servers at all of its ports, but only to the paths they are for.
   */
  readonly room: string;
}

/** What a request says about itself. */
export interface Caller {
  /** Path and query, as they were sent. */
  readonly url: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** By name. */
  readonly cookies: Readonly<Record<string, string | undefined>>;
}

/** A caller that is let in. */
export interface Admitted {
  /** Without the query, and without the room. */
  readonly path: string;
  /** Whether it brought the token in the query, so that a cookie has to remember it. */
  readonly isNew: boolean;
}

/**
 * Lets a caller in who names this very server, comes from its own page or from no page, and has the
 * token. A host name that somebody else resolves to this machine (DNS rebinding) is another server's,
 * and so is a page at another port.
 */
export function admit(
  { url, headers, cookies }: Caller,
  { authority, token, room }: Door,
): Option.Option<Admitted> {
  if (!isHere(headers, authority) || !isPath(url)) return Option.none();
  const [place = "/", query = ""] = url.split("?", 2);
  const path = place.startsWith(`${room}/`) ? place.slice(room.length) : place;
  const asked = new URLSearchParams(query).get("token");
  const shown = asked ?? cookies[cookieName(authority)];
  if (shown === undefined || !isSame(shown, Redacted.value(token))) return Option.none();
  return Option.some({ path, isNew: asked !== null });
}

/** Whether a request names this server, and comes from its own page or from none. */
function isHere(
  { host, origin, "sec-fetch-site": site }: Caller["headers"],
  authority: string,
): boolean {
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  return isOwn && host === authority && (origin === undefined || origin === `http://${authority}`);
}

/** Whether it is a path, and no URL of another server. */
function isPath(url: string): boolean {
  return url.startsWith("/") && !url.startsWith("//");
}

/** Cookies know no ports: each server has its own name. */
export function cookieName(authority: string): string {
  return `bellhop_inspector_${authority.slice(authority.lastIndexOf(":") + 1)}`;
}

/** Takes as long wherever the first difference is. The length of a token is no secret. */
function isSame(shown: string, token: string): boolean {
  if (shown.length !== token.length) return false;
  let difference = 0;
  for (let i = 0; i < token.length; i++) difference |= shown.charCodeAt(i) ^ token.charCodeAt(i);
  return difference === 0;
}
