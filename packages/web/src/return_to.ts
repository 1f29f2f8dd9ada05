/**
 * Where a user goes on after a login or a logout: a path of this application, and nothing else.
 *
 * An address that leads to another site would make the login page a tool of those who want a link
 * that looks trustworthy (open redirect). What browsers might read as another host is refused rather
 * than mended.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/web/return_to";
 *
 * assert.equal(Result.getOrThrow(parse("/inbox?folder=new#top")), "/inbox?folder=new#top");
 * assert.equal(Result.isFailure(parse("//evil.example")), true);
 * assert.equal(Result.isFailure(parse("/\\evil.example")), true);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.11 | RFC 9700 section 4.11}
 * @module
 */
import * as Data from "effect/Data";
import * as Result from "effect/Result";

/** Why an address is no place of this application. */
export type ReturnToProblem =
  /** It does not begin with one slash: another site, another scheme, or relative to the page. */
  | "notAPath"
  /** Two slashes, or a backslash that browsers take for one, of which a host may follow. */
  | "ambiguous"
  /** Control characters, spaces or anything else that a URL has to encode. */
  | "characters"
  /** Longer than 2,000 characters. */
  | "length";

/** An address that nobody is sent to. It is not repeated here: it was made by whoever wrote the link. */
export class ReturnToError extends Data.Error<{ readonly problem: ReturnToProblem }> {
  override readonly name = "ReturnToError";
  readonly _tag = "ReturnToError";
  override readonly message: string = `Address to return to was refused: ${words[this.problem]}`;
  readonly hint: string = `Use a path of this application, such as "/inbox"`;
}

const words: Readonly<Record<ReturnToProblem, string>> = {
  notAPath: "it is not a path of this application",
  ambiguous: "a browser could take it for another site's",
  characters: "it has characters that a URL has to encode",
  length: "it is too long",
};

const maxCharacters = 2_000;

/** Characters of a URL's path, query and fragment, all of them ASCII. RFC 3986 appendix A. */
const fit = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?#]|%[0-9A-Fa-f]{2})*$/;

/**
 * Checks that an address is a path of this application, by itself and in whatever its percent signs
 * stand for: the path is refused if it hides a slash, a backslash or a control character in them.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/web/return_to";
 *
 * const { problem } = Result.getOrThrow(Result.flip(parse("https://evil.example/")));
 * assert.equal(problem, "notAPath");
 * ```
 *
 * @param text As it came in a request, its form encoding undone.
 * @returns The same text.
 */
export function parse(text: string): Result.Result<string, ReturnToError> {
  if (text.length > maxCharacters) return refuse("length");
  if (!text.startsWith("/")) return refuse("notAPath");
  if (text.includes("\\")) return refuse("ambiguous");
  if (!fit.test(text)) return refuse("characters");
  const path = /^[^?#]*/.exec(text)?.[0] ?? "";
  // Encoded once or twice: what stands between here and the browser might decode it.
  return /\/\//.test(path) || /%(?:25)*(?:2f|5c|[01][0-9a-f]|7f)/i.test(path)
    ? refuse("ambiguous")
    : isHere(text)
    ? Result.succeed(text)
    : refuse("ambiguous");
}

/** As browsers read it: against two origins it stays at each, with dot segments gone. */
function isHere(text: string): boolean {
  return ["https://a.example", "http://b.example:8080"].every((origin) => {
    const url = URL.parse(text, origin);
    return url !== null && url.origin === origin && !url.pathname.startsWith("//") &&
      url.username === "" && url.password === "";
  });
}

function refuse(problem: ReturnToProblem): Result.Result<never, ReturnToError> {
  return Result.fail(new ReturnToError({ problem }));
}
