/** The making of tokens. RFC 6749 section 5.1. */
import * as HashMap from "effect/HashMap";
import { json } from "./_answer.ts";
import { change, type Draft, newSecret } from "./_draft.ts";
import { isSameScope } from "./_form.ts";
import type { GrantName, UsedRefreshToken } from "./server_fact.ts";
import type { ServerResponse } from "./server_message.ts";
import type { Family, Grant } from "./server_state.ts";

/** Begins what descends from one grant. */
export function beginFamily(draft: Draft, grant: GrantName, granted: Grant): Family {
  const family = draft.state.familyCount + 1;
  const begun: Family = {
    family,
    grant,
    clientId: granted.clientId,
    scope: granted.scope,
    isScopeNamed: granted.isScopeNamed,
    resource: granted.resource,
    subject: granted.subject,
    nonce: granted.nonce,
    generation: 0,
    startedAtMillis: draft.nowMillis,
    refreshableUntilMillis: undefined,
    ended: undefined,
  };
  change(draft, {
    familyCount: family,
    families: HashMap.set(draft.state.families, family, begun),
  });
  return begun;
}

/** What to issue beside an access token. */
export interface IssueOptions {
  /** Less than the family's, if asked for. */
  readonly scope?: ReadonlyArray<string> | undefined;
  /** Whether there is a new refresh token. */
  readonly isRefreshable?: boolean | undefined;
  /** Whether there may be an ID token. */
  readonly isLogin?: boolean | undefined;
  /** The refresh token that was used. */
  readonly used?: UsedRefreshToken | undefined;
  /** The code that was redeemed. */
  readonly redeemed?: number | undefined;
  /** More members of the answer. */
  readonly members?: Readonly<Record<string, string>> | undefined;
}

/** Tokens on their way. */
export interface Issued {
  readonly response: ServerResponse;
  /** The ordinal of the new refresh token, if there is one. */
  readonly refreshToken: number | undefined;
}

/** Issues the next tokens of a family. */
export function issue(draft: Draft, family: Family, options: IssueOptions): Issued {
  const generation = family.generation + 1;
  const scope = options.scope ?? family.scope;
  const access = newAccessToken(draft, { family: family.family, generation, scope });
  const refresh = options.isRefreshable === true
    ? newRefreshToken(draft, family.family, generation)
    : undefined;
  const { families, settings } = draft.state;
  const isRefreshed = refresh !== undefined || options.used !== undefined;
  change(draft, {
    families: HashMap.set(families, family.family, {
      ...family,
      generation,
      ...(isRefreshed ? { refreshableUntilMillis: refreshExpiry(draft) } : {}),
    }),
  });
  draft.facts.push({
    type: "token.issued",
    atMillis: draft.nowMillis,
    family: family.family,
    generation,
    accessToken: access.ordinal,
    refreshToken: refresh?.ordinal,
    grant: options.used === undefined ? family.grant : "refresh_token",
    clientId: family.clientId,
    scope,
    used: options.used,
    redeemed: options.redeemed,
    expiresAtMillis: expiryOf(draft, settings.accessTokenSeconds),
  });
  const idToken = options.isLogin === true ? newIdToken(draft, family) : undefined;
  const isScopeTold = !family.isScopeNamed || !isSameScope(scope, family.scope);
  const response = json(200, {
    access_token: access.secret,
    token_type: "Bearer",
    expires_in: settings.accessTokenSeconds,
    refresh_token: refresh?.secret,
    scope: isScopeTold ? scope.join(" ") : undefined,
    id_token: idToken,
    ...options.members,
  }, { pragma: "no-cache" });
  return { response, refreshToken: refresh?.ordinal };
}

/** When a refresh token ends that is issued or used now. */
export function refreshExpiry(draft: Draft): number | undefined {
  return expiryOf(draft, draft.state.settings.refreshTokenSeconds);
}

function expiryOf({ nowMillis }: Draft, seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : nowMillis + seconds * 1000;
}

interface Made {
  readonly ordinal: number;
  readonly secret: string;
}

interface NewAccessToken {
  readonly family: number;
  readonly generation: number;
  readonly scope: ReadonlyArray<string>;
}

function newAccessToken(draft: Draft, token: NewAccessToken): Made {
  const made = newSecret(draft, "at");
  const { accessTokens, settings } = draft.state;
  change(draft, {
    accessTokens: HashMap.set(accessTokens, made.ordinal, {
      ...token,
      issuedAtMillis: draft.nowMillis,
      expiresAtMillis: expiryOf(draft, settings.accessTokenSeconds),
      isRevoked: false,
    }),
  });
  return made;
}

function newRefreshToken(draft: Draft, family: number, generation: number): Made {
  const made = newSecret(draft, "rt");
  change(draft, {
    refreshTokens: HashMap.set(draft.state.refreshTokens, made.ordinal, {
      family,
      generation,
      expiresAtMillis: refreshExpiry(draft),
      replaced: undefined,
    }),
  });
  return made;
}

/** OpenID Connect Core section 2. */
function newIdToken(draft: Draft, family: Family): string | undefined {
  const { issuer, signIdToken } = draft.state.settings;
  if (signIdToken === undefined || !family.scope.includes("openid")) return undefined;
  const issuedAt = Math.floor(draft.nowMillis / 1000);
  return signIdToken({
    iss: issuer,
    sub: family.subject,
    aud: family.clientId,
    exp: issuedAt + 3600,
    iat: issuedAt,
    ...(family.nonce === undefined ? {} : { nonce: family.nonce }),
    jti: newSecret(draft, "it").secret,
  });
}
