/**
 * What an ID token says about a login: who, where, for whom, when and how.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/id_token_claims";
 *
 * const claims = Result.getOrThrow(decode({
 *   iss: "https://op.example.com",
 *   sub: "24400320",
 *   aud: "s6BhdRkqt3",
 *   exp: 1_311_281_970,
 *   iat: 1_311_280_970,
 * }));
 *
 * assert.deepEqual(claims.audience, ["s6BhdRkqt3"]);
 * assert.equal(claims.expiresAtMillis, 1_311_281_970_000);
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDToken | OpenID Connect Core
 * section 2}
 * @module
 */
import * as Result from "effect/Result";
import { IdTokenError, type IdTokenProblem } from "./id_token_error.ts";
import type { JwtClaims } from "./jwt.ts";

/** The claims of an ID token. Times are epoch milliseconds. */
export interface IdTokenClaims {
  /** The server that vouches for all of this. */
  readonly issuer: string;
  /** The user, by a name that is unique at this issuer and never given to another user. */
  readonly subject: string;
  /** Clients that the token is for. */
  readonly audience: ReadonlyArray<string>;
  /** The client that it was issued to, where the server told. */
  readonly authorizedParty?: string;
  /** From when on it proves nothing. It says nothing about how long a session lasts. */
  readonly expiresAtMillis: number;
  /** When it was made. */
  readonly issuedAtMillis: number;
  /** Before when it proves nothing. */
  readonly notBeforeMillis?: number;
  /** When the user proved who they are, which may be long before. */
  readonly authTimeMillis?: number;
  /** What ties it to one authorization request. */
  readonly nonce?: string;
  /** How well the user proved it: a class by agreement with the server. */
  readonly acr?: string;
  /** How the user proved it, such as `pwd` and `otp`. RFC 8176 section 2. */
  readonly amr?: ReadonlyArray<string>;
  /** The user's session at the server. OpenID Connect Back-Channel Logout section 2.1. */
  readonly sessionId?: string;
  /** All claims as the server wrote them: `name`, `email` and whatever else was asked for. */
  readonly members: JwtClaims;
}

/** Characters of `sub`. OpenID Connect Core section 2. */
const maxSubjectCharacters = 255;

/** The last instant that a `Date` can hold, in seconds. */
const maxSeconds = 8_640_000_000_000;

/**
 * Reads the claims, whose types are checked and nothing else.
 *
 * Fails with the problem of the claim that is missing or of another type: `iss`, `sub` (1 to 255
 * characters), `aud`, `exp` and `iat` have to be there. `acr`, `amr` and `sid` of another type are
 * left out.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/id_token_claims";
 *
 * const { problem } = Result.getOrThrow(Result.flip(decode({ iss: "https://op.example.com" })));
 * assert.equal(problem, "subject");
 * ```
 */
export function decode(members: JwtClaims): Result.Result<IdTokenClaims, IdTokenError> {
  const issuer = textOf(members, "iss");
  const subject = textOf(members, "sub");
  const audience = audienceOf(claim(members, "aud"));
  const expires = timeOf(members, "exp");
  const issued = timeOf(members, "iat");
  const notBefore = timeOf(members, "nbf");
  const authTime = timeOf(members, "auth_time");
  if (issuer === undefined) return refuse("issuer", `"iss" is missing or no text`);
  if (subject === undefined || subject.length > maxSubjectCharacters) {
    return refuse("subject", `"sub" is missing or not a text of 1 to 255 characters`);
  }
  if (audience === undefined) return refuse("audience", `"aud" is missing or no text or list`);
  if (typeof expires !== "number") return refuse("expiry", `"exp" is missing or no time`);
  if (typeof issued !== "number") return refuse("issuedAt", `"iat" is missing or no time`);
  if (notBefore === null) return refuse("notBefore", `"nbf" is no time`);
  if (authTime === null) return refuse("authTime", `"auth_time" is no time`);
  return Result.map(bindingsOf(members), (bindings) => ({
    issuer,
    subject,
    audience,
    expiresAtMillis: expires,
    issuedAtMillis: issued,
    ...present({ notBeforeMillis: notBefore, authTimeMillis: authTime }),
    ...bindings,
    ...circumstancesOf(members),
    members,
  }));
}

type Bindings = Pick<IdTokenClaims, "authorizedParty" | "nonce">;

/** Claims that decide when they are there, so that another type is not the same as absent. */
function bindingsOf(members: JwtClaims): Result.Result<Bindings, IdTokenError> {
  const azp = claim(members, "azp");
  const nonce = claim(members, "nonce");
  if (azp !== undefined && typeof azp !== "string") {
    return refuse("authorizedParty", `"azp" is no text`);
  }
  if (nonce !== undefined && typeof nonce !== "string") {
    return refuse("nonce", `"nonce" is no text`);
  }
  return Result.succeed(present({ authorizedParty: azp, nonce }));
}

function circumstancesOf(members: JwtClaims): Pick<IdTokenClaims, "acr" | "amr" | "sessionId"> {
  const amr = claim(members, "amr");
  return present({
    acr: textOf(members, "acr"),
    amr: Array.isArray(amr) && amr.every((item) => typeof item === "string") ? amr : undefined,
    sessionId: textOf(members, "sid"),
  });
}

function claim(members: JwtClaims, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function textOf(members: JwtClaims, name: string): string | undefined {
  const value = claim(members, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function audienceOf(value: unknown): ReadonlyArray<string> | undefined {
  const audience: ReadonlyArray<unknown> = Array.isArray(value) ? value : [value];
  const isFit = audience.length > 0 && audience.every((item) => typeof item === "string");
  return isFit ? audience : undefined;
}

/** Epoch milliseconds; `null` for what is no time. RFC 7519 section 2, NumericDate. */
function timeOf(members: JwtClaims, name: string): number | null | undefined {
  const value = claim(members, name);
  if (value === undefined) return undefined;
  return typeof value === "number" && value >= 0 && value <= maxSeconds
    ? Math.round(value * 1000)
    : null;
}

type Present<A> = { [K in keyof A]?: Exclude<A[K], undefined> };

function present<A extends Record<string, unknown>>(members: A): Present<A> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<A>;
}

function refuse(
  problem: IdTokenProblem,
  description: string,
): Result.Result<never, IdTokenError> {
  return Result.fail(new IdTokenError({ problem, description }));
}
