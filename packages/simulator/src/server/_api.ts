/** What access tokens are good for: a protected resource and `/userinfo`. RFC 6750. */
import { json, oauthError } from "./_answer.ts";
import type { Draft } from "./_draft.ts";
import { accessTokenOf, familyOfAccessToken, isAlive } from "./lookup.ts";
import { ordinalOf } from "./secret.ts";
import type { ServerResponse } from "./server_message.ts";
import type { AccessToken, Family } from "./server_state.ts";

interface Caller {
  readonly token: AccessToken;
  readonly family: Family;
}

/** Answers any living token; `/api/admin` one with the scope `admin`. */
export function api(draft: Draft): ServerResponse {
  const needed = draft.path === "/api/admin" ? "admin" : undefined;
  return guarded(draft, needed, ({ family, token }) => ({
    path: draft.path,
    client_id: family.clientId,
    sub: family.subject,
    scope: token.scope.join(" "),
  }));
}

/** Says who the person is. OpenID Connect Core section 5.3. */
export function userinfo(draft: Draft): ServerResponse {
  return guarded(draft, "openid", ({ family, token }) => ({
    sub: family.subject,
    ...(token.scope.includes("profile") ? { name: "A Person" } : {}),
  }));
}

function guarded(
  draft: Draft,
  needed: string | undefined,
  read: (caller: Caller) => unknown,
): ServerResponse {
  const secret = bearerOf(draft.request.headers["authorization"]);
  const token = secret === undefined ? undefined : accessTokenOf(draft.state, secret);
  const response = answerTo(draft, { secret, needed, read });
  draft.facts.push({
    type: "api.called",
    atMillis: draft.nowMillis,
    path: draft.path,
    accessToken: token === undefined ? undefined : ordinalOf(secret ?? ""),
    family: token?.family,
    status: response.status,
  });
  return response;
}

interface Call {
  readonly secret: string | undefined;
  readonly needed: string | undefined;
  readonly read: (caller: Caller) => unknown;
}

function answerTo({ nowMillis, state }: Draft, { needed, read, secret }: Call): ServerResponse {
  if (secret === undefined) {
    const headers = { "www-authenticate": `Bearer realm="api"` };
    return json(401, { error: "no token" }, headers);
  }
  const token = accessTokenOf(state, secret);
  const family = familyOfAccessToken(state, secret);
  if (token === undefined || family === undefined || !isAlive(state, secret, nowMillis)) {
    return challenged(401, "invalid_token", "the token is unknown, expired or revoked");
  }
  if (needed !== undefined && !token.scope.includes(needed)) {
    return challenged(403, "insufficient_scope", "the token may not do this", needed);
  }
  return json(200, read({ token, family }));
}

/** RFC 6750 section 3. */
function challenged(
  status: 401 | 403,
  error: string,
  ...[description, scope]: readonly [description: string, scope?: string]
): ServerResponse {
  const parameters = [
    `realm="api"`,
    `error="${error}"`,
    `error_description="${description}"`,
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
  ];
  const headers = { "www-authenticate": `Bearer ${parameters.join(", ")}` };
  return oauthError({ error, description, status, headers });
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? "")?.[1];
}
