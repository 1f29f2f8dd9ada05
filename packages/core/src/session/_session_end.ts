/** The operations at both ends of a session: the login's tokens stored, the tokens revoked. */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type { HttpClient } from "effect/http/HttpClient";
import * as Option from "effect/Option";
import type * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type { StoreAnswer, WriteAnswer } from "../chart/session_event.ts";
import { revoke as revokeToken } from "../endpoint/revocation.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import { expiresAtMillis } from "../protocol/token_set.ts";
import { fromTokens, type SessionRecord } from "./session_record.ts";
import { drawId, fault, type SessionHost, type SignIn, type Waiting } from "./_session_host.ts";
import type { Revocation } from "./session_service.ts";
import type { TokenCell } from "./_token_cell.ts";
import type { SessionError } from "./session_error.ts";
import type { StoredRecord } from "./session_vault.ts";
import type { StoreError } from "./store_error.ts";

/** Stores the tokens of the last login, in the place of whatever lies there. */
export const adopt: <R>(host: SessionHost<R>) => Effect.Effect<WriteAnswer<"stored">> = Effect
  .fnUntraced(function* <R>(host: SessionHost<R>) {
    const { cell, signIns, revocations } = host;
    const [{ order: until } = { order: Infinity }] = revocations;
    const adopted = signIns.filter(({ order }) => order < until);
    const answer = answering(signIns, adopted);
    const last = adopted.at(-1);
    if (last === undefined) return { type: "stored" as const, facts: cell.facts };
    last.loginId ??= yield* drawId;
    const { loginId: _, ...made } = recordOf(cell, last);
    const record: SessionRecord = { ...made, loginId: last.loginId };
    return yield* write(host, record).pipe(
      Effect.map((stored) => {
        host.conflicts = 0;
        cell.isUnsaved = false;
        cell.granted = undefined;
        cell.storeHolds(stored.record.refreshToken);
        cell.hold(stored.record, stored.version);
        answer(Effect.void);
        return { type: "stored" as const, facts: cell.facts };
      }),
      Effect.catch((error) => failed(host, error, answer)),
    );
  });

/** Where the renewal is the grant, what no login asked for is what the session asks for. */
function recordOf({ options }: TokenCell, { request, tokens }: SignIn): SessionRecord {
  if (!options.isAcquiring) return fromTokens(options.client, tokens, request);
  const { refreshToken: _, ...rest } = tokens;
  const { scope, resource } = options.request;
  return fromTokens(options.client, rest, {
    scope: request.scope ?? scope ?? [],
    resource: request.resource ?? resource ?? [],
  });
}

/**
 * Writes what a login gave. A write that the store took and reported as a conflict is not done once
 * more: others may have renewed what it wrote, and its refresh token may be used up.
 */
const write: <R>(
  host: SessionHost<R>,
  record: SessionRecord,
) => Effect.Effect<StoredRecord, StoreError> = Effect.fnUntraced(
  function* <R>(host: SessionHost<R>, record: SessionRecord) {
    const stored = Option.getOrUndefined(yield* host.vault.get(host.key));
    if (stored !== undefined && stored.record.loginId === record.loginId) return stored;
    const ifVersion = stored?.version ?? null;
    const version = yield* Effect.uninterruptible(host.vault.put(host.key, record, { ifVersion }));
    return { record, version };
  },
);

/** Answers these, and none of those who come after. */
function answering<A>(
  waiting: Array<Waiting<A>>,
  now: ReadonlyArray<Waiting<A>>,
): (answer: Effect.Effect<A, SessionError>) => void {
  return (answer) => {
    for (const each of now) {
      const at = waiting.indexOf(each);
      if (at < 0) continue;
      waiting.splice(at, 1);
      Deferred.doneUnsafe(each.done, answer);
    }
  };
}

/** As many others may write in between, one after the other, before it looks like a broken store. */
const MAX_CONFLICTS = 10;

