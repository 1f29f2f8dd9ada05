/**
 * The access token of the profile's session, as long as it can be used.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import type { StoreError } from "@bellhop/core/session/store_error";
import { type CommandError, sessionError } from "./command_error.ts";
import { formatMillis } from "./duration.ts";
import { Settings } from "./settings.ts";

/** What the token must still be good for. */
export interface HeldTokenOptions {
  /**
   * Least time to live.
   *
   * @default 0
   */
  readonly minTtlMillis?: number | undefined;
}

/** Gives the tokens. Fails, before anything is sent, where they are absent or expired. */
export const heldToken: (
  options?: HeldTokenOptions,
) => Effect.Effect<TokenSet, CommandError | StoreError, SessionVault | Settings> = Effect
  .fnUntraced(function* (options: HeldTokenOptions = {}) {
    const { minTtlMillis = 0 } = options;
    const { profile } = yield* Settings;
    const vault = yield* SessionVault;
    const stored = yield* vault.get(profile);
    const hint = `Log in again: ${loginCommand(profile)}`;
    const record = Option.getOrUndefined(stored)?.record;
    const tokens = record?.accessTokens[0]?.tokens;
    if (record === undefined || tokens === undefined) {
      return yield* sessionError("no_session", `Profile "${profile}" has no session`, hint);
    }
    if (record.status !== "active") {
      const description = `The session of profile "${profile}" ended at the server`;
      return yield* sessionError("reauthorization_required", description, hint);
    }
    const leftMillis = timeLeftMillis(tokens, yield* Clock.currentTimeMillis);
    if (leftMillis <= 0) {
      const description = `The session of profile "${profile}" has expired`;
      return yield* sessionError("session_expired", description, hint);
    }
    if (leftMillis < minTtlMillis) {
      const description = `The token of profile "${profile}" lives for ${
        formatMillis(leftMillis)
      } only, less than --min-ttl ${formatMillis(minTtlMillis)}`;
      return yield* sessionError("session_expired", description, hint);
    }
    return tokens;
  });

/** What is left of a token's life; endless where that is unknown. */
function timeLeftMillis(tokens: TokenSet, nowMillis: number): number {
  return (expiresAtMillis(tokens) ?? Number.POSITIVE_INFINITY) - nowMillis;
}

/** Where a session stands, for `status`. */
export type SessionState =
  | "fresh"
  | "expired"
  | "reauthorizationRequired"
  | "revoked"
  | "absent"
  | "unreadable";

/** Where the session of a record stands. */
export function stateOf(record: SessionRecord, nowMillis: number): SessionState {
  if (record.status !== "active") return record.status;
  const tokens = record.accessTokens[0]?.tokens;
  if (tokens === undefined) return "absent";
  return timeLeftMillis(tokens, nowMillis) > 0 ? "fresh" : "expired";
}

/** The command that logs a profile in again. */
export function loginCommand(profile: string): string {
  return profile === "default" ? "bellhop login" : `bellhop login --profile ${profile}`;
}
