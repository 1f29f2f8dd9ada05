/** The operations of a renewal: lease, read again, mark, request, persist. */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Digest from "effect/crypto/Digest";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Redacted from "effect/Redacted";
import type { HttpClient } from "effect/http/HttpClient";
import type {
  LeaseAnswer,
  MarkAnswer,
  ReadAnswer,
  RecheckAnswer,
  ReconcileAnswer,
  RenewalAnswer,
  WriteAnswer,
  WrittenAnswer,
} from "../chart/session_event.ts";
import * as RefreshToken from "../grant/refresh_token.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { LeaseChanged } from "../protocol/observation.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { answerOf } from "./_renewal_answer.ts";
import { ended, granted } from "./_record_change.ts";
import type { SessionError } from "./session_error.ts";
import type { SessionRecord, TokenRequest } from "./session_record.ts";
import { drawId, fault, type SessionHost, type Tenure } from "./_session_host.ts";
import type { Lease } from "./session_store.ts";
import { DEFAULT_VARIANT, type Held, type TokenCell } from "./_token_cell.ts";
import { Conflict, LeaseLost, LeaseTimeout, StoreError } from "./store_error.ts";

/** After a lease that was taken again and lost again. */
const SHORT_PAUSE_MILLIS = 1_000;

/** Takes the lease and keeps it as long as the renewal runs. Its span is that of the renewal. */
export function holdLease<R>(host: SessionHost<R>): Effect.Effect<LeaseAnswer> {
  const { key, options, vault } = host;
  const tenure: Tenure = {
    leased: Deferred.makeUnsafe(),
    lease: undefined,
    span: undefined,
    isSent: false,
    isOld: false,
  };
  host.tenure = tenure;
  let since = host.cell.nowMillis;
  let told: LeaseChanged["type"] | undefined;
  const tell = (type: LeaseChanged["type"]) => {
    host.tellLease(type, since);
    since = host.cell.nowMillis;
    told = type;
  };
  const keep = Effect.fnUntraced(function* (lease: Lease) {
    tell("lease.taken");
    tenure.lease = lease;
    Deferred.doneUnsafe(tenure.leased, Exit.void);
    const error = yield* Effect.flip(lease.lost);
    tell("lease.lost");
    tenure.lease = undefined;
    tenure.isOld = true;
    return error;
  });
  const held = Effect.gen(function* () {
    const span = yield* Effect.makeSpanScoped("session.renewal");
    tenure.span = span;
    const { leaseTtlMillis: ttlMillis, leaseWaitMillis: waitMillis } = options;
    const take = Effect.withParentSpan(vault.lease(key, { ttlMillis, waitMillis }), span);
    const error = yield* keep(yield* take);
    const isUnsaved = host.cell.isUnsaved && options.acquire === undefined;
    // The store may see it otherwise, and still keep others from what was sent. So it is given back
    // no earlier than the renewal is over, and taken again to keep them from it.
    const isAtStake = tenure.isSent || isUnsaved;
    if (!isAtStake) return yield* Effect.fail(error);
    for (;;) {
      const again = yield* Effect.option(take);
      if (Option.isSome(again)) yield* keep(again.value);
      yield* Effect.sleep(Option.isSome(again) ? SHORT_PAUSE_MILLIS : ttlMillis / 3);
    }
  });
  const letGo = Effect.sync(() => {
    if (told === "lease.taken") tell("lease.released");
    tenure.lease = undefined;
    tenure.span = undefined;
  });
  return Effect.scoped(held).pipe(
    Effect.tapError(() => Effect.sync(() => told === undefined && tell("lease.refused"))),
    Effect.ensuring(letGo),
    Effect.catch((error) => fault(host, isLost(error) ? "lease_lost" : "lease_failed", error)),
  );
}

function isLost({ reason }: StoreError): boolean {
  return reason instanceof LeaseLost || reason instanceof LeaseTimeout;
}

/** Waits until the lease is held. */
export function awaitLease<R>(
  host: SessionHost<R>,
): Effect.Effect<{ readonly type: "leased" }> {
  // Holding it is begun before waiting for it.
  const leased = Effect.suspend(() => Deferred.await((host.tenure as Tenure).leased));
  return Effect.map(leased, () => ({ type: "leased" }));
}

