/**
 * When a token is due: a share of its life before it ends.
 *
 * ```ts
 * import { dueAtMillis } from "@bellhop/core/session/renewal_policy";
 * import { equal } from "node:assert/strict";
 *
 * const hour = { obtainedAtMillis: 0, expiresInSeconds: 3600 };
 * equal(dueAtMillis(hour, { spread: 0.5 }), 3_300_000);
 * const moment = { obtainedAtMillis: 0, expiresInSeconds: 2 };
 * equal(dueAtMillis(moment, { spread: 0.5 }), 1_000);
 * equal(dueAtMillis({ obtainedAtMillis: 0 }, { spread: 0.5 }), Infinity);
 * ```
 *
 * @module
 */
import type { TokenSet } from "../protocol/token_set.ts";
import { expiresAtMillis } from "../protocol/token_set.ts";

/** How long before its expiry a token is due. */
export interface RenewalPolicy {
  /**
   * Part of the token's life, between 0 and 1.
   *
   * @default 0.1
   */
  readonly share?: number | undefined;
  /**
   * No less than this, in milliseconds, but never more than half of the life.
   *
   * @default 10_000
   */
  readonly floorMillis?: number | undefined;
  /**
   * No more than this, in milliseconds.
   *
   * @default 300_000
   */
  readonly ceilingMillis?: number | undefined;
}

/** A policy, and where in it this process stands. */
export interface DueOptions extends RenewalPolicy {
  /**
   * Between 0 and 1, chosen at random once for a session in a process: the margin lies within a
   * quarter around what the policy says, so that processes are not all due at once.
   */
  readonly spread: number;
}

/**
 * Tells from when on a token is to be renewed, in milliseconds since the epoch.
 *
 * @param tokens Its lifetime counts from `obtainedAtMillis`.
 * @returns Endless where no lifetime is known: such a token is renewed when it is refused.
 */
export function dueAtMillis(
  tokens: Pick<TokenSet, "obtainedAtMillis" | "expiresInSeconds">,
  { share = 0.1, floorMillis = 10_000, ceilingMillis = 300_000, spread }: DueOptions,
): number {
  const expiresAt = expiresAtMillis(tokens);
  if (expiresAt === undefined) return Infinity;
  const lifeMillis = expiresAt - tokens.obtainedAtMillis;
  const marginMillis = Math.min(ceilingMillis, Math.max(floorMillis, lifeMillis * share));
  return expiresAt - Math.round(Math.min(lifeMillis / 2, marginMillis) * (0.75 + spread / 2));
}
