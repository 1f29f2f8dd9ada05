/** Refresh tokens and their rotation. RFC 6749 section 6, RFC 9700 section 4.14.2. */
import * as HashMap from "effect/HashMap";
import { change, type Draft, endFamily } from "./_draft.ts";
import { scopeOf } from "./_form.ts";
import { issue, refreshExpiry } from "./_issue.ts";
import { invalidGrant, invalidScope, malformed } from "./_refusal.ts";
import type { TokenRequest } from "./_token_request.ts";
import { familyOfRefreshToken, isWithinGrace, refreshTokenOf } from "./lookup.ts";
import { ordinalOf } from "./secret.ts";
import type { RefusalReason } from "./server_fact.ts";
import type { ServerResponse } from "./server_message.ts";
import type { Family, RefreshToken, ServerState } from "./server_state.ts";

interface Presented {
  readonly ordinal: number;
  readonly token: RefreshToken;
  readonly family: Family;
}

const grant = "refresh_token";

/** Answers a refresh. */
export function refresh(draft: Draft, { client, form }: TokenRequest): ServerResponse {
  const secret = form.get("refresh_token");
  if (secret === undefined) return malformed(draft, grant, `"refresh_token" is missing`);
  const presented = presentedBy(draft.state, secret);
  if (presented === undefined) return invalidGrant(draft, { grant, reason: "unknown" });
  const { family, ordinal, token } = presented;
  const known = { grant, family: family.family, refreshToken: ordinal };
  const reason = family.clientId === client.clientId ? endOf(draft, presented) : "otherClient";
  if (reason !== undefined) {
    if (reason === "expired" && isOver(draft, family)) endFamily(draft, family, "expired");
    if (reason === "replaced" && endsOnReuse(draft)) endFamily(draft, family, "reuse");
    return invalidGrant(draft, { ...known, reason, replacedBy: token.replaced?.by });
  }
  const scope = scopeOf(form.get("scope")) ?? family.scope;
  if (!scope.every((one) => family.scope.includes(one))) return invalidScope(draft, known);
  return renew(draft, presented, scope);
}

function endOf(draft: Draft, { family, token }: Presented): RefusalReason | undefined {
  const { nowMillis, state } = draft;
  if (family.ended !== undefined) return "familyEnded";
  if (token.replaced !== undefined) {
    const { atMillis } = token.replaced;
    return isWithinGrace(state.settings.rotation, atMillis, nowMillis) ? undefined : "replaced";
  }
  return nowMillis >= (token.expiresAtMillis ?? Infinity) ? "expired" : undefined;
}

function isOver({ nowMillis }: Draft, { refreshableUntilMillis = Infinity }: Family): boolean {
  return nowMillis >= refreshableUntilMillis;
}

function endsOnReuse({ state }: Draft): boolean {
  const { rotation } = state.settings;
  return rotation.type === "rotate" && rotation.onReuse === "revokeFamily";
}

/** Gives new tokens, and replaces what was used or, without rotation, lets it live on. */
function renew(
  draft: Draft,
  { family, ordinal, token }: Presented,
  scope: ReadonlyArray<string>,
): ServerResponse {
  const isRotating = draft.state.settings.rotation.type === "rotate";
  const issued = issue(draft, family, {
    scope,
    isRefreshable: isRotating,
    used: { refreshToken: ordinal, isAgain: token.replaced !== undefined },
  });
  const after: RefreshToken = issued.refreshToken === undefined
    ? { ...token, expiresAtMillis: refreshExpiry(draft) }
    : {
      ...token,
      replaced: token.replaced ?? { atMillis: draft.nowMillis, by: issued.refreshToken },
    };
  change(draft, { refreshTokens: HashMap.set(draft.state.refreshTokens, ordinal, after) });
  return issued.response;
}

function presentedBy(state: ServerState, secret: string): Presented | undefined {
  const ordinal = ordinalOf(secret);
  const token = refreshTokenOf(state, secret);
  const family = familyOfRefreshToken(state, secret);
  return ordinal === undefined || token === undefined || family === undefined
    ? undefined
    : { ordinal, token, family };
}
