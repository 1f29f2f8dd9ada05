/** The grants that no person takes part in. RFC 6749 section 4.4, RFC 7523, RFC 8693. */
import type { Draft } from "./_draft.ts";
import { grantedTo } from "./_granted_scope.ts";
import { beginFamily, issue } from "./_issue.ts";
import { invalidGrant, invalidScope, malformed, refuse } from "./_refusal.ts";
import type { TokenRequest } from "./_token_request.ts";
import { familyOfAccessToken, familyOfRefreshToken, isAlive, isRefreshable } from "./lookup.ts";
import type { GrantName } from "./server_fact.ts";
import type { ServerResponse } from "./server_message.ts";

/** Answers a client that acts for itself; it has to have a secret. */
export function clientCredentials(draft: Draft, request: TokenRequest): ServerResponse {
  const grant = "client_credentials";
  if (request.client.clientSecret === undefined) {
    const description = "a public client cannot act for itself";
    return refuse(draft, { error: "unauthorized_client", reason: "client", grant, description });
  }
  return grantTo(draft, request, { grant });
}

const isJwt = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);

/** Answers a client with an assertion. Whatever has the shape of a JWT is taken for good. */
export function jwtBearer(draft: Draft, request: TokenRequest): ServerResponse {
  const grant = "jwt_bearer";
  const assertion = request.form.get("assertion");
  if (assertion === undefined) return malformed(draft, grant, `"assertion" is missing`);
  if (!isJwt(assertion)) return invalidGrant(draft, { grant, reason: "unknown" });
  return grantTo(draft, request, { grant, subject: draft.state.settings.subject });
}

const tokenType = "urn:ietf:params:oauth:token-type:";

/**
 * Answers a client that exchanges a token: a living one of this server, or anything from elsewhere that
 * has the shape of a JWT. What comes out is a new family, which does not end with the old one.
 */
export function tokenExchange(draft: Draft, request: TokenRequest): ServerResponse {
  const grant = "token_exchange";
  const { form } = request;
  const subjectToken = form.get("subject_token");
  const subjectTokenType = form.get("subject_token_type");
  if (subjectToken === undefined || subjectTokenType === undefined) {
    return malformed(draft, grant, `"subject_token" or its type is missing`);
  }
  const wanted = form.get("requested_token_type") ?? `${tokenType}access_token`;
  if (wanted !== `${tokenType}access_token`) {
    return malformed(draft, grant, "only access tokens are given");
  }
  const hasActor = form.get("actor_token") !== undefined;
  if (hasActor !== (form.get("actor_token_type") !== undefined)) {
    return malformed(draft, grant, "an actor token and its type come together");
  }
  if (!isGood(draft, subjectToken, subjectTokenType)) {
    const description = "the subject token is not valid";
    return refuse(draft, { error: "invalid_request", reason: "unknown", grant, description });
  }
  const family = familyOfAccessToken(draft.state, subjectToken) ??
    familyOfRefreshToken(draft.state, subjectToken);
  return grantTo(draft, request, {
    grant,
    subject: family?.subject ?? draft.state.settings.subject,
    members: { issued_token_type: wanted },
  });
}

/** RFC 8693 section 3. */
function isGood({ nowMillis, state }: Draft, token: string, type: string): boolean {
  switch (type) {
    case `${tokenType}access_token`:
      return isAlive(state, token, nowMillis);
    case `${tokenType}refresh_token`:
      return isRefreshable(state, token, nowMillis);
    case `${tokenType}jwt`:
    case `${tokenType}id_token`:
      return isJwt(token);
    default:
      return false;
  }
}

interface GrantOptions {
  readonly grant: GrantName;
  readonly subject?: string | undefined;
  readonly members?: Readonly<Record<string, string>>;
}

function grantTo(
  draft: Draft,
  { client, form }: TokenRequest,
  { grant, members, subject }: GrantOptions,
): ServerResponse {
  const granted = grantedTo(draft.state, client.clientId, form);
  if (granted === undefined) return invalidScope(draft, { grant });
  const family = beginFamily(draft, grant, { ...granted, subject });
  return issue(draft, family, { members }).response;
}
