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

/** What a variant's token is asked for with, and filed under. */
export interface Wanted {
  /** What is sent. */
  readonly sent: TokenRequest;
  readonly filed: Variant;
}

/** Those who wait for one variant. */
export interface Round {
  readonly done: Deferred.Deferred<Outcome>;
  /** How many there still are. */
  waiting: number;
}

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
  | { readonly type: "refused"; readonly error: Error; readonly retryAtMillis: number }
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
/** More than the chart knows of at a time, which may still work on what nobody waits for. */
const MAX_NAMES = 200;
const NONE: ReadonlySet<string> = new Set();

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
  #storedRefreshToken: Redacted.Redacted | undefined;
  /** Refresh tokens that were to be written since. A store may have taken what it says it has not. */
  #attempted: Array<Redacted.Redacted> = [];
  /** What the last attempt got, until it is stored. */
  granted: { readonly filed: Variant; readonly tokens: TokenSet } | undefined;
  /** The default variant's token unless it was rejected; what the hot path looks at. */
  current: Held | undefined;
  #held = new Map<string, Held>();
  /** What was last asked for under each name. */
  readonly #wanted = new Map<string, { readonly asked: TokenRequest; readonly filed: Variant }>();
  readonly #rounds = new Map<string, Round>();
  readonly #rejectedAtMillis = new Map<string, number>();
  #isClosed = false;
  /** The last login that was revoked here. */
  #revokedLogin: string | undefined;
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

  /** The name of what is asked for, so that the chart can speak of it. */
  variantOf(asked: TokenRequest): string {
    if (asked.scope === undefined && asked.resource === undefined) return DEFAULT_VARIANT;
    const key = variantKey(this.#filed(asked));
    return key === this.#defaultKey ? DEFAULT_VARIANT : key;
  }

  /** Remembers what a name stands for, and forgets the oldest that nobody needs any more. */
  name(variant: string, asked: TokenRequest): void {
    if (variant === DEFAULT_VARIANT) return;
    this.#wanted.delete(variant);
    this.#wanted.set(variant, { asked, filed: this.#filed(asked) });
    // Two at a time, so that they become fewer without a look at all of them.
    for (let turn = 0; turn < 2 && this.#wanted.size > MAX_NAMES; turn++) {
      const [first] = this.#wanted;
      if (first === undefined) return;
      const [oldest, named] = first;
      this.#wanted.delete(oldest);
      if (this.#rounds.has(oldest)) this.#wanted.set(oldest, named);
    }
  }

  /** How a variant's token is to be had. What nobody asks for any more is the session's own. */
  wanted(variant: string): Wanted {
    const { request: own } = this.options;
    const named = this.#wanted.get(variant);
    if (named === undefined) return { sent: own, filed: this.defaults };
    const { asked, filed } = named;
    // A login since then may have changed what is default, and with it what is to be said.
    const isStill = variantKey(this.#filed(asked)) === variant;
    const { scope = own.scope, resource = own.resource } = isStill ? asked : {
      scope: nonEmpty(filed.scope),
      resource: nonEmpty(filed.resource),
    };
    return { sent: { scope, resource }, filed };
  }

  #filed({ scope, resource }: TokenRequest): Variant {
    const { defaults } = this;
    return { scope: scope ?? defaults.scope, resource: resource ?? defaults.resource };
  }

  /** What belongs to the session itself: as it was opened, else as the login asked. */
  get defaults(): Variant {
    const { isAcquiring, request: { scope, resource } } = this.options;
    // No grant of its own is the one that others go by: what was stored first is as good as any.
    const login = isAcquiring ? undefined : this.record?.accessTokens[0];
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

  /** Takes in that the session was revoked here. */
  revoke(): void {
    this.#revokedLogin = this.record?.loginId ?? this.#revokedLogin;
    this.hold(undefined, null);
    this.isRevoked = true;
  }

  /** Takes what the store holds, unless memory holds something newer of the same refresh token. */
  adopt(shown: StoredRecord | undefined): void {
    // A store that shows the past does not bring back what was revoked.
    const login = shown?.record.loginId;
    const stored = login !== undefined && login === this.#revokedLogin ? undefined : shown;
    if (this.isUnsaved && stored !== undefined && this.isOurs(stored.record)) {
      this.version = stored.version;
      return;
    }
    this.isUnsaved = false;
    this.storeHolds(stored?.record.refreshToken);
    this.hold(this.#known(stored?.record), stored?.version ?? null);
  }

  /** The end of this record, where that could not be written down. */
  #known(record: SessionRecord | undefined): SessionRecord | undefined {
    const concluded = this.#concluded;
    const isConcluded = record?.refreshToken !== undefined && concluded !== undefined &&
      isSame(record.refreshToken, concluded.refreshToken);
    return isConcluded ? concluded.record : record;
  }

  /** Takes in what the store surely holds. */
  storeHolds(refreshToken: Redacted.Redacted | undefined): void {
    this.#storedRefreshToken = refreshToken;
    this.#attempted = [];
  }

  /** Takes in what the store may hold once it has been asked to. */
  storeMayHold(refreshToken: Redacted.Redacted | undefined): void {
    const isKnown = this.#attempted.some((attempted) => isSame(attempted, refreshToken));
    if (refreshToken !== undefined && !isKnown) this.#attempted.push(refreshToken);
  }

  /**
   * Whether a record is still of the refresh token that the store was last seen to hold, or of one
   * that came out of it here, and that memory may have gone beyond.
   */
  isOurs({ status, refreshToken }: SessionRecord): boolean {
    return status === "active" &&
      (this.options.isAcquiring || isSame(refreshToken, this.#storedRefreshToken) ||
        this.#attempted.some((attempted) => isSame(attempted, refreshToken)));
  }

  /** Puts a record in the place of the one in hand. */
  hold(record: SessionRecord | undefined, version: number | null): void {
    this.record = record;
    this.version = version;
    if (record !== undefined) this.isRevoked = false;
    this.#defaultKey = variantKey(this.defaults);
    const before = this.#held;
    this.#held = new Map();
    for (const each of record?.status === "active" ? record.accessTokens : []) {
      const key = variantKey({ scope: each.requestedScope, resource: each.resource });
      this.#held.set(key, this.#keep(key, each, before.get(key)));
    }
    for (const key of this.#rejectedAtMillis.keys()) {
      if (!this.#held.has(key)) this.#rejectedAtMillis.delete(key);
    }
    const held = this.#held.get(this.#defaultKey);
    this.current = this.#isClosed || held?.isRejected === true ? undefined : held;
  }

  /** Nobody gets a token from it any more. */
  close(): void {
    this.#isClosed = true;
    this.current = undefined;
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

  /** One more who waits for a variant, and whether it is the first. */
  join(variant: string): { readonly round: Round; readonly isNew: boolean } {
    const known = this.#rounds.get(variant);
    const round = known ?? { done: Deferred.makeUnsafe<Outcome>(), waiting: 0 };
    round.waiting += 1;
    if (known === undefined) this.#rounds.set(variant, round);
    return { round, isNew: known === undefined };
  }

  /** Whether all have left who waited for a variant. */
  isAbandoned(variant: string): boolean {
    return this.#rounds.get(variant)?.waiting === 0;
  }

  /** Whether somebody waits for a variant. */
  isAwaited(variant: string): boolean {
    return (this.#rounds.get(variant)?.waiting ?? 0) > 0;
  }

  /** Ends the round of a variant. */
  end(variant: string, outcome: Outcome = SETTLED): void {
    const round = this.#rounds.get(variant);
    this.#rounds.delete(variant);
    if (round !== undefined) Deferred.doneUnsafe(round.done, Exit.succeed(outcome));
  }

  /** Ends all rounds but some. */
  endAll(outcome: Outcome = SETTLED, but: ReadonlySet<string> = NONE): void {
    // Whoever is let go may join again at once.
    const ended = [...this.#rounds.keys()].filter((variant) => !but.has(variant));
    for (const variant of ended) this.end(variant, outcome);
  }
}

function nonEmpty(values: ReadonlyArray<string>): ReadonlyArray<string> | undefined {
  return values.length === 0 ? undefined : values;
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
