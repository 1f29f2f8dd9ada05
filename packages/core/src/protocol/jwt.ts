/**
 * JSON Web Tokens as they travel: three parts in base64url, of which nothing may be believed before
 * the signature was verified.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/jwt";
 *
 * const unsigned = Redacted.make("eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.");
 * const { problem } = decode(unsigned).pipe(Result.flip, Result.getOrThrow);
 *
 * assert.equal(problem, "algorithm");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-7.1 | RFC 7515 section 7.1}
 * @module
 */
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { bytesOf } from "./_base64_url.ts";
import * as Json from "./json.ts";
import { isJwsAlgorithm, type JwsAlgorithm } from "./jws_algorithm.ts";
import { JwsError, type JwsProblem } from "./jws_error.ts";

/** What the header says, of which nothing but this is looked at: no `jwk`, no `jku`, no `x5u`. */
export interface JwsHeader {
  /** Never `none`. */
  readonly algorithm: JwsAlgorithm;
  /** Which of the signer's keys it was. */
  readonly keyId?: string;
  /** What kind of token it is, as the signer wrote it. */
  readonly type?: string;
}

/** A signed token in its parts. None of it is verified, and none of it shows in a log. */
export interface Jws {
  /** Decides nothing before it is held against what the program allows. */
  readonly header: JwsHeader;
  /** What was signed, decoded. */
  readonly payload: Redacted.Redacted<Uint8Array<ArrayBuffer>>;
  /** The bytes that the signature is of: header and payload as they travelled. */
  readonly signingInput: Redacted.Redacted<Uint8Array<ArrayBuffer>>;
  /** Never empty. */
  readonly signature: Redacted.Redacted<Uint8Array<ArrayBuffer>>;
}

/** The members of a payload that is a JSON object. */
export type JwtClaims = Readonly<Record<string, unknown>>;

/** What is taken for a token. */
export interface DecodeOptions {
  /**
   * Kinds of token that are meant, should the header name one: another kind is refused, so that one
   * token cannot stand in for another. Compared without case, and without `application/`.
   *
   * @default ["JWT"]
   */
  readonly types?: ReadonlyArray<string> | undefined;
}

/** Characters of a whole token. */
const maxCharacters = 65_536;

/** Characters of one text in the header. */
const maxTextCharacters = 1_024;

/**
 * Takes a token apart, strictly, and verifies nothing.
 *
 * Refuses tokens of more than 65,536 characters, encrypted ones (five parts), padding and other
 * spellings of base64url, headers that are no JSON object or name a member twice, any `crit` (no
 * extension is understood here), and every algorithm that is not in {@linkcode JwsAlgorithm}.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/jwt";
 *
 * const jws = Result.getOrThrow(decode(Redacted.make("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")));
 *
 * assert.deepEqual(jws.header, { algorithm: "ES256" });
 * ```
 *
 * @param compact The token, as it was received.
 * @param options Which kinds of token are meant.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725#section-3.11 | RFC 8725 section 3.11}
 */
export function decode(
  compact: Redacted.Redacted,
  options: DecodeOptions = {},
): Result.Result<Jws, JwsError> {
  const text = Redacted.value(compact);
  if (text.length > maxCharacters) {
    return refuse("tooLarge", `it is longer than ${maxCharacters} characters`);
  }
  const parts = text.split(".", 6);
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length === 5) return refuse("malformed", "it is encrypted, which is not supported");
  if (parts.length !== 3) return refuse("malformed", "it does not have three parts");
  const payloadBytes = bytesOf(payload);
  const signatureBytes = bytesOf(signature);
  if (payloadBytes === undefined || signatureBytes === undefined) {
    return refuse("malformed", "a part is not base64url without padding");
  }
  return Result.flatMap(
    Result.flatMap(membersOf(bytesOf(header), "header"), (members) => headerOf(members, options)),
    (header) =>
      signatureBytes.length === 0 ? refuse("signature", "it bears no signature") : Result.succeed({
        header,
        payload: Redacted.make(payloadBytes),
        signingInput: Redacted.make(encoded(text.slice(0, text.lastIndexOf(".")))),
        signature: Redacted.make(signatureBytes),
      }),
  );
}

/**
 * Reads the payload as claims. Verify the signature first.
 *
 * Refuses what is not a JSON object in UTF-8, names a member twice, or is nested deeper than 64
 * levels.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { claimsOf, decode } from "@bellhop/core/protocol/jwt";
 *
 * const token = Redacted.make("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UifQ.AAAA");
 *
 * assert.deepEqual(Result.getOrThrow(Result.flatMap(decode(token), claimsOf)), { iss: "joe" });
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7519#section-4 | RFC 7519 section 4}
 */
export function claimsOf(jws: Jws): Result.Result<JwtClaims, JwsError> {
  return membersOf(Redacted.value(jws.payload), "payload");
}

function headerOf(
  members: JwtClaims,
  { types = ["JWT"] }: DecodeOptions,
): Result.Result<JwsHeader, JwsError> {
  const { alg, kid, typ } = members;
  if (Object.hasOwn(members, "crit")) {
    return refuse("critical", "its header demands an extension that is not understood");
  }
  if (typeof alg !== "string" || !isJwsAlgorithm(alg)) {
    return refuse("algorithm", `its header names no supported algorithm, "none" is never one`);
  }
  if (!isOptionalText(kid) || !isOptionalText(typ)) {
    return refuse("malformed", `"kid" or "typ" of its header is not a text, or too long`);
  }
  if (typ !== undefined && !types.map(mediaType).includes(mediaType(typ))) {
    return refuse("type", "its header says that it is another kind of token");
  }
  return Result.succeed({
    algorithm: alg,
    ...(kid === undefined ? {} : { keyId: kid }),
    ...(typ === undefined ? {} : { type: typ }),
  });
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === "string" && value.length <= maxTextCharacters);
}

/** `application/` may be left out where no other slash follows. RFC 7515 section 4.1.9. */
function mediaType(type: string): string {
  return type.toLowerCase().replace(/^application\/(?!.*\/)/, "");
}

function membersOf(
  bytes: Uint8Array | undefined,
  part: "header" | "payload",
): Result.Result<JwtClaims, JwsError> {
  const text = bytes === undefined ? undefined : utf8Of(bytes);
  if (text === undefined) return refuse("malformed", `its ${part} is not UTF-8 in base64url`);
  const json = Json.parse(text);
  if (Result.isFailure(json)) {
    const isDeep = json.failure === "tooDeep";
    return refuse("malformed", `its ${part} is ${isDeep ? "nested too deeply" : "not JSON"}`);
  }
  if (!isMembers(json.success)) return refuse("malformed", `its ${part} is not a JSON object`);
  return hasRepeatedMember(text)
    ? refuse("duplicateMember", `its ${part} names a member twice`)
    : Result.succeed(json.success);
}

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

function isMembers(value: unknown): value is JwtClaims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the outermost object of a valid JSON text names a member twice, however it is spelt. */
function hasRepeatedMember(text: string): boolean {
  const names = new Set<unknown>();
  let depth = 0;
  let previous = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (token === ":" && depth === 1) {
      const name: unknown = JSON.parse(previous);
      if (names.has(name)) return true;
      names.add(name);
    }
    previous = token;
  }
  return false;
}

function refuse(problem: JwsProblem, description: string): Result.Result<never, JwsError> {
  return Result.fail(new JwsError({ problem, description }));
}
