/**
 * Which URLs secrets may be sent to: HTTPS, and plain HTTP on this very machine.
 *
 * Loopback is 127.0.0.0/8, `[::1]` and the name `localhost`; nothing else, `*.localhost` included.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/secure_url";
 *
 * assert.ok(Result.isSuccess(parse("https://as.example.com/token")));
 * assert.ok(Result.isSuccess(parse("http://127.0.0.1:8080/token")));
 * assert.ok(Result.isFailure(parse("http://as.example.com/token")));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2.1 | RFC 6749 section 3.1.2.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 | RFC 8252 section 7.3}
 * @module
 */
import * as Data from "effect/Data";
import * as Result from "effect/Result";
import { visible } from "./redaction.ts";

/** Why a URL was refused. */
export type SecureUrlProblem = "notAUrl" | "notSecure" | "userinfo" | "fragment";

const descriptions: Record<SecureUrlProblem, string> = {
  notAUrl: "is not an absolute http or https URL",
  notSecure: "is not HTTPS and not on the loopback interface",
  userinfo: "holds a user name or password",
  fragment: "holds a fragment",
};

/** A URL that no request is sent to. */
export class SecureUrlError extends Data.Error<{
  readonly problem: SecureUrlProblem;
  /** Without query, user information and fragment. */
  readonly url: string;
}> {
  override readonly name = "SecureUrlError";
  readonly _tag = "SecureUrlError";
  override readonly message: string = `"${this.url}" ${descriptions[this.problem]}`;
}

/**
 * Parses a URL that secrets may be sent to.
 *
 * Stricter than `URL`: no white space, control characters or backslashes, which it would silently
 * repair.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/secure_url";
 *
 * const refused = Result.getFailure(parse("https://user:pass@as.example.com/"));
 * assert.equal(refused._tag === "Some" && refused.value.problem, "userinfo");
 * ```
 *
 * @param url An absolute URL.
 * @returns The URL, or the reason it was refused.
 */
export function parse(url: string): Result.Result<URL, SecureUrlError> {
  const parsed = parseStrictly(url);
  if (parsed === undefined) return refuse("notAUrl", url);
  if (parsed.username !== "" || parsed.password !== "") return refuse("userinfo", url);
  if (url.includes("#")) return refuse("fragment", url);
  if (parsed.protocol === "http:" && !isLoopback(parsed.hostname)) return refuse("notSecure", url);
  return Result.succeed(parsed);
}

/**
 * Whether a host is this very machine: 127.0.0.0/8, `[::1]`, `localhost`.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { isLoopback } from "@bellhop/core/protocol/secure_url";
 *
 * assert.ok(isLoopback("127.0.0.53"));
 * assert.ok(!isLoopback("localhost.example.com"));
 * ```
 *
 * @param hostname As `URL` writes it: lower case, IPv6 in brackets.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/**
 * A URL as it may be shown: without query, user information and fragment.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { stripped } from "@bellhop/core/protocol/secure_url";
 *
 * assert.equal(
 *   stripped("https://me:pw@as.example.com/token?key=1#top"),
 *   "https://as.example.com/token",
 * );
 * ```
 *
 * @param url Any text; what is no URL is cut at the same places.
 * @returns At most 500 characters, no control characters.
 */
export function stripped(url: string): string {
  const cut = url.replace(/[?#].*$/s, "").replace(/^([a-z][\w+.-]*:[/\\]+)?[^/\\]*@/i, "$1");
  return visible(cut).replace(/\s/g, "").slice(0, 500);
}

function parseStrictly(url: string): URL | undefined {
  if (!/^https?:\/\/[^/\\?#]/i.test(url) || /[\s\\\p{Cc}]/u.test(url)) return undefined;
  return URL.canParse(url) ? new URL(url) : undefined;
}

function refuse(problem: SecureUrlProblem, url: string): Result.Result<never, SecureUrlError> {
  return Result.fail(new SecureUrlError({ problem, url: stripped(url) }));
}
