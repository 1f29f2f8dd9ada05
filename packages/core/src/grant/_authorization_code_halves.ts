/** The two halves of a login in a web application: two requests, perhaps on two machines. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import type * as Aead from "effect/crypto/Aead";
import { open, seal } from "../flow/checkpoint.ts";
import type { CheckpointError } from "../flow/checkpoint_error.ts";
import { FlowStore, keyOf } from "../flow/flow_store.ts";
import type { FlowStoreError } from "../flow/flow_store_error.ts";
import {
  type CallbackParameters,
  isAnswerTo,
  stateOf,
} from "../protocol/authorization_response.ts";
import type * as Seal from "../protocol/seal.ts";
import { type AuthorizationCodeServices, flow, inputOf } from "./_authorization_code_flow.ts";
import { outcomeOf, resume, start } from "./_authorization_code_run.ts";
import { AuthorizationCodeError, NotAwaited } from "./authorization_code_error.ts";
import type { Authorization, AuthorizationCodeOptions } from "./authorization_code_options.ts";

/** A login that waits in the {@linkcode FlowStore} for its callback. */
export interface BegunLogin {
  /** Where to send the user's browser: for it and nobody else, since it holds state and nonce. */
  readonly url: Redacted.Redacted;
  /** To be bound to the browser, such as by a cookie that holds its digest. */
  readonly state: Redacted.Redacted;
  /** How long the callback is waited for, in milliseconds from now. */
  readonly expiresInMillis: number;
}

/** What the two halves need, beside what `validate` needs. */
export type HalfServices =
  | AuthorizationCodeServices
  | FlowStore
  | Seal.SealingKeys
  | Aead.Aead;

/**
 * The first half: makes a request and lays the flow, sealed, into the {@linkcode FlowStore}.
 *
 * @returns Where to send the browser. Fails with `Refused` where the server cannot be asked for
 * this; nothing was stored then.
 */
export const begin: <A = undefined, E = never, R = never>(
  options: AuthorizationCodeOptions<A, E, R>,
) => Effect.Effect<
  BegunLogin,
  AuthorizationCodeError<E> | FlowStoreError,
  HalfServices | R
> = Effect.fn("AuthorizationCode.begin")(
  function* <A, E, R>(options: AuthorizationCodeOptions<A, E, R>) {
    const running = yield* start(options);
    const shown = yield* Stream.runHead(running.emitted);
    if (Option.isNone(shown)) {
      yield* Effect.flatMap(running.await, outcomeOf<A, E>);
      return yield* Effect.die(new Error("An authorization code flow ended without a URL"));
    }
    const { state, url, expiresInMillis } = shown.value;
    const checkpoint = yield* Effect.orDie(running.checkpoint);
    const sealed = yield* seal(flow(options), checkpoint);
    const store = yield* FlowStore;
    yield* store.put(yield* keyOf(state), sealed, {
      ttlMillis: inputOf(options).lifetimeMillis,
    });
    return { url, state, expiresInMillis };
  },
  Effect.scoped,
);

/**
 * The second half: takes the flow of a callback out of the store, once, and brings it to its end.
 *
 * A callback that is replayed, late or forged finds nothing there and changes nothing. Whether it
 * comes from the browser that began the login is for the caller to check first.
 *
 * @param options The same as in the first half; the client of the same server.
 * @param callback What the browser brought, by `AuthorizationResponse.fromUrl` or `fromForm`.
 * @returns The tokens. Fails with the way it ended; with `NotAwaited` where no flow waits for this
 * callback; with a `CheckpointError` where one waits that is of another client, version or key.
 */
export const complete: <A = undefined, E = never, R = never>(
  options: AuthorizationCodeOptions<A, E, R>,
  callback: CallbackParameters,
) => Effect.Effect<
  Authorization<A>,
  AuthorizationCodeError<E> | CheckpointError | FlowStoreError,
  HalfServices | R
> = Effect.fn("AuthorizationCode.complete")(
  function* <A, E, R>(options: AuthorizationCodeOptions<A, E, R>, callback: CallbackParameters) {
    const state = stateOf(callback);
    if (state === undefined) return yield* notAwaited();
    const store = yield* FlowStore;
    const sealed = yield* store.take(yield* keyOf(state));
    if (Option.isNone(sealed)) return yield* notAwaited();
    const checkpoint = yield* open(flow(options), sealed.value);
    const { context } = checkpoint;
    // What was moved to another place in the store belongs to another login.
    if (context.state === undefined || !isAnswerTo(callback, context.state)) {
      return yield* notAwaited();
    }
    const running = yield* resume(options, checkpoint);
    yield* running.send({ type: "callback", parameters: callback });
    return yield* Effect.flatMap(running.await, outcomeOf<A, E>);
  },
  Effect.scoped,
);

function notAwaited(): Effect.Effect<never, AuthorizationCodeError<never>> {
  return Effect.fail(new AuthorizationCodeError<never>({ reason: new NotAwaited() }));
}
