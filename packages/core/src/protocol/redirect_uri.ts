/**
 * Redirect URIs: where the authorization server sends the user's browser back to.
 *
 * Three kinds are taken: HTTPS, plain HTTP on the loopback interface, and private-use schemes of
 * native apps, which are a reversed domain name. They are kept and sent exactly as written, for
 * servers compare them as text.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/redirect_uri";
 *
 * const uri = Result.getOrThrow(parse("http://127.0.0.1:51004/callback"));
 *
 * assert.equal(uri.kind, "loopback");
 * assert.ok(Result.isFailure(parse("http://client.example.com/callback")));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2 | RFC 6749 section 3.1.2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7 | RFC 8252 section 7}
 * @module
 */
import * as Data from "effect/Data";
import * as Result from "effect/Result";
import * as SecureUrl from "./secure_url.ts";

/** How the browser's answer reaches the client. RFC 8252 sections 7.1, 7.2 and 7.3. */
export type RedirectUriKind = "https" | "loopback" | "privateUse";

/** A redirect URI that may be used. */
export interface RedirectUri {
  /** Exactly as written. */
  readonly text: string;
  /** By which of the three ways the answer comes. */
  readonly kind: RedirectUriKind;
  /**
   * False for the name `localhost`, which may lead to another interface than the one that is
   * listened on. RFC 8252 section 8.3.
   */
  readonly isRecommended: boolean;
}

/** Why a redirect URI was refused. */
export type RedirectUriProblem =
  | "notAbsolute"
  | "insecure"
  | "userinfo"
  | "fragment"
  | "schemeWithoutDot"
  | "reservedParameter";

const descriptions: Record<RedirectUriProblem, string> = {
  notAbsolute: "is not an absolute URI",
  insecure: "is neither HTTPS nor on the loopback interface",
  userinfo: "holds a user name or password",
  fragment: "holds a fragment",
  schemeWithoutDot: "has a scheme of its own that is no reversed domain name",
  reservedParameter: "has a parameter in its query that the server's answer will have too",
};

const hints: Record<RedirectUriProblem, string> = {
  notAbsolute: `Pass a whole URI such as "https://client.example.com/callback"`,
  insecure: `Use https; or, for a program on the user's machine, "http://127.0.0.1:<port>/…"`,
  userinfo: "Leave the user name and password out",
  fragment: `Leave out what comes after "#"`,
  schemeWithoutDot:
    `Name the scheme after a domain that is yours, as in "com.example.app:/callback"`,
  reservedParameter: `Rename it: "code", "state", "iss" and "error" belong to the server's answer`,
};

/** A redirect URI that is not used. */
export class RedirectUriError extends Data.Error<{
  readonly problem: RedirectUriProblem;
  /** Without query, user information and fragment. */
  readonly uri: string;
}> {
  override readonly name = "RedirectUriError";
  readonly _tag = "RedirectUriError";
  override readonly message: string = `Redirect URI "${this.uri}" ${descriptions[this.problem]}`;
  /** What to do next, in a sentence for people. */
  readonly hint: string = hints[this.problem];
}

/**
 * Parses a redirect URI.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/redirect_uri";
 *
 * const refused = Result.getOrThrow(Result.flip(parse("https://client.example.com/callback#top")));
 * assert.equal(refused.problem, "fragment");
 *
 * const native = Result.getOrThrow(parse("com.example.app:/callback"));
 * assert.equal(native.kind, "privateUse");
 * ```
 *
 * @param text As registered at the server; on loopback with the port that is listened on.
 */
export function parse(text: string): Result.Result<RedirectUri, RedirectUriError> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || /[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) {
    return refuse("notAbsolute", text);
  }
  if (text.includes("#")) return refuse("fragment", text);
  if (hasReserved(new URL(text).searchParams)) return refuse("reservedParameter", text);
  return scheme === "https" || scheme === "http" ? parseWeb(text) : parsePrivate(text, scheme);
}

const reserved: ReadonlyArray<string> = [
  "code",
  "state",
  "iss",
  "error",
  "error_description",
  "error_uri",
];

function hasReserved(query: URLSearchParams): boolean {
  return reserved.some((name) => query.has(name));
}

const problems: Record<SecureUrl.SecureUrlProblem, RedirectUriProblem> = {
  notAUrl: "notAbsolute",
  notSecure: "insecure",
  userinfo: "userinfo",
  fragment: "fragment",
};

function parseWeb(text: string): Result.Result<RedirectUri, RedirectUriError> {
  const parsed = SecureUrl.parse(text);
  if (Result.isFailure(parsed)) return refuse(problems[parsed.failure.problem], text);
  const { hostname, protocol } = parsed.success;
  const kind = protocol === "https:" ? "https" : "loopback";
  return Result.succeed({ text, kind, isRecommended: hostname !== "localhost" });
}

function parsePrivate(
  text: string,
  scheme: string,
): Result.Result<RedirectUri, RedirectUriError> {
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+$/.test(scheme)
    ? Result.succeed({ text, kind: "privateUse", isRecommended: true })
    : refuse("schemeWithoutDot", text);
}

function refuse(
  problem: RedirectUriProblem,
  text: string,
): Result.Result<never, RedirectUriError> {
  return Result.fail(new RedirectUriError({ problem, uri: SecureUrl.stripped(text) }));
}
