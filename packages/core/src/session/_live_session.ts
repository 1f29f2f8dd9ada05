/** A session as its callers see it: the cached token, and how they wait for another. */
import * as Cause from "effect/Cause";
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
import {
  DEFAULT_VARIANT,
  type Held,
  isSame,
  type Outcome,
  type Round,
  type TokenCell,
} from "./_token_cell.ts";
import { type HeldOff, HoldOffs } from "./_hold_offs.ts";
import type { Revocation, Session, TokenOptions } from "./session_service.ts";
import { Closed, type ReauthorizationRequired, SessionError } from "./session_error.ts";
import type { TokenRequest } from "./session_record.ts";
import type { SessionState } from "./session_state.ts";

/** A token that came in the place of a refused one, and was refused as well so soon, stays. */
const REJECTION_PAUSE_MILLIS = 5_000;

/** How often a caller looks again when what was done was not for it. */
const MAX_ROUNDS = 8;

/**
 * How many variants the chart is told of at a time. The others wait their turn here, so that what
 * callers choose does not keep the default waiting.
 */
const MAX_WANTED = 10;

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
  #isOver = false;
  #crash: Cause.Cause<never> | undefined;
  /** What the chart was told to be wanted, and has not answered yet. */
  readonly #wanted = new Set<string>();
  /** What is wanted beyond that. */
  readonly #backlog = new Set<string>();
  /** The last attempt, where that failed for all. */
  #failure: Failed | undefined;
  /** What failed for one variant only. */
  readonly #holdOffs: HoldOffs;

  constructor(options: LiveOptions<R>) {
    this.options = options;
    this.#cell = options.host.cell;
    this.key = options.host.key;
    this.#holdOffs = new HoldOffs(this.#cell.options.clock);
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
    if (this.#isOver) return Effect.fail(this.#closedError());
    const missing = missingScope(cell, options);
    if (missing !== undefined) return Effect.fail(missing);
    const variant = cell.variantOf(options);
    const held = cell.held(variant);
    const { minTtlMillis = 0 } = options;
    const now = cell.nowMillis;
    if (held !== undefined && isUsable(held, now) && held.expiresAtMillis - now >= minTtlMillis) {
      const isDue = now >= held.dueAtMillis && cell.canRenew;
      if (isDue && this.#holdOffs.of(variant) === undefined) this.#want(variant, options);
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
      if (this.#isOver) return Effect.fail(this.#closedError());
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
    // Where the clock was set back, nobody knows how long ago it was.
    return before !== undefined && nowMillis < dueAtMillis && nowMillis >= before &&
      nowMillis - before < pauseMillis;
  }

  #waitFor(options: TokenOptions, before: Held | undefined): Wait {
    return { options, before, sinceMillis: this.#cell.nowMillis, rounds: 0 };
  }

  #await(wait: Wait): Effect.Effect<TokenSet, SessionError> {
    const gone = this.#gone();
    if (gone !== undefined) return gone;
    const variant = this.#cell.variantOf(wait.options);
    const heldOff = this.#holdOffs.of(variant);
    if (heldOff !== undefined) return Effect.fail(outcomeError(this.key, heldOff));
    const failure = this.#failure;
    if (failure !== undefined && !this.#isPatient(wait, failure)) {
      // Nobody waits for it: only what is renewed unasked is worth the next attempt.
      if (variant === DEFAULT_VARIANT) this.#want(variant, wait.options);
      return Effect.fail(outcomeError(this.key, failure));
    }
    const { round, isNew } = this.#cell.join(variant);
    if (isNew) this.#want(variant, wait.options);
    return Effect.flatMap(
      Effect.onInterrupt(
        Deferred.await(round.done),
        () => Effect.sync(() => this.#leave(variant, round)),
      ),
      (outcome) => this.#conclude(wait, outcome),
    );
  }

  /** What nobody waits for any more is not asked for where that was not begun. */
  #leave(variant: string, round: Round): void {
    round.waiting -= 1;
    if (round.waiting === 0 && this.#backlog.delete(variant)) this.#cell.end(variant);
  }

  #conclude(wait: Wait, outcome: Outcome): Effect.Effect<TokenSet, SessionError> {
    const next = { ...wait, rounds: wait.rounds + 1 };
    if (outcome.type === "settled") {
      const found = this.#found(wait);
      if (found !== undefined) return found;
      const error = noTokenError(this.#cell, wait.options, next.rounds >= MAX_ROUNDS);
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

  #want(variant: string, asked: TokenRequest): void {
    if (this.#wanted.has(variant)) return;
    this.#cell.name(variant, asked);
    if (this.#wanted.size < MAX_WANTED || variant === DEFAULT_VARIANT) this.#tell(variant);
    else this.#backlog.add(variant);
  }

  #tell(variant: string): void {
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
      const { host } = this.options;
      host.signIns.push({ tokens, request, done, loginId: undefined, order: host.nextOrder() });
      this.#send({ type: "signed_in" });
      return Effect.andThen(Deferred.await(done), Effect.sync(() => this.#holdOffs.clear()));
    });
  }

  revoke(): Effect.Effect<Revocation, SessionError> {
    return Effect.suspend(() => {
      const gone = this.#gone();
      if (gone !== undefined) return gone;
      const done = Deferred.makeUnsafe<Revocation, SessionError>();
      const { host } = this.options;
      host.revocations.push({ done, order: host.nextOrder() });
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
    switch (event.type) {
      case "settled":
        this.#failure = undefined;
        return this.#settle(event.variant);
      case "refused": {
        const { variant, error, retryInMillis } = event;
        return this.#holdOff(variant, { type: "refused", error, ...this.#at(retryInMillis) });
      }
      case "heldOff":
      case "failed": {
        const { error, retryInMillis } = event;
        const failed = { type: "failed" as const, error, ...this.#at(retryInMillis) };
        if (event.type === "heldOff") this.#holdOffs.keepAll(failed);
        else if (event.variant !== undefined) return this.#holdOff(event.variant, failed);
        else this.#failure = failed;
        this.#wanted.clear();
        this.#backlog.clear();
        return this.#cell.endAll(failed);
      }
    }
  }

  #at(inMillis: number): { readonly retryAtMillis: number } {
    return { retryAtMillis: this.#cell.nowMillis + inMillis };
  }

  /** Those who wait for it look again; those whose turn has not come wait on. */
  #settle(variant: string | undefined): void {
    if (variant === undefined) {
      this.#wanted.clear();
      this.#cell.endAll(undefined, this.#backlog);
    } else {
      this.#wanted.delete(variant);
      this.#cell.end(variant);
    }
    this.#feed();
  }

  #holdOff(variant: string, outcome: HeldOff): void {
    this.#holdOffs.keep(variant, outcome);
    this.#wanted.delete(variant);
    this.#cell.end(variant, outcome);
    this.#feed();
  }

  /** The next ones get their turn. */
  #feed(): void {
    for (const variant of this.#backlog) {
      if (this.#wanted.size >= MAX_WANTED) return;
      this.#backlog.delete(variant);
      if (!this.#wanted.has(variant)) this.#tell(variant);
    }
  }

  /** What is said of a session that ended. */
  reauthorization(): ReauthorizationRequired {
    return reauthorizationOf(this.#cell);
  }

  /** Why nobody will answer any more. */
  #gone(): Effect.Effect<never, SessionError> | undefined {
    if (this.#crash !== undefined) return Effect.failCause(this.#crash);
    return this.#isClosed ? Effect.fail(this.#closedError()) : undefined;
  }

  #closedError(): SessionError {
    return new SessionError({ reason: new Closed({ key: this.key }) });
  }

  /** A fault ended the flow: whoever waits learns of it, and whoever comes. */
  crash(fault: Cause.Cause<unknown>): void {
    const cause = Cause.hasInterruptsOnly(fault)
      // Handed on as it is, it would look like the caller's own end.
      ? Cause.die(new Error(`Session "${this.key}" was interrupted from within`))
      : fault as Cause.Cause<never>;
    this.#crash = cause;
    this.#release({ type: "crashed", cause }, Effect.failCause(cause));
  }

  /** Takes no new wishes. */
  close(): void {
    this.#isClosed = true;
  }

  /** Lets those go who still wait, and gives out nothing any more. */
  closed(): void {
    this.#isOver = true;
    this.#cell.close();
    const error = this.#closedError();
    this.#release({ type: "refused", error, retryAtMillis: 0 }, Effect.fail(error));
  }

  #release(outcome: Outcome, answer: Effect.Effect<never, SessionError>): void {
    this.#cell.endAll(outcome);
    const { host, watch } = this.options;
    for (const { done } of host.signIns.splice(0)) Deferred.doneUnsafe(done, answer);
    for (const { done } of host.revocations.splice(0)) Deferred.doneUnsafe(done, answer);
    watch.close();
  }
}

function isUsable(held: Held, nowMillis: number): boolean {
  return !held.isRejected && nowMillis < held.expiresAtMillis;
}
