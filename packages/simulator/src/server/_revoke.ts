/** Revocation and introspection. RFC 7009, RFC 7662. */
import * as HashMap from "effect/HashMap";
import * as Result from "effect/Result";
import { empty, json, oauthError } from "./_answer.ts";
import { authenticate } from "./_client.ts";
import { change, type Draft, endFamily } from "./_draft.ts";
import { formOf } from "./_form.ts";
import {
  accessTokenOf,
  familyOfAccessToken,
  familyOfRefreshToken,
  isAlive,
  isRefreshable,
  refreshTokenOf,
} from "./lookup.ts";
import { ordinalOf } from "./secret.ts";
import type { ServerResponse } from "./server_message.ts";
import type { ServerState } from "./server_state.ts";

/** A token that a client asks about. */
interface Asked {
  readonly clientId: string;
  readonly secret: string;
}

/** Ends a refresh token's family, or one access token alone. RFC 7009 section 2. */
export function revoke(draft: Draft): ServerResponse {
  const asked = askedAbout(draft);
  if (Result.isFailure(asked)) return asked.failure;
  const { clientId, secret } = asked.success;
  const refreshed = familyOfRefreshToken(draft.state, secret);
  const family = refreshed ?? familyOfAccessToken(draft.state, secret);
  if (family === undefined) return empty(200);
  if (family.clientId !== clientId) {
    return oauthError({ error: "invalid_grant", description: "issued to another client" });
  }
  if (refreshed === undefined) revokeAccessToken(draft, secret);
  else endFamily(draft, refreshed, "revoked");
  return empty(200);
}

function revokeAccessToken(draft: Draft, secret: string): void {
  const ordinal = ordinalOf(secret);
  const token = accessTokenOf(draft.state, secret);
  if (ordinal === undefined || token === undefined || token.isRevoked) return;
  const { accessTokens } = draft.state;
  change(draft, {
    accessTokens: HashMap.set(accessTokens, ordinal, { ...token, isRevoked: true }),
  });
  draft.facts.push({
    type: "accessToken.revoked",
    atMillis: draft.nowMillis,
    accessToken: ordinal,
    family: token.family,
  });
}

/** Says whether a token is active, and what it may do. RFC 7662 section 2. */
export function introspect(draft: Draft): ServerResponse {
  const asked = askedAbout(draft);
  if (Result.isFailure(asked)) return asked.failure;
  const { nowMillis, state } = draft;
  const { secret } = asked.success;
  const isActive = isAlive(state, secret, nowMillis) || isRefreshable(state, secret, nowMillis);
  return json(200, isActive ? describe(state, secret) : { active: false });
}

function describe(state: ServerState, secret: string): unknown {
  const access = accessTokenOf(state, secret);
  const family = familyOfAccessToken(state, secret) ?? familyOfRefreshToken(state, secret);
  return {
    active: true,
    scope: (access ?? family)?.scope.join(" "),
    client_id: family?.clientId,
    token_type: access === undefined ? undefined : "Bearer",
    exp: secondsOf((access ?? refreshTokenOf(state, secret))?.expiresAtMillis),
    iat: secondsOf(access?.issuedAtMillis),
    sub: family?.subject,
    aud: family?.resource[0] === undefined ? undefined : family.resource,
    iss: state.settings.issuer,
  };
}

function secondsOf(millis: number | undefined): number | undefined {
  return millis === undefined ? undefined : Math.floor(millis / 1000);
}

/** The token of a client that may ask, or the answer to one that may not. */
function askedAbout({ request, state }: Draft): Result.Result<Asked, ServerResponse> {
  const form = formOf(request);
  const secret = form?.get("token");
  const invalid = { error: "invalid_request", description: `"token" has to come once, in a form` };
  if (form === undefined || form.repeated !== undefined) return Result.fail(oauthError(invalid));
  const client = authenticate(state, request, form);
  if (Result.isFailure(client)) return Result.fail(oauthError(client.failure));
  if (secret === undefined) return Result.fail(oauthError(invalid));
  return Result.succeed({ clientId: client.success.clientId, secret });
}