/** Reads the record again: what is newer is taken, and may be all that was wanted. */
export function read<R>(host: SessionHost<R>, variant: string): Effect.Effect<ReadAnswer> {
  const { cell } = host;
  return Effect.suspend(() => {
    if (isPointless(cell, variant)) {
      return Effect.succeed<ReadAnswer>({ type: "current", facts: cell.facts });
    }
    const before = cell.held(variant);
    return host.read().pipe(
      Effect.map((stored): ReadAnswer => {
        cell.adopt(stored);
        const { facts } = cell;
        if (facts.isUnsaved) return { type: "unsaved", facts };
        if (isInHand(cell, variant, before)) return { type: "current", facts };
        const isEnded = facts.status !== "active" && !cell.options.isAcquiring;
        return { type: isEnded ? "ended" : "due", facts };
      }),
      Effect.catch((error) => fault(host, "store_failed", error)),
    );
  });
}

/** Whoever wanted this variant has left, and nothing is at stake. */
function isPointless(cell: TokenCell, variant: string): boolean {
  return variant !== DEFAULT_VARIANT && cell.isAbandoned(variant) && !cell.isUnsaved &&
    cell.windowLeftMillis === 0;
}

/** Another process renewed, or has ended the doubt for which nobody waits. */
function isInHand(cell: TokenCell, variant: string, before: Held | undefined): boolean {
  const held = cell.held(variant);
  if (held === undefined) return false;
  if (held !== before) return cell.nowMillis < held.expiresAtMillis;
  const isGood = !held.isRejected && cell.nowMillis < held.dueAtMillis;
  return isGood && cell.windowLeftMillis === 0 && !cell.isAwaited(variant);
}

/** Writes down which refresh token is about to be used, unless that stands there already. */
export const mark: <R>(host: SessionHost<R>) => Effect.Effect<MarkAnswer> = Effect.fnUntraced(
  function* <R>(host: SessionHost<R>) {
    const { cell } = host;
    const record = cell.record as SessionRecord;
    const refreshToken = record.refreshToken as Redacted.Redacted;
    const refreshTokenHash = yield* hashOf(host, refreshToken);
    if (record.renewal?.refreshTokenHash !== refreshTokenHash) {
      const attemptId = yield* drawId;
      const renewal = { attemptId, startedAtMillis: cell.nowMillis, refreshTokenHash };
      const { renewal: _renewal, ...kept } = record;
      const marked: SessionRecord = { ...kept, renewal };
      cell.hold(marked, yield* host.write(marked));
      cell.storeHolds(refreshToken);
    }
    return { type: "marked" as const };
  },
  (effect, host) => Effect.catch(effect, (error) => storeAnswer(host, error)),
);

const hashOf = Effect.fnUntraced(function* <R>(host: SessionHost<R>, secret: Redacted.Redacted) {
  const bytes = new TextEncoder().encode(Redacted.value(secret));
  return Base64Url.encode(yield* host.digest.digest(Digest.sha256, bytes));
});

/** Sends one token request, if the lease lasts longer than that may take. */
export const request: <R>(
  host: SessionHost<R>,
  variant: string,
) => Effect.Effect<RenewalAnswer, never, HttpClient | R> = Effect.fnUntraced(
  function* <R>(host: SessionHost<R>, variant: string) {
    const { cell, options } = host;
    if (options.acquire === undefined && !(yield* isCovered(host))) {
      const error = new StoreError({ reason: new LeaseLost({ key: host.key }) });
      return yield* fault(host, "lease_short", error);
    }
    const { sent, filed } = cell.wanted(variant);
    if (host.tenure !== undefined) host.tenure.isSent = true;
    const tokens = yield* obtain(host, sent);
    cell.granted = { filed, tokens };
    return { type: "token" as const };
  },
  (effect, host) =>
    Effect.catch(effect, (error) => {
      const answer = answerOf(error, host.options.acquire === undefined);
      if (answer.type !== "invalid_grant") {
        const { type, error: reason } = answer;
        return Effect.map(
          fault(host, type, reason),
          (failed): RenewalAnswer => ({ ...answer, ...failed }),
        );
      }
      host.refusal = answer.reason;
      return Effect.succeed<RenewalAnswer>({ type: "invalid_grant" });
    }),
);

