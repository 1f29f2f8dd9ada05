/**
 * What a session record says, with ordinals in the place of its secrets.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Redacted from "effect/Redacted";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { ordinalOf } from "../server/secret.ts";

/** A record without its secrets. */
export interface RecordOutline {
  /** Whether it can be used. */
  readonly status: string;
  /** Ordinal of its refresh token. */
  readonly refreshToken?: number | undefined;
  /** Ordinals of its access tokens. */
  readonly accessTokens: ReadonlyArray<number>;
  /** Whether a renewal is under way, or was given up in the middle. */
  readonly isRenewing: boolean;
}

/** Takes the secrets out of a record. */
export function outlineOf(record: SessionRecord): RecordOutline {
  const refreshToken = named(record.refreshToken);
  return {
    status: record.status,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    accessTokens: record.accessTokens.map(({ tokens }) => named(tokens.accessToken) ?? -1),
    isRenewing: record.renewal !== undefined,
  };
}

function named(secret: Redacted.Redacted | undefined): number | undefined {
  return secret === undefined ? undefined : ordinalOf(Redacted.value(secret));
}

/** The record whose sealed bytes the store is about to get, for those who watch the store. */
export const WrittenRecord: Context.Reference<RecordOutline | undefined> = Context.Reference(
  "@bellhop/simulator/store/record_outline/WrittenRecord",
  { defaultValue: (): RecordOutline | undefined => undefined },
);