/** A conflict is tried again by the chart; anything else is told to whoever waits. */
function failed<R>(
  host: SessionHost<R>,
  error: StoreError | SessionError,
  answer: (answer: Effect.Effect<never, SessionError>) => void,
): Effect.Effect<StoreAnswer> {
  return Effect.suspend((): Effect.Effect<StoreAnswer> => {
    if (error._tag === "StoreError" && error.reason._tag === "Conflict") {
      host.conflicts += 1;
      if (host.conflicts <= MAX_CONFLICTS) return Effect.succeed<StoreAnswer>({ type: "conflict" });
    }
    host.conflicts = 0;
    answer(Effect.fail(host.storeFailed(error)));
    return fault(host, "store_failed", error);
  });
}

/** Tells the server under the lease, so that no renewal is under way, and forgets the record. */
export function revoke<R>(
  host: SessionHost<R>,
): Effect.Effect<WriteAnswer<"revoked">, never, HttpClient> {
  const { cell, revocations } = host;
  const answer = answering(revocations, [...revocations]);
  if (revocations.length === 0) return Effect.succeed({ type: "revoked", facts: cell.facts });
  const { order: until } = revocations.at(-1) as Waiting<Revocation>;
  return Effect.scoped(forget(host, until)).pipe(
    Effect.map((revocation) => {
      host.conflicts = 0;
      answer(Effect.succeed(revocation));
      return { type: "revoked" as const, facts: cell.facts };
    }),
    Effect.catch((error) => failed(host, error, answer)),
  );
}

const forget = Effect.fnUntraced(
  function* <R>(host: SessionHost<R>, until: number) {
    const { cell, key, options, vault } = host;
    const { leaseTtlMillis: ttlMillis, leaseWaitMillis: waitMillis } = options;
    // Where there is no lease to be had, the user's wish still stands.
    yield* Effect.ignore(vault.lease(key, { ttlMillis, waitMillis }));
    cell.adopt(yield* host.read());
    const { record } = cell;
    const untold = record === undefined ? [] : yield* revokeTokens(host, record);
    // A login before it, whose tokens were not stored yet, ends with what it was to replace.
    const dropped = host.signIns.filter(({ order }) => order < until);
    const answer = answering(host.signIns, dropped);
    for (const each of dropped) untold.push(...yield* revokeTokens(host, recordOf(cell, each)));
    answer(Effect.void);
    if (cell.version !== null) yield* vault.remove(key, { ifVersion: cell.version });
    cell.isUnsaved = false;
    cell.revoke();
    return { untold };
  },
);

const revokeTokens = Effect.fnUntraced(function* <R>(host: SessionHost<R>, record: SessionRecord) {
  const untold: Array<EndpointError> = [];
  const { cell, options: { requestLimitMillis } } = host;
  const tell = (token: Redacted.Redacted, tokenTypeHint: "access_token" | "refresh_token") =>
    Effect.map(
      Effect.result(revokeToken(cell.options.client, token, { tokenTypeHint, requestLimitMillis })),
      (told) => {
        if (Result.isFailure(told) && !isBeside(told.failure, tokenTypeHint)) {
          untold.push(told.failure);
        }
      },
    );
  if (record.refreshToken !== undefined) yield* tell(record.refreshToken, "refresh_token");
  for (const { tokens } of record.accessTokens) {
    const isAlive = (expiresAtMillis(tokens) ?? Infinity) > cell.nowMillis;
    // A server that cannot be reached, or revokes nothing, need not be asked once more.
    if (isAlive && untold.length === 0) yield* tell(tokens.accessToken, "access_token");
  }
  return untold;
});

/** A server may revoke refresh tokens only. RFC 7009 section 2.2.1. */
function isBeside({ reason }: EndpointError, hint: "access_token" | "refresh_token"): boolean {
  return hint === "access_token" && reason._tag === "Rejected" &&
    reason.code === "unsupported_token_type";
}