/**
 * Whether the lease lasts longer than a request may take. Where it was lost and taken again, the
 * record must be what it was: another may have renewed in between.
 */
const isCovered: <R>(host: SessionHost<R>) => Effect.Effect<boolean> = Effect.fnUntraced(
  function* <R>(host: SessionHost<R>) {
    const { options, tenure } = host;
    const lease = tenure?.lease;
    if (tenure === undefined || lease === undefined) return false;
    if (tenure.isOld && (yield* isOverwritten(host))) return false;
    if (tenure.lease === lease) tenure.isOld = false;
    const leftMillis = yield* lease.remainingMillis;
    return leftMillis > options.requestLimitMillis;
  },
  Effect.orElseSucceed(() => false),
);

/** Whether another version is in the store than the one that is known. */
function isOverwritten<R>(host: SessionHost<R>): Effect.Effect<boolean, StoreError | SessionError> {
  return Effect.map(host.read(), (stored) => (stored?.version ?? null) !== host.cell.version);
}

function obtain<R>(
  host: SessionHost<R>,
  { scope, resource }: TokenRequest,
): Effect.Effect<TokenSet, EndpointError, HttpClient | R> {
  const { cell, options } = host;
  if (options.acquire !== undefined) return options.acquire({ scope, resource });
  const record = cell.record as SessionRecord;
  return RefreshToken.request({
    client: cell.options.client,
    refreshToken: record.refreshToken as Redacted.Redacted,
    scope,
    resource,
    grantedScope: record.scope,
    requestLimitMillis: options.requestLimitMillis,
  });
}

/** Stores what was granted. Where that fails, memory keeps it. */
export const persist: <R>(host: SessionHost<R>) => Effect.Effect<WriteAnswer<"stored">> = Effect
  .fnUntraced(function* <R>(host: SessionHost<R>) {
    const { cell } = host;
    const record = cell.granted === undefined ? cell.record as SessionRecord : granted(cell);
    cell.storeMayHold(record.refreshToken);
    const version = yield* Effect.tapError(
      Effect.catch(host.write(record), (error) => metBy(host, error)),
      (error) => error.reason._tag === "Conflict" ? Effect.void : keepUnsaved(host, error),
    );
    cell.isUnsaved = false;
    host.conflicts = 0;
    cell.storeHolds(record.refreshToken);
    cell.granted = undefined;
    cell.hold(record, version);
    return { type: "stored" as const, facts: cell.facts };
  }, (effect, host) => Effect.catch(effect, (error) => storeAnswer(host, error)));

/**
 * What a write that failed met. A store that takes nothing does not say either that another renewed
 * while there was no lease: that is a conflict, and counts as one.
 */
function metBy<R>(host: SessionHost<R>, error: StoreError): Effect.Effect<never, StoreError> {
  if (host.tenure?.isOld !== true || error.reason._tag === "Conflict") return Effect.fail(error);
  const { key, cell: { version: ifVersion } } = host;
  const conflict = new StoreError({ reason: new Conflict({ key, ifVersion }) });
  return isOverwritten(host).pipe(
    Effect.orElseSucceed(() => false),
    Effect.flatMap((is) => Effect.fail(is ? conflict : error)),
  );
}

/** What was granted lives on in memory. The refresh token in the store is used up. */
function keepUnsaved<R>(host: SessionHost<R>, error: Error): Effect.Effect<void> {
  return Effect.suspend(() => {
    const { cell } = host;
    host.conflicts = 0;
    if (cell.granted !== undefined) {
      const record = granted(cell);
      cell.granted = undefined;
      cell.hold(record, cell.version);
    }
    cell.isUnsaved = true;
    return Effect.logWarning("Renewed tokens are in memory only, the store failed", error);
  });
}

