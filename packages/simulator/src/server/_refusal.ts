/** A token request that is refused. */
import { type OAuthError, oauthError } from "./_answer.ts";
import type { Draft } from "./_draft.ts";
import type { RefusalReason } from "./server_fact.ts";
import type { ServerResponse } from "./server_message.ts";

/** What the answer says, and what only the facts say. */
export interface Refusal extends OAuthError {
  readonly reason: RefusalReason;
  readonly grant?: string | undefined;
  readonly family?: number | undefined;
  readonly refreshToken?: number | undefined;
  readonly replacedBy?: number | undefined;
}

export function refuse(draft: Draft, refusal: Refusal): ServerResponse {
  draft.facts.push({
    type: "token.refused",
    atMillis: draft.nowMillis,
    error: refusal.error,
    reason: refusal.reason,
    grant: refusal.grant,
    family: refusal.family,
    refreshToken: refusal.refreshToken,
    replacedBy: refusal.replacedBy,
  });
  return oauthError(refusal);
}

/** The `error` for anything that was presented and is not good (any more). */
export function invalidGrant(
  draft: Draft,
  refusal: Omit<Refusal, "error" | "description">,
): ServerResponse {
  return refuse(draft, {
    error: "invalid_grant",
    description: "the grant is invalid, expired, revoked, or was issued to another client",
    ...refusal,
  });
}

/** A parameter is missing or not as it should be. */
export function malformed(draft: Draft, grant: string, description: string): ServerResponse {
  return refuse(draft, { error: "invalid_request", reason: "malformed", grant, description });
}

/** A scope that the server does not know, or that is more than was granted. */
export function invalidScope(
  draft: Draft,
  refusal: Pick<Refusal, "grant" | "family" | "refreshToken">,
): ServerResponse {
  const description = "the scope is unknown, or more than was granted";
  return refuse(draft, { error: "invalid_scope", reason: "scope", description, ...refusal });
}
