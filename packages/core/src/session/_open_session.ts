/** Opens a session: reads its record, starts its chart, ties the two to callers. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Random from "effect/Random";
import type * as Scope from "effect/Scope";
import * as Digest from "effect/crypto/Digest";
import { HttpClient } from "effect/http/HttpClient";
import { session as chart } from "../chart/session.ts";
import { define } from "../flow/definition.ts";
import * as Flow from "../flow/flow.ts";
import { Observer } from "../protocol/observation.ts";
import { LiveSession } from "./_live_session.ts";
import * as Renewal from "./_renewal.ts";
import { adopt, revoke } from "./_session_end.ts";
import { SessionHost } from "./_session_host.ts";
import { SessionWatch } from "./_session_watch.ts";
import { DEFAULT_VARIANT, TokenCell } from "./_token_cell.ts";
import type { SessionOptions, SessionServices } from "./session_options.ts";
import type { Session } from "./session_service.ts";
import type { SessionError } from "./session_error.ts";
import { SessionVault, type StoredRecord } from "./session_vault.ts";

/** Beside the request itself: for the store. */
const STORE_MILLIS = 5_000;
/** A program that only ran for a moment may have begun a renewal: it is worth this much waiting. */
const BEGIN_MILLIS = 2_000;

/** What a registry is told of its sessions. Must not throw. */
export interface Hooks {
  /** The session took a step: is it amid a renewal, or does memory alone hold its tokens? */
  readonly onStep: (isBusy: boolean) => void;
  /** A fault ended it: it answers nobody any more. */
  readonly onFault: () => void;
}

export const openSession: <R>(
  options: SessionOptions<R>,
  hooks?: Hooks,
) => Effect.Effect<Session, SessionError, SessionServices | Scope.Scope | R> = Effect.fnUntraced(
  function* <R>(options: SessionOptions<R>, hooks?: Hooks) {
    const { client, key } = options;
    const { patienceMillis, ...times } = timesOf(options);
    const { requestLimitMillis } = times;
    const observer = yield* Observer;
    const cell = new TokenCell({
      key,
      client,
      request: { scope: options.scope, resource: options.resource },
      isAcquiring: options.acquire !== undefined,
      clock: yield* Clock.Clock,
      due: { ...options.policy, spread: yield* Random.next },
      windowMillis: options.retryWindowMillis ?? 120_000,
    });
    const host = new SessionHost<R>(cell, {
      vault: yield* SessionVault,
      digest: yield* Digest.Digest,
      http: yield* HttpClient,
    }, {
      ...times,
      acquire: options.acquire,
      observer,
    });
    cell.adopt(yield* firstRead(host));
    const watch = new SessionWatch(cell, observer);
    const live = new LiveSession({ host, watch, patienceMillis });
    const tellEnd = yield* ending(options, live);
    const { server: { issuer }, clientId } = client;
    const flow = yield* Flow.start(define(chart, { operations: operationsOf(live) }), {
      input: { issuer, clientId, key, variant: DEFAULT_VARIANT, ...cell.facts },
      isTraced: false,
      onStep: (path, context) => {
        watch.step(path, context);
        tellEnd(path);
        hooks?.onStep(cell.isUnsaved || path.startsWith("renewing."));
      },
      onEmit: (event) => Effect.sync(() => live.take(event)),
    });
    live.flow = flow;
    yield* Effect.forkScoped(
      Effect.flatMap(Effect.exit(flow.await), (exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit)) return;
          live.crash(exit.cause);
          hooks?.onFault();
        })),
      { startImmediately: true },
    );
    yield* Effect.addFinalizer(() => close(live, requestLimitMillis + STORE_MILLIS));
    return live;
  },
);

interface Times {
  readonly patienceMillis: number;
  readonly requestLimitMillis: number;
  readonly leaseTtlMillis: number;
  readonly leaseWaitMillis: number;
}

