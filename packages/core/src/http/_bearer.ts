import * as Headers from "effect/http/Headers";
import * as Redacted from "effect/Redacted";
import { visible } from "../protocol/redaction.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { UnusableToken } from "./session_client_error.ts";

/** A token as it goes into a request. RFC 6750 section 2.1. */
export interface Bearer {
  readonly tokens: TokenSet;
  /** Value of the `Authorization` header, in clear. */
  readonly authorization: string;
  /** That header alone, for requests that have no other. */
  readonly headers: Headers.Headers;
}

/**
 * Makes a function that writes the header of a token set, and keeps the last one: a session hands the
 * same token set out until it is renewed.
 */
export function make(): (tokens: TokenSet) => Bearer | UnusableToken {
  let last: Bearer | undefined;
  return (tokens) => {
    if (last?.tokens === tokens) return last;
    const bearer = bearerOf(tokens);
    if (!isUnusable(bearer)) last = bearer;
    return bearer;
  };
}

/** Whether there is no header for a token. */
export function isUnusable(bearer: Bearer | UnusableToken): bearer is UnusableToken {
  return "problem" in bearer;
}

function bearerOf(tokens: TokenSet): Bearer | UnusableToken {
  const tokenType = visible(tokens.tokenType).slice(0, 40);
  if (tokens.tokenType.toLowerCase() !== "bearer") {
    return new UnusableToken({ problem: "type", tokenType });
  }
  const token = Redacted.value(tokens.accessToken);
  if (!/^[!-~]+$/.test(token)) return new UnusableToken({ problem: "characters", tokenType });
  const authorization = `Bearer ${token}`;
  return { tokens, authorization, headers: Headers.fromInput({ authorization }) };
}
