/** What a renewal makes of a session's record. */
import { expiresAtMillis } from "../protocol/token_set.ts";
import type { Rejected } from "../protocol/endpoint_error.ts";
import {
  fromTokens,
  type HeldToken,
  type SessionRecord,
  type TokenRequest,
} from "./session_record.ts";
import type { TokenCell } from "./_token_cell.ts";
import { variantKey } from "./_variant.ts";

/** The record with what was granted in it, and without the intent of getting it. */
export function granted(cell: TokenCell): SessionRecord {
  const { client, isAcquiring, request } = cell.options;
  const { tokens, variant } = cell.granted as NonNullable<TokenCell["granted"]>;
  const base = cell.record?.status === "active" ? cell.record : undefined;
  const { refreshToken, ...held } = tokens;
  const wanted = withDefaults(cell.variant(variant), request, base?.accessTokens[0]);
  const token: HeldToken = { ...wanted, tokens: held };
  if (base === undefined) {
    const { refreshToken: _, ...fresh } = fromTokens(client, held);
    return { ...fresh, accessTokens: [token] };
  }
  const { renewal: _renewal, ...kept } = base;
  const newest = refreshToken ?? base.refreshToken;
  return {
    ...kept,
    ...(newest === undefined || isAcquiring ? {} : { refreshToken: newest }),
    accessTokens: replaced(base.accessTokens, token, cell.nowMillis),
  };
}

/** What was asked for: by the caller, else as the session was opened, else at the login. */
function withDefaults(
  asked: TokenRequest,
  own: TokenRequest,
  login: HeldToken | undefined,
): Omit<HeldToken, "tokens"> {
  return {
    requestedScope: asked.scope ?? own.scope ?? login?.requestedScope ?? [],
    resource: asked.resource ?? own.resource ?? login?.resource ?? [],
  };
}

/** In its place, so that the login's own token stays the first; others go when they have expired. */
function replaced(
  tokens: ReadonlyArray<HeldToken>,
  token: HeldToken,
  nowMillis: number,
): ReadonlyArray<HeldToken> {
  const key = keyOf(token);
  const isKnown = tokens.some((each) => keyOf(each) === key);
  const all = isKnown
    ? tokens.map((each) => keyOf(each) === key ? token : each)
    : [...tokens, token];
  return all.filter((each, at) =>
    at === 0 || (expiresAtMillis(each.tokens) ?? Infinity) > nowMillis || each === token
  );
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
