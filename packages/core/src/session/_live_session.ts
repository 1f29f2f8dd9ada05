/** A session as its callers see it: the cached token, and how they wait for another. */
import type * as Cause from "effect/Cause";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import { HttpClient } from "effect/http/HttpClient";
import type * as Redacted from "effect/Redacted";
import type * as Stream from "effect/Stream";
import type { session as chart } from "../chart/session.ts";
import type { SessionEmitted, SessionEvent } from "../chart/session_event.ts";
import type { Flow } from "../flow/flow.ts";
import { introspect } from "../endpoint/introspection.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { IntrospectionResponse } from "../protocol/introspection_response.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { missingScope, noTokenError, outcomeError, reauthorizationOf } from "./_session_failure.ts";
import type { SessionHost } from "./_session_host.ts";
import type { SessionWatch } from "./_session_watch.ts";
import { type Held, isSame, type Outcome, type TokenCell } from "./_token_cell.ts";
import type { Revocation, Session, TokenOptions } from "./session_service.ts";
import { Closed, type ReauthorizationRequired, SessionError } from "./session_error.ts";
import type { TokenRequest } from "./session_record.ts";
import type { SessionState } from "./session_state.ts";

/** A token that came in the place of a refused one, and was refused as well so soon, stays. */
const REJECTION_PAUSE_MILLIS = 5_000;

/** How often a caller looks again when what was done was not for it. */
const MAX_ROUNDS = 8;

export interface LiveOptions<R> {
  readonly host: SessionHost<R>;
  readonly watch: SessionWatch;
  readonly patienceMillis: number;
}

type Failed = Extract<Outcome, { readonly type: "failed" }>;

interface Wait {
  /** What the token is for. Its name is asked for anew, since a login may change what is default. */
  readonly options: TokenOptions;
  readonly sinceMillis: number;
  /** The token in hand when the wait began. */
  readonly before: Held | undefined;
  readonly rounds: number;
}

export class LiveSession<R> implements Session {
  readonly options: LiveOptions<R>;
  readonly key: string;
  readonly #cell: TokenCell;
  /** Set before anybody can call. */
  flow: Flow<typeof chart> | undefined;
  #isClosed = false;
  #crash: Cause.Cause<never> | undefined;
  /** What the chart was told to be wanted, and has not answered yet. */
  readonly #wanted = new Set<string>();
  /** The last attempt, where that failed, and for which variant if not for all. */
  #failure: (Failed & { readonly variant: string | undefined }) | undefined;

  constructor(options: LiveOptions<R>) {
    this.options = options;
    this.#cell = options.host.cell;
    this.key = options.host.key;
  }