/** The times that were given, and those that follow from them. */
function timesOf<R>(options: SessionOptions<R>): Times {
  const { acquire, requestLimitMillis = 10_000, patienceMillis = 10_000 } = options;
  const { leaseTtlMillis = 3 * requestLimitMillis } = options;
  if (acquire === undefined && !(leaseTtlMillis > requestLimitMillis)) {
    throw new RangeError(
      `leaseTtlMillis must be more than requestLimitMillis (${requestLimitMillis}), ` +
        `not ${leaseTtlMillis}: nothing would ever be sent under the lease`,
    );
  }
  // As long as the renewal of another takes that goes well. A grant of one's own can do without it.
  const leaseWaitMillis = acquire === undefined
    ? Math.max(patienceMillis, requestLimitMillis + STORE_MILLIS)
    : STORE_MILLIS;
  return { patienceMillis, requestLimitMillis, leaseTtlMillis, leaseWaitMillis };
}

/** A session whose renewal is its grant loses nothing with a record that cannot be read. */
function firstRead<R>(
  host: SessionHost<R>,
): Effect.Effect<StoredRecord | undefined, SessionError> {
  return Effect.catch(
    host.read(),
    (error) =>
      host.options.acquire !== undefined && error._tag === "StoreError"
        ? Effect.as(Effect.logWarning("A session goes on without its store", error), undefined)
        : Effect.fail(host.storeFailed(error)),
  );
}

/** Sees to it that a request that is out, and its write, are not lost with the program. */
function close<R>(live: LiveSession<R>, limitMillis: number): Effect.Effect<void> {
  const { host, watch } = live.options;
  return Effect.sync(() => live.close()).pipe(
    Effect.andThen(Effect.timeoutOption(watch.begun, BEGIN_MILLIS)),
    Effect.andThen(Effect.timeoutOption(watch.rest, limitMillis)),
    // Whoever waited for what is done by now gets it.
    Effect.andThen(Effect.yieldNow),
    Effect.andThen(Effect.timeoutOption(Renewal.lastWrite(host), STORE_MILLIS)),
    Effect.ensuring(Effect.sync(() => live.closed())),
    Effect.asVoid,
  );
}

function operationsOf<R>(live: LiveSession<R>) {
  const { host } = live.options;
  const once = <Input, A, R2>(run: (input: Input) => Effect.Effect<A, never, R2>) => ({
    // A session is not resumed from a checkpoint: its record is what it goes on from.
    onResume: "never" as const,
    run,
  });
  const spanned = <Input, A, R2>(run: (input: Input) => Effect.Effect<A, never, R2>) =>
    once((input: Input) => Renewal.inSpan(host, run(input)));
  return {
    holdLease: once(() => Renewal.holdLease(host)),
    awaitLease: once(() => Renewal.awaitLease(host)),
    read: spanned(({ variant }: Wanted) => Renewal.read(host, variant)),
    mark: spanned(() => Renewal.mark(host)),
    request: spanned(({ variant }: Wanted) => Renewal.request(host, variant)),
    recheck: spanned(() => Renewal.recheck(host)),
    writeDown: spanned(() => Renewal.writeDown(host)),
    persist: spanned(() => Renewal.persist(host)),
    reconcile: spanned(() => Renewal.reconcile(host)),
    adopt: once(() => adopt(host)),
    revoke: once(() => revoke(host)),
  };
}

interface Wanted {
  readonly variant: string;
}

/** Calls the hook when the session comes to its end, not when it is looked at again. */
const ending = Effect.fnUntraced(
  function* <R>(options: SessionOptions<R>, live: LiveSession<R>) {
    const { onReauthorizationRequired: hook } = options;
    const context = yield* Effect.context<R>();
    const running = new Set<Fiber.Fiber<void>>();
    let told: string | undefined;
    yield* Effect.addFinalizer(() => Effect.suspend(() => Fiber.interruptAll(running)));
    return (path: string) => {
      if (path === "fresh") told = undefined;
      if (path !== "reauthorizationRequired" || hook === undefined) return;
      const end = JSON.stringify(live.options.host.cell.record?.ended);
      if (end === told) return;
      told = end;
      const fiber = Effect.runForkWith(context)(Effect.suspend(() => hook(live.reauthorization())));
      running.add(fiber);
      fiber.addObserver(() => running.delete(fiber));
    };
  },
);
