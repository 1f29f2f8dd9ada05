/**
 * What can happen to a session, what it remembers, and what it tells: the types of its chart.
 *
 * @module
 */

/** What an operation tells of the token family. Holds no secret. */
export interface SessionFacts {
  /** What the record says; `absent` where there is none. */
  readonly status: "absent" | "active" | "reauthorizationRequired" | "revoked";
  /** The record's version in the store; `null`: nothing is stored. */
  readonly version: number | null;
  /** Whether there is something to renew with. */
  readonly canRenew: boolean;
  /** Whether a renewal uses up a refresh token, and so must be written down before it is sent. */
  readonly rotates: boolean;
  /** Whether there is no token that still lives. */
  readonly isExpired: boolean;
  /** Time until the token is due, or where nothing can renew it, until it expires. May be endless. */
  readonly dueInMillis: number;
  /** What is left of the time in which a renewal without an answer is tried again unasked. */
  readonly windowMillis: number;
  /** Whether memory holds tokens that the store does not. */
  readonly isUnsaved: boolean;
}

/** What keeps an operation from success; the chart hands it on. */
export interface SessionFault {
  /** An `EndpointError`, a `StoreError` or a `SessionError`. */
  readonly error: Error;
  /** Between 0 and 1, random: spreads the retries of many processes. */
  readonly spread: number;
  /** How the family stands after it. */
  readonly facts: SessionFacts;
}

/** What may answer a write under a version. */
export type StoreAnswer =
  | { readonly type: "conflict" }
  | ({ readonly type: "store_failed" } & SessionFault);

/** What may answer the taking and keeping of the lease. */
export type LeaseAnswer = { readonly type: "lease_lost" | "lease_failed" } & SessionFault;

/** What may be found when the record is read. */
export type ReadAnswer =
  /** What was wanted is in hand: another process renewed. */
  | { readonly type: "current"; readonly facts: SessionFacts }
  /** It has to be renewed. */
  | { readonly type: "due"; readonly facts: SessionFacts }
  /** Memory holds tokens that the store does not. */
  | { readonly type: "unsaved"; readonly facts: SessionFacts }
  /** The record is gone, or says that the session ended. */
  | { readonly type: "ended"; readonly facts: SessionFacts }
  | Extract<StoreAnswer, { type: "store_failed" }>;

/** What may answer the one token request of a renewal. RFC 6749 sections 5.1 and 5.2. */
export type RenewalAnswer =
  | { readonly type: "token" }
  | { readonly type: "invalid_grant" }
  | ({ readonly type: "refused"; readonly retryAfterMillis?: number | undefined } & SessionFault)
  /** Nobody knows whether the server acted: no answer, a 5xx, nonsense. */
  | ({ readonly type: "unanswered"; readonly retryAfterMillis?: number | undefined } & SessionFault)
  /** The server did nothing: 429, `temporarily_unavailable`. */
  | (
    & { readonly type: "unavailable"; readonly retryAfterMillis?: number | undefined }
    & SessionFault
  )
  /** Too little is left of the lease to send anything under it. */
  | ({ readonly type: "lease_short" } & SessionFault);

/** What may be found when a refused refresh token is compared with the store. */
export type RecheckAnswer =
  | { readonly type: "newer" }
  | { readonly type: "same" }
  | { readonly type: "ended"; readonly facts: SessionFacts }
  | Extract<StoreAnswer, { type: "store_failed" }>;

/** What may answer the writing down of a renewal that begins. */
export type MarkAnswer = { readonly type: "marked" } | StoreAnswer;

/** What may answer a write that tells how the family stands after it. */
export type WriteAnswer<Type extends string> =
  | { readonly type: Type; readonly facts: SessionFacts }
  | StoreAnswer;

/** What may answer the writing down of an end. Where the store fails, memory knows it. */
export type WrittenAnswer =
  | { readonly type: "written"; readonly facts: SessionFacts }
  | { readonly type: "conflict" };

/** What may be found where another wrote first. */
export type ReconcileAnswer =
  /** The record is still of the same refresh token: what is new goes on top of it. */
  | { readonly type: "rebased" }
  | { readonly type: "superseded"; readonly facts: SessionFacts }
  | Extract<StoreAnswer, { type: "store_failed" }>;

/** Everything that can happen to a session. */
export type SessionEvent =
  | { readonly type: "leased" }
  | MarkAnswer
  | WriteAnswer<"stored">
  | WrittenAnswer
  | WriteAnswer<"revoked">
  | ReconcileAnswer
  | LeaseAnswer
  | ReadAnswer
  | RenewalAnswer
  | RecheckAnswer
  /** A caller needs a token that is not in hand, or one that is due. */
  | { readonly type: "wanted"; readonly variant: string }
  /** The tokens of a login are to be stored. */
  | { readonly type: "signed_in" }
  /** The session is to be revoked. */
  | { readonly type: "revoke" };

/** What whoever waits is told. */
export type SessionEmitted =
  /** What was wanted for this variant, or for all, was done as far as it could be. */
  | { readonly type: "settled"; readonly variant: string | undefined }
  /** No token came, for this variant or for all; the next attempt is `retryInMillis` away. */
  | {
    readonly type: "failed";
    readonly variant: string | undefined;
    readonly error: Error;
    readonly retryInMillis: number;
  }
  /**
   * No token came, and memory alone holds what the server gave before: that is still written, but the
   * server is not asked for anything for `retryInMillis`.
   */
  | { readonly type: "heldOff"; readonly error: Error; readonly retryInMillis: number }
  /** The server does not renew for this variant: `retryInMillis` is how long it is left alone. */
  | {
    readonly type: "refused";
    readonly variant: string;
    readonly error: Error;
    readonly retryInMillis: number;
  }
  /** The new tokens are in memory only, because the store cannot be written. */
  | { readonly type: "unsaved"; readonly error: Error }
  /** The store did not take the tokens of a login, or the revocation. */
  | { readonly type: "unstored"; readonly error: Error };

/** What a session remembers. */
export interface SessionContext extends SessionFacts {
  /** Issuer of the server. */
  readonly issuer: string;
  /** As registered at the server. */
  readonly clientId: string;
  /** The session's key in the store. */
  readonly key: string;
  /** What the renewal under way is for. */
  readonly variant: string;
  /** What is wanted after it. */
  readonly queue: ReadonlyArray<string>;
  /** The last wait after a failure; 0 after a success. */
  readonly waitMillis: number;
  /** The last wait after a failed request while memory alone holds tokens; 0 after a success. */
  readonly askWaitMillis: number;
  /** Whether the last failure was the server's refusal of this one variant. */
  readonly isRefused: boolean;
  /** Whether the tokens of a login wait to be stored. */
  readonly isSignedIn: boolean;
  /** Whether the session is to be revoked. */
  readonly isToBeRevoked: boolean;
  /** Why the last attempt failed. */
  readonly error?: Error | undefined;
}

/** What a session is started with. */
export interface SessionInput extends SessionFacts {
  /** Issuer of the server. */
  readonly issuer: string;
  /** As registered at the server. */
  readonly clientId: string;
  /** The session's key in the store. */
  readonly key: string;
  /** The variant that is renewed unasked. */
  readonly variant: string;
}
