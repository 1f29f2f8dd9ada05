/**
 * Claims about a user, for people.
 *
 * @module
 */
import { bold, type Screen } from "./screen.ts";
import { oneLine } from "./user_code_view.ts";
import type { Claims } from "./userinfo.ts";

/** What people look for comes first. OpenID Connect Core section 5.1. */
const first: ReadonlyArray<string> = ["name", "preferred_username", "email", "sub", "iss"];

/** Claims whose numbers count seconds since 1970. */
const times: ReadonlySet<string> = new Set(["exp", "iat", "nbf", "auth_time", "updated_at"]);

/** Writes one claim a line. */
export function claimsTable(claims: Claims, screen: Screen): string {
  const names = Object.keys(claims).toSorted((one, other) => rankOf(one) - rankOf(other));
  const width = Math.max(0, ...names.map((name) => oneLine(name).length));
  return names
    .map((name) => `${bold(screen, oneLine(name).padEnd(width))}  ${textOf(name, claims[name])}`)
    .join("\n");
}

function rankOf(name: string): number {
  const at = first.indexOf(name);
  return at < 0 ? first.length : at;
}

function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return oneLine(value);
  const millis = typeof value === "number" && times.has(name) ? value * 1000 : Number.NaN;
  return Math.abs(millis) <= maxMillis
    ? new Date(millis).toISOString().replace(/\.\d+Z$/, "Z")
    : oneLine(JSON.stringify(value));
}

/** The last instant that a `Date` can hold. */
const maxMillis = 8_640_000_000_000_000;