  token(options?: TokenOptions): Effect.Effect<TokenSet, SessionError> {
    if (options === undefined) {
      const held = this.#cell.current;
      if (held !== undefined && this.#cell.nowMillis < held.dueAtMillis) return held.exit;
    }
    return Effect.suspend(() => this.#ask(options ?? {}));
  }

  #ask(options: TokenOptions): Effect.Effect<TokenSet, SessionError> {
    const cell = this.#cell;
    const missing = missingScope(cell, options);
    if (missing !== undefined) return Effect.fail(missing);
    const variant = cell.variantOf(options);
    const held = cell.held(variant);
    const { minTtlMillis = 0 } = options;
    const now = cell.nowMillis;
    if (held !== undefined && isUsable(held, now) && held.expiresAtMillis - now >= minTtlMillis) {
      if (now >= held.dueAtMillis && cell.canRenew) this.#want(variant);
      return held.exit;
    }
    return this.#await(this.#waitFor(options, held));
  }

  replace(
    rejected: Redacted.Redacted,
    options: TokenOptions = {},
  ): Effect.Effect<TokenSet, SessionError> {
    return Effect.suspend(() => {
      const cell = this.#cell;
      const variant = cell.variantOf(options);
      const held = cell.held(variant);
      const now = cell.nowMillis;
      const isOther = held !== undefined && !isSame(held.tokens.accessToken, rejected);
      if (isOther && isUsable(held, now)) return held.exit;
      if (held !== undefined && !isOther && this.#isFinal(held, now)) return held.exit;
      if (held !== undefined && !isOther) cell.reject(variant, held);
      return this.#await(this.#waitFor({ ...options, minTtlMillis: 0 }, held));
    });
  }

  /** Nothing better can be had in its place. */
  #isFinal(held: Held, nowMillis: number): boolean {
    if (!this.#cell.canRenew) return true;
    const { rejectedBeforeAtMillis: before, dueAtMillis, tokens } = held;
    const pauseMillis = Math.min(
      REJECTION_PAUSE_MILLIS,
      (dueAtMillis - tokens.obtainedAtMillis) / 2,
    );
    return before !== undefined && nowMillis < dueAtMillis && nowMillis - before < pauseMillis;
  }

  #waitFor(options: TokenOptions, before: Held | undefined): Wait {
    return { options, before, sinceMillis: this.#cell.nowMillis, rounds: 0 };
  }

  #await(wait: Wait): Effect.Effect<TokenSet, SessionError> {
    const gone = this.#gone();
    if (gone !== undefined) return gone;
    const variant = this.#cell.variantOf(wait.options);
    const failure = this.#failure;
    const isFailing = failure !== undefined && (failure.variant ?? variant) === variant;
    if (isFailing && !this.#isPatient(wait, failure)) {
      this.#want(variant);
      return Effect.fail(outcomeError(this.key, failure));
    }
    const { round, isNew } = this.#cell.join(variant);
    if (isNew) this.#want(variant);
    return Effect.flatMap(Deferred.await(round), (outcome) => this.#conclude(wait, outcome));
  }

  #conclude(wait: Wait, outcome: Outcome): Effect.Effect<TokenSet, SessionError> {
    const next = { ...wait, rounds: wait.rounds + 1 };
    if (outcome.type === "settled") {
      const found = this.#found(wait);
      if (found !== undefined) return found;
      const error = noTokenError(this.#cell, next.rounds >= MAX_ROUNDS);
      return error === undefined ? this.#await(next) : Effect.fail(error);
    }
    if (outcome.type === "crashed") return Effect.failCause(outcome.cause);
    return outcome.type === "failed" && this.#isPatient(wait, outcome)
      ? this.#await(next)
      : Effect.fail(outcomeError(this.key, outcome));
  }

  /** The token that the wait brought, however short it lives; or one that lives long enough. */
  #found({ options, before, sinceMillis }: Wait): Exit.Exit<TokenSet> | undefined {
    const held = this.#cell.held(this.#cell.variantOf(options));
    if (held === undefined || held.isRejected) return undefined;
    const leftMillis = held.expiresAtMillis - this.#cell.nowMillis;
    const isNew = held !== before &&
      (leftMillis > 0 || held.tokens.obtainedAtMillis >= sinceMillis);
    const isEnough = leftMillis > 0 && leftMillis >= (options.minTtlMillis ?? 0);
    return isNew || isEnough ? held.exit : undefined;
  }

  #isPatient(wait: Wait, { retryAtMillis }: { readonly retryAtMillis: number }): boolean {
    return wait.rounds < MAX_ROUNDS &&
      retryAtMillis - wait.sinceMillis <= this.options.patienceMillis;
  }

  #want(variant: string): void {
    if (this.#wanted.has(variant)) return;
    this.#wanted.add(variant);
    this.#send({ type: "wanted", variant });
  }

  #send(event: SessionEvent): void {
    if (this.flow !== undefined && !this.#isClosed) Effect.runSync(this.flow.send(event));
  }

  signIn(tokens: TokenSet, request: TokenRequest = {}): Effect.Effect<void, SessionError> {
    return Effect.suspend(() => {
      const gone = this.#gone();
      if (gone !== undefined) return gone;
      const done = Deferred.makeUnsafe<void, SessionError>();
      this.options.host.signIns.push({ tokens, request, done });
      this.#send({ type: "signed_in" });
      return Deferred.await(done);
    });
  }

