/**
 * The cell: the tokens of one family in memory, and who waits for them.
 *
 * The session's chart decides; the cell holds what the chart must not: secrets. It changes only in
 * the chart's operations, and by a token that a resource server refused.
 */
import type * as Cause from "effect/Cause";
import type * as Clock from "effect/Clock";
import * as Deferred from "effect/Deferred";
import * as Exit from "effect/Exit";
import * as Redacted from "effect/Redacted";
import type { SessionFacts } from "../chart/session_event.ts";
import type { Client } from "../protocol/client.ts";
import { expiresAtMillis, type TokenSet } from "../protocol/token_set.ts";
import { dueAtMillis, type DueOptions } from "./renewal_policy.ts";
import type { HeldToken, SessionRecord, TokenRequest } from "./session_record.ts";
import type { StoredRecord } from "./session_vault.ts";
import { type Variant, variantKey } from "./_variant.ts";

/** A token in hand. */
export interface Held {
  readonly tokens: TokenSet;
  /** What callers get: done already. */
  readonly exit: Exit.Exit<TokenSet>;
  /** From when on it is renewed when somebody asks. */
  readonly dueAtMillis: number;
  readonly expiresAtMillis: number;
  /** A resource server did not take it. */
  isRejected: boolean;
  /** When the token before it was refused, if that is why this one was asked for. */
  readonly rejectedBeforeAtMillis: number | undefined;
}

/** How a round of a renewal ended for those who wait. */
export type Outcome =
  /** Look at what is in hand now. */
  | { readonly type: "settled" }
  /** The next attempt is at `retryAtMillis`. */
  | { readonly type: "failed"; readonly error: Error; readonly retryAtMillis: number }
  | { readonly type: "refused"; readonly error: Error }
  /** A fault in the program ended the session's flow. */
  | { readonly type: "crashed"; readonly cause: Cause.Cause<never> };

/** What a cell is made of. */
export interface CellOptions {
  readonly key: string;
  readonly client: Client;
  /** What is asked for unless a caller says otherwise. */
  readonly request: TokenRequest;
  /** Whether the renewal is a grant that needs no refresh token. */
  readonly isAcquiring: boolean;
  readonly clock: Clock.Clock;
  readonly due: DueOptions;
  /** Within this a renewal without an answer is tried again unasked. */
  readonly windowMillis: number;
}

const SETTLED: Outcome = { type: "settled" };

/** Names what is asked for by default, whatever the record says that this is. */
export const DEFAULT_VARIANT = "default";

