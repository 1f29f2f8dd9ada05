/** What a session's operations work on. */
import type * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { HttpClient } from "effect/http/HttpClient";
import * as Random from "effect/Random";
import type { Digest } from "effect/crypto/Digest";
import type * as Context from "effect/Context";
import type * as Tracer from "effect/Tracer";
import type { SessionFault } from "../chart/session_event.ts";
import type { EndpointError, Rejected } from "../protocol/endpoint_error.ts";
import { type LeaseChanged, notify, type Observer } from "../protocol/observation.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { OtherClient, SessionError, StoreFailed } from "./session_error.ts";
import type { SessionRecord, TokenRequest } from "./session_record.ts";
import type { Lease } from "./session_store.ts";
import type { SessionVault, StoredRecord } from "./session_vault.ts";
import type { StoreError } from "./store_error.ts";
import { isSame, type TokenCell } from "./_token_cell.ts";
import type { Revocation } from "./session_service.ts";

/** What the digest service gives. */
export type Hashing = Context.Service.Shape<typeof Digest>;

/** Somebody who waits for something else than a token. */
export interface Waiting<A> {
  readonly done: Deferred.Deferred<A, SessionError>;
  /** What was asked for first comes first. */
  readonly order: number;
}

/** The tokens of a login on their way into the store. */
export interface SignIn extends Waiting<void> {
  readonly tokens: TokenSet;
  readonly request: TokenRequest;
  /** Told apart from all others by this. Drawn when it is first written. */
  loginId: string | undefined;
}

/** Times and grants of a session. */
export interface HostOptions<R> {
  readonly leaseTtlMillis: number;
  /** How long another holder of the lease is waited for. */
  readonly leaseWaitMillis: number;
  readonly requestLimitMillis: number;
  /** The grant itself, where that is how the session renews. */
  readonly acquire:
    | ((request: TokenRequest) => Effect.Effect<TokenSet, EndpointError, R>)
    | undefined;
  readonly observer: Observer | undefined;
}

/** One attempt to hold the lease, from asking for it until it is given back. */
export interface Tenure {
  /** Done when the lease is taken. */
  readonly leased: Deferred.Deferred<void>;
  /** While it is held. */
  lease: Lease | undefined;
  /** Spans the renewal. */
  span: Tracer.Span | undefined;
  /** Whether something was sent under it whose answer may be the only copy of the next token. */
  isSent: boolean;
  /** Whether what was read under it may be old: it was lost, though it may have been taken again. */
  isOld: boolean;
}

/** The session's cell, store and lease: everything its operations touch. */
export class SessionHost<R> {
  readonly cell: TokenCell;
  readonly vault: SessionVault;
  readonly digest: Hashing;
  readonly http: HttpClient;
  readonly options: HostOptions<R>;
  /** That of the renewal under way. An earlier one may still be giving its lease back. */
  tenure: Tenure | undefined;
  /** How many writes in a row the store refused though nobody else had written. */
  conflicts = 0;
  /** How the server refused the refresh token. */
  refusal: Rejected | undefined;
  readonly signIns: Array<SignIn> = [];
  readonly revocations: Array<Waiting<Revocation>> = [];
  #order = 0;

  constructor(
    cell: TokenCell,
    services: {
      readonly vault: SessionVault;
      readonly digest: Hashing;
      readonly http: HttpClient;
    },
    options: HostOptions<R>,
  ) {
    this.cell = cell;
    this.vault = services.vault;
    this.digest = services.digest;
    this.http = services.http;
    this.options = options;
  }

  get key(): string {
    return this.cell.options.key;
  }

  /** Numbers what is asked for. */
  nextOrder(): number {
    return this.#order += 1;
  }

  /** Reads the record, and takes none that is another client's. */
  read(): Effect.Effect<StoredRecord | undefined, StoreError | SessionError> {
    return Effect.flatMap(this.vault.get(this.key), (stored) => {
      const found = Option.getOrUndefined(stored);
      const other = found === undefined ? undefined : this.#otherClient(found.record);
      return other === undefined ? Effect.succeed(found) : Effect.fail(other);
    });
  }

  #otherClient(record: SessionRecord): SessionError | undefined {
    const { client, key } = this.cell.options;
    const { clientId, server: { issuer } } = client;
    if (record.issuer === issuer && record.clientId === clientId) return undefined;
    const expected = `client "${clientId}" at "${issuer}"`;
    const found = `client "${record.clientId}" at "${record.issuer}"`;
    return new SessionError({ reason: new OtherClient({ key, expected, found }) });
  }

  /** Writes the record; a write that was begun is finished. */
  write(record: SessionRecord): Effect.Effect<number, StoreError> {
    const { version } = this.cell;
    return Effect.uninterruptible(this.vault.put(this.key, record, { ifVersion: version }));
  }

  /** Whether the record is still of the refresh token that was sent. */
  isOfSent(record: SessionRecord): boolean {
    return isSame(record.refreshToken, this.cell.record?.refreshToken);
  }

  /** Tells the observer of the lease. */
  tellLease(type: LeaseChanged["type"], sinceMillis: number): void {
    const { observer } = this.options;
    if (observer === undefined) return;
    const at = this.cell.nowMillis;
    notify(observer, { type, at, key: this.key, durationMillis: at - sinceMillis });
  }

  /** What the session says of a store that failed. */
  storeFailed(error: StoreError | SessionError): SessionError {
    return error._tag === "SessionError"
      ? error
      : new SessionError({ reason: new StoreFailed({ key: this.key, error }) });
  }
}

/** A name that nobody else draws. */
export const drawId: Effect.Effect<string> = Effect.map(
  Random.nextIntBetween(0, 2 ** 48),
  (drawn) => drawn.toString(16).padStart(12, "0"),
);

/** An event that says that something failed, with the randomness that the chart has not. */
export function fault<R, const Type extends string>(
  { cell }: SessionHost<R>,
  type: Type,
  error: Error,
): Effect.Effect<{ readonly type: Type } & SessionFault> {
  return Effect.map(Random.next, (spread) => ({ type, error, spread, facts: cell.facts }));
}
