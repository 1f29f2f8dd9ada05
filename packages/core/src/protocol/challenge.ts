/**
 * What a server asks for in `WWW-Authenticate`: challenges, each a scheme and its parameters.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { parse } from "@bellhop/core/protocol/challenge";
 *
 * const [basic, bearer] = parse(`Basic realm="a, b", bearer error=invalid_token`);
 *
 * assert.equal(basic?.parameters["realm"], "a, b");
 * assert.equal(bearer?.scheme, "bearer");
 * assert.equal(bearer?.parameters["error"], "invalid_token");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 | RFC 9110 section 11.6.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 | RFC 6750 section 3}
 * @module
 */

/** One way to authenticate that a server takes. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`, `dpop`. */
  readonly scheme: string;
  /** What some schemes write in the place of parameters. RFC 9110 section 11.2. */
  readonly token68?: string | undefined;
  /** By name in lower case, without quotes and escapes. Of a repeated one the first. No prototype. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Longer headers are cut here. */
const maxLength = 8_192;
const maxChallenges = 16;
const maxParameters = 32;

const separators = /[ \t,]*/y;
const nameOrScheme = /[\w!#$%&'*+\-.^`|~]+/y;
const equalsSign = /[ \t]*=[ \t]*/y;
const token68 = /[ \t]+([\w\-.~+/]+=*)(?=[ \t]*(?:,|$))/y;
const quoted = /"((?:[^"\\]|\\[^])*)"/y;
const rest = /[^,]*/y;

/**
 * Reads the challenges of a `WWW-Authenticate` or `Proxy-Authenticate` header, or of several that were
 * joined by commas.
 *
 * What makes no sense is skipped up to the next comma; parameters without a comma between them are
 * read as well. Reads at most 8,192 characters, 16 challenges, and 32 parameters of each.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { parse } from "@bellhop/core/protocol/challenge";
 *
 * assert.deepEqual(parse(undefined), []);
 * assert.equal(parse("Negotiate YWJj=")[0]?.token68, "YWJj=");
 * ```
 *
 * @param header The header's value, if there is one.
 */
export function parse(header: string | undefined): ReadonlyArray<Challenge> {
  const scanner = { text: (header ?? "").slice(0, maxLength), at: 0 };
  const challenges: Array<MutableChallenge> = [];
  take(scanner, separators);
  while (scanner.at < scanner.text.length && challenges.length <= maxChallenges) {
    readItem(scanner, challenges);
    take(scanner, separators);
  }
  return challenges.slice(0, maxChallenges);
}

/**
 * Gives the first challenge of a scheme.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { find } from "@bellhop/core/protocol/challenge";
 *
 * const header = `Basic realm="x", Bearer error="insufficient_scope", scope="read write"`;
 * assert.equal(find(header, "Bearer")?.parameters["scope"], "read write");
 * assert.equal(find(header, "DPoP"), undefined);
 * ```
 *
 * @param header The header's value, if there is one.
 * @param scheme Compared without case.
 */
export function find(header: string | undefined, scheme: string): Challenge | undefined {
  const wanted = scheme.toLowerCase();
  return parse(header).find((challenge) => challenge.scheme === wanted);
}

interface Scanner {
  readonly text: string;
  at: number;
}

interface MutableChallenge extends Challenge {
  token68?: string | undefined;
  readonly parameters: Record<string, string>;
}

/** Reads one parameter of the last challenge, or the start of the next one. */
function readItem(scanner: Scanner, challenges: Array<MutableChallenge>): void {
  const name = take(scanner, nameOrScheme)?.[0].toLowerCase();
  if (name === undefined) {
    take(scanner, rest);
  } else if (take(scanner, equalsSign) === undefined) {
    challenges.push({
      scheme: name,
      token68: take(scanner, token68)?.[1],
      parameters: Object.create(null) as Record<string, string>,
    });
  } else {
    readValue(scanner, challenges.at(-1)?.parameters ?? {}, name);
  }
}

function readValue(scanner: Scanner, parameters: Record<string, string>, name: string): void {
  const text = take(scanner, quoted)?.[1]?.replace(/\\([^])/g, "$1") ??
    take(scanner, nameOrScheme)?.[0];
  if (text === undefined) {
    take(scanner, rest);
  } else if (!(name in parameters) && Object.keys(parameters).length < maxParameters) {
    parameters[name] = text;
  }
}

/** What the pattern matches right here, which is then behind us. */
function take(scanner: Scanner, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scanner.at;
  const found = pattern.exec(scanner.text) ?? undefined;
  if (found !== undefined) scanner.at = pattern.lastIndex;
  return found;
}