  revoke(): Effect.Effect<Revocation, SessionError> {
    return Effect.suspend(() => {
      const gone = this.#gone();
      if (gone !== undefined) return gone;
      const done = Deferred.makeUnsafe<Revocation, SessionError>();
      this.options.host.revocations.push({ done });
      this.#send({ type: "revoke" });
      return Deferred.await(done);
    });
  }

  introspect(
    options: TokenOptions = {},
  ): Effect.Effect<IntrospectionResponse, SessionError | EndpointError> {
    const { client } = this.#cell.options;
    const { http, options: { requestLimitMillis } } = this.options.host;
    return Effect.flatMap(
      this.token(options),
      ({ accessToken }) =>
        introspect(client, accessToken, { tokenTypeHint: "access_token", requestLimitMillis }).pipe(
          Effect.provideService(HttpClient, http),
          Effect.tap(({ active }) =>
            Effect.sync(() => {
              const variant = this.#cell.variantOf(options);
              const held = this.#cell.held(variant);
              const isSameToken = isSame(held?.tokens.accessToken, accessToken);
              if (!active && held !== undefined && isSameToken && this.#cell.canRenew) {
                this.#cell.reject(variant, held);
              }
            })
          ),
        ),
    );
  }

  get state(): Effect.Effect<SessionState> {
    return Effect.sync(() => this.options.watch.state);
  }

  get changes(): Stream.Stream<SessionState> {
    return this.options.watch.changes;
  }

  /** The chart tells what came of a renewal. */
  take(event: SessionEmitted): void {
    const cell = this.#cell;
    switch (event.type) {
      case "settled":
        this.#failure = undefined;
        this.#answered(event.variant);
        return cell.end(event.variant);
      case "refused":
        this.#answered(event.variant);
        return cell.end(event.variant, { type: "refused", error: event.error });
      case "failed": {
        const { variant, error, retryInMillis } = event;
        this.#failure = {
          type: "failed",
          variant,
          error,
          retryAtMillis: cell.nowMillis + retryInMillis,
        };
        this.#answered(variant);
        return cell.end(variant, this.#failure);
      }
    }
  }

  #answered(variant: string | undefined): void {
    if (variant === undefined) this.#wanted.clear();
    else this.#wanted.delete(variant);
  }

  /** What is said of a session that ended. */
  reauthorization(): ReauthorizationRequired {
    return reauthorizationOf(this.#cell);
  }

  /** Why nobody will answer any more. */
  #gone(): Effect.Effect<never, SessionError> | undefined {
    if (this.#crash !== undefined) return Effect.failCause(this.#crash);
    return this.#isClosed
      ? Effect.fail(new SessionError({ reason: new Closed({ key: this.key }) }))
      : undefined;
  }

  /** A fault in the program ended the flow: whoever waits learns of it, and whoever comes. */
  crash(cause: Cause.Cause<never>): void {
    this.#crash = cause;
    this.#release({ type: "crashed", cause }, Effect.failCause(cause));
  }

  /** Takes no new wishes. */
  close(): void {
    this.#isClosed = true;
  }

  /** Lets those go who still wait. */
  closed(): void {
    const error = new SessionError({ reason: new Closed({ key: this.key }) });
    this.#release({ type: "refused", error }, Effect.fail(error));
  }

  #release(outcome: Outcome, answer: Effect.Effect<never, SessionError>): void {
    this.#cell.end(undefined, outcome);
    const { host, watch } = this.options;
    for (const { done } of host.signIns.splice(0)) Deferred.doneUnsafe(done, answer);
    for (const { done } of host.revocations.splice(0)) Deferred.doneUnsafe(done, answer);
    watch.close();
  }
}

function isUsable(held: Held, nowMillis: number): boolean {
  return !held.isRejected && nowMillis < held.expiresAtMillis;
}
