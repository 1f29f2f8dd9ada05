import * as Redacted from "effect/Redacted";
import type { ExpectedLogin } from "./expected_login.ts";
import type { IdTokenClaims } from "./id_token_claims.ts";
import { IdTokenError, type IdTokenProblem } from "./id_token_error.ts";
import { isSameIssuer } from "./issuer.ts";
import { visible } from "./redaction.ts";
import { isSameText } from "./_same_text.ts";

const defaultToleranceSeconds = 30;

interface Judged {
  readonly claims: IdTokenClaims;
  readonly expected: ExpectedLogin;
  readonly nowMillis: number;
  readonly toleranceMillis: number;
}

type Rule = (judged: Judged) => IdTokenError | undefined;

/** The first rule of OpenID Connect Core section 3.1.3.7, or of 12.2, that the claims break. */
export function problemOf(
  claims: IdTokenClaims,
  expected: ExpectedLogin,
  nowMillis: number,
): IdTokenError | undefined {
  const toleranceMillis = millisOf(
    expected.clockToleranceSeconds ?? defaultToleranceSeconds,
    "clockToleranceSeconds",
  );
  const judged = { claims, expected, nowMillis, toleranceMillis };
  for (const rule of rules) {
    const problem = rule(judged);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const rules: ReadonlyArray<Rule> = [
  issuerRule,
  audienceRule,
  authorizedPartyRule,
  expiryRule,
  issuedAtRule,
  notBeforeRule,
  nonceRule,
  authTimeRule,
  acrRule,
  refreshRule,
];

function issuerRule({ claims, expected }: Judged): IdTokenError | undefined {
  if (isSameIssuer(expected.issuer, claims.issuer)) return undefined;
  const named = visible(claims.issuer).slice(0, 200);
  return refuse("issuer", `it is of the issuer "${named}", not of "${expected.issuer}"`);
}

function audienceRule({ claims, expected }: Judged): IdTokenError | undefined {
  return claims.audience.includes(expected.clientId)
    ? undefined
    : refuse("audience", "it is for another client");
}

/**
 * OpenID Connect Core section 3.1.3.7, rules 3 to 5. Rule 3 leaves it to the client which other
 * audiences it trusts: any are taken where `azp` is this client, for then it was issued to us, and
 * that others may be shown it too is the server's decision, whose signature we trust.
 */
function authorizedPartyRule({ claims, expected }: Judged): IdTokenError | undefined {
  const { audience, authorizedParty } = claims;
  if (authorizedParty === undefined) {
    const isForOthers = audience.some((client) => client !== expected.clientId);
    return isForOthers
      ? refuse("authorizedParty", `it is for several clients and "azp" does not say whose it is`)
      : undefined;
  }
  return authorizedParty === expected.clientId
    ? undefined
    : refuse("authorizedParty", "it was issued to another client");
}

function expiryRule({ claims, nowMillis, toleranceMillis }: Judged): IdTokenError | undefined {
  const lateMillis = nowMillis - claims.expiresAtMillis;
  return lateMillis < toleranceMillis
    ? undefined
    : refuse("expiry", `it expired ${Math.floor(lateMillis / 1000)} seconds ago`);
}

function issuedAtRule({ claims, nowMillis, toleranceMillis }: Judged): IdTokenError | undefined {
  const earlyMillis = claims.issuedAtMillis - nowMillis;
  return earlyMillis <= toleranceMillis
    ? undefined
    : refuse("issuedAt", `it was issued ${Math.ceil(earlyMillis / 1000)} seconds from now`);
}

function notBeforeRule({ claims, nowMillis, toleranceMillis }: Judged): IdTokenError | undefined {
  const earlyMillis = (claims.notBeforeMillis ?? nowMillis) - nowMillis;
  return earlyMillis <= toleranceMillis
    ? undefined
    : refuse("notBefore", `it is valid only ${Math.ceil(earlyMillis / 1000)} seconds from now`);
}

function nonceRule({ claims, expected }: Judged): IdTokenError | undefined {
  if (expected.previous !== undefined) return undefined;
  if (expected.nonce === undefined) {
    return claims.nonce === undefined
      ? undefined
      : refuse("nonce", "it answers a request that sent a nonce, and none was sent");
  }
  if (claims.nonce === undefined) return refuse("nonce", "it lacks the nonce of this login");
  return isSameText(claims.nonce, Redacted.value(expected.nonce))
    ? undefined
    : refuse("nonce", "it is of another login, for its nonce is another");
}

function authTimeRule(judged: Judged): IdTokenError | undefined {
  const { claims, expected, nowMillis, toleranceMillis } = judged;
  const { authTimeMillis } = claims;
  if (authTimeMillis !== undefined && authTimeMillis - nowMillis > toleranceMillis) {
    return refuse("authTime", `"auth_time" lies in the future`);
  }
  if (expected.maxAgeSeconds === undefined || expected.previous !== undefined) return undefined;
  const maxAgeMillis = millisOf(expected.maxAgeSeconds, "maxAgeSeconds");
  if (authTimeMillis === undefined) {
    return refuse("authTime", `"max_age" was asked for, and "auth_time" is missing`);
  }
  return nowMillis - authTimeMillis <= maxAgeMillis + toleranceMillis
    ? undefined
    : refuse("authTime", "the user proved who they are longer ago than was asked for");
}

function acrRule({ claims, expected }: Judged): IdTokenError | undefined {
  const { acrValues = [], previous } = expected;
  if (acrValues.length === 0 || previous !== undefined) return undefined;
  return claims.acr !== undefined && acrValues.includes(claims.acr)
    ? undefined
    : refuse("acr", `"acr" is none of the values that were asked for`);
}

/** OpenID Connect Core section 12.2. */
function refreshRule({ claims, expected: { previous } }: Judged): IdTokenError | undefined {
  if (previous === undefined) return undefined;
  if (!isSameIssuer(previous.issuer, claims.issuer)) {
    return refuse("issuer", "the renewed token is of another issuer");
  }
  if (previous.subject !== claims.subject) {
    return refuse("subject", "the renewed token is of another user");
  }
  if (!isSameSet(previous.audience, claims.audience)) {
    return refuse("audience", "the renewed token is for other clients");
  }
  if (previous.authorizedParty !== claims.authorizedParty) {
    return refuse("authorizedParty", "the renewed token was issued to another client");
  }
  if (claims.nonce !== undefined && !isSameText(claims.nonce, previous.nonce ?? "")) {
    return refuse("nonce", "the renewed token is of another login, for its nonce is another");
  }
  const isOtherLogin = previous.authTimeMillis !== undefined &&
    claims.authTimeMillis !== undefined && previous.authTimeMillis !== claims.authTimeMillis;
  return isOtherLogin
    ? refuse("authTime", `"auth_time" of the renewed token is that of another login`)
    : undefined;
}

function isSameSet(a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean {
  return a.every((item) => b.includes(item)) && b.every((item) => a.includes(item));
}

function millisOf(seconds: number, name: string): number {
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new RangeError(`${name} must be finite and not negative, not ${seconds}`);
  }
  return seconds * 1000;
}

function refuse(problem: IdTokenProblem, description: string): IdTokenError {
  return new IdTokenError({ problem, description });
}
