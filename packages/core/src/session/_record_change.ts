/** What a renewal makes of a session's record. */
import { expiresAtMillis } from "../protocol/token_set.ts";
import type { Rejected } from "../protocol/endpoint_error.ts";
import { fromTokens, type HeldToken, type SessionRecord } from "./session_record.ts";
import type { TokenCell } from "./_token_cell.ts";
import { variantKey } from "./_variant.ts";

/** The record with what was granted in it, and without the intent of getting it. */
export function granted(cell: TokenCell): SessionRecord {
  const { client, isAcquiring } = cell.options;
  const { tokens, filed } = cell.granted as NonNullable<TokenCell["granted"]>;
  const base = cell.record?.status === "active" ? cell.record : undefined;
  // Whoever looked at the login's ID token has not seen this one.
  const { refreshToken, idToken: _unseen, ...held } = tokens;
  const token: HeldToken = {
    requestedScope: filed.scope,
    resource: filed.resource,
    tokens: held,
  };
  if (base === undefined) {
    const { refreshToken: _, ...fresh } = fromTokens(client, held);
    return { ...fresh, accessTokens: [token] };
  }
  // Who it is does not change with a renewal: the login's ID token stays. OpenID Connect Core 12.2.
  const { idToken } = base.accessTokens.find((each) => keyOf(each) === keyOf(token))?.tokens ?? {};
  const named = idToken === undefined ? token : { ...token, tokens: { ...held, idToken } };
  const { renewal: _renewal, ...kept } = base;
  const newest = refreshToken ?? base.refreshToken;
  return {
    ...kept,
    ...(newest === undefined || isAcquiring ? {} : { refreshToken: newest }),
    accessTokens: replaced(base.accessTokens, named, cell),
  };
}

/** Callers choose what they ask for: the record of one family must not grow with that. */
const MAX_TOKENS = 100;

/** In its place, so that the login's own token stays the first; others go when they have expired. */
function replaced(
  tokens: ReadonlyArray<HeldToken>,
  token: HeldToken,
  { defaults, nowMillis }: TokenCell,
): ReadonlyArray<HeldToken> {
  const key = keyOf(token);
  const own = variantKey(defaults);
  const isKnown = tokens.some((each) => keyOf(each) === key);
  const all = isKnown
    ? tokens.map((each) => keyOf(each) === key ? token : each)
    : [...tokens, token];
  const living = all.filter((each, at) =>
    at === 0 || (expiresAtMillis(each.tokens) ?? Infinity) > nowMillis || each === token
  );
  const surplus = new Set(
    living
      .filter((each, at) => at > 0 && each !== token && keyOf(each) !== own)
      .toSorted((one, other) => one.tokens.obtainedAtMillis - other.tokens.obtainedAtMillis)
      .slice(0, Math.max(0, living.length - MAX_TOKENS)),
  );
  return living.filter((each) => !surplus.has(each));
}

function keyOf({ requestedScope, resource }: HeldToken): string {
  return variantKey({ scope: requestedScope, resource });
}

/** The record of a session that its server does not renew any more. */
export function ended(cell: TokenCell, refusal: Rejected | undefined): SessionRecord {
  const { refreshToken: _token, renewal: _renewal, ...kept } = cell.record as SessionRecord;
  const { code = "invalid_grant", description } = refusal ?? {};
  return {
    ...kept,
    status: "reauthorizationRequired",
    accessTokens: [],
    ended: {
      code,
      ...(description === undefined ? {} : { description }),
      atMillis: cell.nowMillis,
    },
  };
}
