/**
 * What a session's record says by itself, without opening the session: where it stands, and whether its
 * token can be used as it is.
 *
 * @module
 */
import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
import { dueAtMillis } from "@bellhop/core/session/renewal_policy";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import type { SessionStateName } from "@bellhop/core/session/session_state";
import type { GrantWish } from "./grant.ts";

/** What the token must be good for. */
export interface HeldTokenOptions {
  readonly nowMillis: number;
  /**
   * Least time to live.
   *
   * @default 0
   */
  readonly minTtlMillis?: number | undefined;
}

/** Gives the tokens of a record, where they live for long enough. */
export function livingToken(
  record: SessionRecord,
  { nowMillis, minTtlMillis = 0 }: HeldTokenOptions,
): TokenSet | undefined {
  const tokens = tokensOf(record);
  if (tokens === undefined) return undefined;
  const leftMillis = timeLeftMillis(tokens, nowMillis);
  return leftMillis > 0 && leftMillis >= minTtlMillis ? tokens : undefined;
}

/**
 * Gives the tokens of a record, where nothing has to be done for them now: no renewal is due, and none
 * is in doubt.
 *
 * @param options Also the `spread` of the renewal policy, at random between 0 and 1.
 */
export function restingToken(
  record: SessionRecord,
  options: HeldTokenOptions & DueOptions,
): TokenSet | undefined {
  const tokens = livingToken(record, options);
  if (tokens === undefined || record.renewal !== undefined) return undefined;
  return isDue(tokens, options) ? undefined : tokens;
}

function tokensOf(record: SessionRecord): TokenSet | undefined {
  return record.status === "active" ? record.accessTokens[0]?.tokens : undefined;
}

/** What is left of a token's life; endless where that is unknown. */
function timeLeftMillis(tokens: TokenSet, nowMillis: number): number {
  return (expiresAtMillis(tokens) ?? Number.POSITIVE_INFINITY) - nowMillis;
}

interface DueOptions {
  readonly nowMillis: number;
  readonly spread: number;
}

function isDue(tokens: TokenSet, { nowMillis, spread }: DueOptions): boolean {
  return nowMillis >= dueAtMillis(tokens, { spread });
}

/** Where a session stands, in the words of sessions; `unreadable` where its record does not open. */
export type SessionStanding =
  | Extract<
    SessionStateName,
    "absent" | "fresh" | "stale" | "renewing" | "expired" | "reauthorizationRequired" | "revoked"
  >
  | "unreadable";

/** For as long as a renewal that was begun counts as one that may still be under way. */
const renewalMillis = 120_000;

/** Where the session of a record stands. */
export function standingOf(
  record: SessionRecord,
  { nowMillis, grant }: { readonly nowMillis: number; readonly grant?: GrantWish | undefined },
): SessionStanding {
  if (record.status !== "active") return record.status;
  const canRenew = record.refreshToken !== undefined || grant === "client-credentials";
  if (canRenew && isRenewing(record, nowMillis)) return "renewing";
  const tokens = tokensOf(record);
  if (tokens === undefined) return canRenew ? "stale" : "absent";
  if (timeLeftMillis(tokens, nowMillis) <= 0) return canRenew ? "stale" : "expired";
  return canRenew && isDue(tokens, { nowMillis, spread: 0.5 }) ? "stale" : "fresh";
}

function isRenewing({ renewal }: SessionRecord, nowMillis: number): boolean {
  return renewal !== undefined && nowMillis - renewal.startedAtMillis < renewalMillis;
}