/**
 * Before the scope closes: one more attempt to store what only memory holds. A conflict is looked
 * at as often as ever; there is no pause, in which a program that wants to end would hang.
 */
export function lastWrite<R>(host: SessionHost<R>): Effect.Effect<void> {
  return Effect.suspend(() =>
    host.cell.isUnsaved
      ? Effect.flatMap(persist(host), (answer) => again(host, answer))
      : Effect.void
  );
}

function again<R>(host: SessionHost<R>, { type }: WriteAnswer<"stored">): Effect.Effect<void> {
  if (type !== "conflict") return Effect.void;
  return Effect.flatMap(
    reconcile(host),
    (answer) => answer.type === "rebased" ? lastWrite(host) : Effect.void,
  );
}

/** A store that goes on about conflicts where nobody else writes is left alone for a while. */
const MAX_CONFLICTS = 3;

/** Looks at what another wrote meanwhile. */
export const reconcile: <R>(host: SessionHost<R>) => Effect.Effect<ReconcileAnswer> = Effect
  .fnUntraced(
    function* <R>(host: SessionHost<R>) {
      const { cell } = host;
      const stored = yield* host.read();
      const isOurs = stored === undefined ? cell.options.isAcquiring : cell.isOurs(stored.record);
      if (isOurs) {
        if (cell.isUnsaved) cell.version = stored?.version ?? null;
        else cell.adopt(stored);
        host.conflicts += 1;
        if (host.conflicts <= MAX_CONFLICTS) return { type: "rebased" as const };
        const { key, cell: { version: ifVersion } } = host;
        return yield* new StoreError({ reason: new Conflict({ key, ifVersion }) });
      }
      host.conflicts = 0;
      cell.granted = undefined;
      cell.isUnsaved = false;
      cell.adopt(stored);
      return { type: "superseded" as const, facts: cell.facts };
    },
    (effect, host) =>
      Effect.catch(
        effect,
        (error) => Effect.andThen(keepUnsaved(host, error), fault(host, "store_failed", error)),
      ),
  );

/** After `invalid_grant`: is what was refused still what the store holds? */
export const recheck: <R>(host: SessionHost<R>) => Effect.Effect<RecheckAnswer> = Effect
  .fnUntraced(function* <R>(host: SessionHost<R>) {
    const { cell } = host;
    const stored = yield* host.read();
    if (stored?.record.status !== "active") {
      cell.adopt(stored);
      return { type: "ended" as const, facts: cell.facts };
    }
    const isStill = cell.isUnsaved ? cell.isOurs(stored.record) : host.isOfSent(stored.record);
    if (!isStill) return { type: "newer" as const };
    cell.version = stored.version;
    return { type: "same" as const };
  }, (effect, host) => Effect.catch(effect, (error) => fault(host, "store_failed", error)));

/** Writes down that the user must log in again. Where the store fails, memory knows it. */
export const writeDown: <R>(host: SessionHost<R>) => Effect.Effect<WrittenAnswer> = Effect
  .fnUntraced(function* <R>(host: SessionHost<R>) {
    const { cell } = host;
    const record = ended(cell, host.refusal);
    const written = yield* Effect.result(host.write(record));
    if (written._tag === "Failure" && written.failure.reason._tag === "Conflict") {
      return { type: "conflict" as const };
    }
    if (written._tag === "Failure") {
      yield* Effect.logWarning("The end of a session could not be written down", written.failure);
    }
    cell.conclude(record, written._tag === "Success" ? written.success : cell.version);
    return { type: "written" as const, facts: cell.facts };
  });

/** Makes an effect a child of the renewal's span. */
export function inSpan<A, E, R, R2>(
  { tenure }: SessionHost<R2>,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> {
  const span = tenure?.span;
  return span === undefined ? effect : Effect.withParentSpan(effect, span);
}

function storeAnswer<R>(
  host: SessionHost<R>,
  error: StoreError,
): Effect.Effect<Exclude<MarkAnswer, { readonly type: "marked" }>> {
  return error.reason._tag === "Conflict"
    ? Effect.succeed({ type: "conflict" as const })
    : fault(host, "store_failed", error);
}
