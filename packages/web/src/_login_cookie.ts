/**
 * The cookies of logins under way: one for each, named after its state, so that logins in several
 * tabs do not get in each other's way.
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type * as Digest from "effect/crypto/Digest";
import * as Cookie from "./_cookie.ts";
import type { Settings } from "./_settings.ts";
import { digestOf, readSecret } from "./_ticket.ts";

/** How many logins of one browser are kept in mind, so that its cookies do not outgrow a request. */
const maxLogins = 8;

/** The name of a login's cookie. */
export function nameFor(
  { cookieName }: Settings,
  state: Redacted.Redacted,
): Effect.Effect<string, never, Digest.Digest> {
  return Effect.map(
    digestOf(`bellhop web cookie\n${Redacted.value(state)}`),
    (digest) => `${cookieName}-login-${digest.slice(0, 16)}`,
  );
}

/** Binds a login to the browser. */
export function bind(settings: Settings, name: string, secret: Redacted.Redacted): string {
  return Cookie.write(name, Redacted.value(secret), {
    ...manner(settings),
    maxAgeSeconds: Math.ceil(settings.lifetimeMillis / 1000),
  });
}

/** Forgets a login. */
export function forget(settings: Settings, name: string): string {
  return Cookie.write(name, "", { ...manner(settings), maxAgeSeconds: 0 });
}

/** What the browser holds for a login. */
export function held(
  settings: Settings,
  name: string,
  headers: Headers,
): Redacted.Redacted | undefined {
  return readSecret(Cookie.read(headers, Cookie.nameOf(name, settings.isSecure)));
}

/** Forgets the oldest, which browsers send first, where one more would be too many. */
export function forgetOldest(settings: Settings, headers: Headers): ReadonlyArray<string> {
  const prefix = Cookie.nameOf(`${settings.cookieName}-login-`, settings.isSecure);
  const names = [...new Set(Cookie.readAll(headers).map(([name]) => name))].filter((name) =>
    name.startsWith(prefix) && /^[A-Za-z0-9_-]{16}$/.test(name.slice(prefix.length))
  );
  return names.slice(0, Math.max(0, names.length - (maxLogins - 1))).map((name) =>
    forget(settings, `${settings.cookieName}-login-${name.slice(prefix.length)}`)
  );
}

function manner(
  { isFormPost, isSecure }: Settings,
): Pick<Cookie.CookieOptions, "isSecure" | "sameSite"> {
  return { isSecure, sameSite: isFormPost ? "None" : "Lax" };
}