export class TokenCell {
  readonly options: CellOptions;
  /** The record as it is in the store, or as it should be while `isUnsaved`. */
  record: SessionRecord | undefined;
  version: number | null = null;
  /** Memory holds what the store could not take. */
  isUnsaved = false;
  /** It was revoked here, and forgotten. */
  isRevoked = false;
  /** The refresh token that the store was last seen to hold. */
  storedRefreshToken: Redacted.Redacted | undefined;
  /** What the last attempt got, until it is stored. */
  granted: { readonly variant: string; readonly tokens: TokenSet } | undefined;
  /** The default variant's token unless it was rejected; what the hot path looks at. */
  current: Held | undefined;
  #held = new Map<string, Held>();
  #variants = new Map<string, Variant>();
  #rounds = new Map<string, Deferred.Deferred<Outcome>>();
  #rejectedAtMillis = new Map<string, number>();
  /** Under which the default variant's token is held. */
  #defaultKey = "";
  #concluded: {
    readonly refreshToken: Redacted.Redacted | undefined;
    readonly record: SessionRecord;
  } | undefined;

  constructor(options: CellOptions) {
    this.options = options;
  }

  get nowMillis(): number {
    return this.options.clock.currentTimeMillisUnsafe();
  }

  held(variant: string): Held | undefined {
    return this.#held.get(this.#keyOf(variant));
  }

  #keyOf(variant: string): string {
    return variant === DEFAULT_VARIANT ? this.#defaultKey : variant;
  }

  variant(key: string): Variant {
    return this.#variants.get(key) ?? this.options.request;
  }

  /** The name of what is asked for, so that the chart can speak of it. */
  variantOf(asked: TokenRequest): string {
    const { scope, resource } = asked;
    if (scope === undefined && resource === undefined) return DEFAULT_VARIANT;
    const base = this.#defaults();
    const key = variantKey({ scope: scope ?? base.scope, resource: resource ?? base.resource });
    if (key === this.#defaultKey) return DEFAULT_VARIANT;
    if (!this.#variants.has(key)) this.#variants.set(key, asked);
    return key;
  }

  /** What belongs to the session itself: as it was opened, else as the login asked. */
  #defaults(): TokenRequest {
    const { scope, resource } = this.options.request;
    const login = this.record?.accessTokens[0];
    return {
      scope: scope ?? login?.requestedScope ?? [],
      resource: resource ?? login?.resource ?? [],
    };
  }

  /** Takes in that the session ended, and that this refresh token is not to be tried again. */
  conclude(record: SessionRecord, version: number | null): void {
    this.#concluded = { refreshToken: this.record?.refreshToken, record };
    this.isUnsaved = false;
    this.hold(record, version);
  }

  /** Takes what the store holds, unless memory holds something newer of the same refresh token. */
  adopt(stored: StoredRecord | undefined): void {
    if (this.isUnsaved && stored !== undefined && this.isOurs(stored.record)) {
      this.version = stored.version;
      return;
    }
    this.isUnsaved = false;
    this.storedRefreshToken = stored?.record.refreshToken;
    this.hold(this.#known(stored?.record), stored?.version ?? null);
  }

  /** The end of this record, where that could not be written down. */
  #known(record: SessionRecord | undefined): SessionRecord | undefined {
    const concluded = this.#concluded;
    const isConcluded = record?.refreshToken !== undefined && concluded !== undefined &&
      isSame(record.refreshToken, concluded.refreshToken);
    return isConcluded ? concluded.record : record;
  }

  /** Whether a record is still of the refresh token that the store was last seen to hold. */
  isOurs(record: SessionRecord): boolean {
    const { isAcquiring } = this.options;
    return record.status === "active" &&
      (isAcquiring || isSame(record.refreshToken, this.storedRefreshToken));
  }

  /** Puts a record in the place of the one in hand. */
  hold(record: SessionRecord | undefined, version: number | null): void {
    this.record = record;
    this.version = version;
    if (record !== undefined) this.isRevoked = false;
    this.#defaultKey = variantKey(this.#defaults());
    const before = this.#held;
    this.#held = new Map();
    for (const each of record?.status === "active" ? record.accessTokens : []) {
      const key = variantKey({ scope: each.requestedScope, resource: each.resource });
      this.#held.set(key, this.#keep(key, each, before.get(key)));
    }
    const held = this.#held.get(this.#defaultKey);
    this.current = held?.isRejected === true ? undefined : held;
  }

  #keep(key: string, { tokens }: HeldToken, before: Held | undefined): Held {
    if (before !== undefined && isSameGrant(before.tokens, tokens)) return before;
    const { isAcquiring, due } = this.options;
    const canRenew = isAcquiring || this.record?.refreshToken !== undefined;
    const expiresAt = expiresAtMillis(tokens) ?? Infinity;
    const rejectedBeforeAtMillis = this.#rejectedAtMillis.get(key);
    this.#rejectedAtMillis.delete(key);
    return {
      tokens,
      exit: Exit.succeed(tokens),
      dueAtMillis: canRenew ? dueAtMillis(tokens, due) : expiresAt,
      expiresAtMillis: expiresAt,
      isRejected: false,
      rejectedBeforeAtMillis,
    };
  }

  /** A resource server did not take this token. */
  reject(variant: string, held: Held): void {
    held.isRejected = true;
    this.#rejectedAtMillis.set(this.#keyOf(variant), this.nowMillis);
    if (this.current === held) this.current = undefined;
  }

  /** Whether the session can get a token without its user. */
  get canRenew(): boolean {
    const { record, options } = this;
    return options.isAcquiring ||
      (record?.status === "active" && record.refreshToken !== undefined);
  }

  /** How the family stands, without its secrets. */
  get facts(): SessionFacts {
    const { record, version, isUnsaved, options, canRenew } = this;
    const now = this.nowMillis;
    const held = this.#held.get(this.#defaultKey);
    const status = record?.status ?? (this.isRevoked ? "revoked" : "absent");
    return {
      status,
      version,
      canRenew,
      rotates: canRenew && !options.isAcquiring,
      isExpired: held === undefined || held.expiresAtMillis <= now,
      dueInMillis: held === undefined || held.isRejected ? 0 : Math.max(0, held.dueAtMillis - now),
      windowMillis: this.windowLeftMillis,
      isUnsaved,
    };
  }

  /** What is left of the time in which a renewal without an answer is tried again unasked. */
  get windowLeftMillis(): number {
    const startedAt = this.record?.renewal?.startedAtMillis;
    if (startedAt === undefined || this.options.isAcquiring) return 0;
    const { windowMillis } = this.options;
    const leftMillis = windowMillis - (this.nowMillis - startedAt);
    // What began that far in the future was begun under another clock.
    return leftMillis > 2 * windowMillis ? 0 : Math.max(0, Math.min(windowMillis, leftMillis));
  }

  /** The round that is under way for a variant, and whether it has only now begun. */
  join(variant: string): { readonly round: Deferred.Deferred<Outcome>; readonly isNew: boolean } {
    const known = this.#rounds.get(variant);
    if (known !== undefined) return { round: known, isNew: false };
    const round = Deferred.makeUnsafe<Outcome>();
    this.#rounds.set(variant, round);
    return { round, isNew: true };
  }

  /** Ends the round of a variant, or of all. */
  end(variant: string | undefined, outcome: Outcome = SETTLED): void {
    const ended = variant === undefined ? [...this.#rounds.keys()] : [variant];
    for (const key of ended) {
      const round = this.#rounds.get(key);
      this.#rounds.delete(key);
      if (round !== undefined) Deferred.doneUnsafe(round, Exit.succeed(outcome));
    }
  }
}

/** A server may give the same access token again, with a new life. */
function isSameGrant(one: TokenSet, other: TokenSet): boolean {
  return isSame(one.accessToken, other.accessToken) &&
    one.obtainedAtMillis === other.obtainedAtMillis &&
    one.expiresInSeconds === other.expiresInSeconds;
}

/** Compares two secrets that came over the same wire; how long that takes tells nobody anything. */
export function isSame(
  one: Redacted.Redacted | undefined,
  other: Redacted.Redacted | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Redacted.value(one) === Redacted.value(other);
}
