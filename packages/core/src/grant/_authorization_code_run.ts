/** How a flow of the authorization code grant is started, resumed and brought to its end. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type {
  AuthorizationCodeContext,
  AuthorizationCodeOutput,
} from "../chart/authorization_code_event.ts";
import { check, type Checkpoint } from "../flow/checkpoint.ts";
import { CheckpointError, OtherClient } from "../flow/checkpoint_error.ts";
import * as Flow from "../flow/flow.ts";
import {
  type AuthorizationCodeChart,
  type AuthorizationCodeServices,
  flow,
  inputOf,
} from "./_authorization_code_flow.ts";
import {
  AuthorizationCodeError,
  type AuthorizationCodeErrorReason,
  Cancelled,
  Denied,
  Expired,
  Invalid,
  Malformed,
  Refused,
  Unreachable,
} from "./authorization_code_error.ts";
import type { Authorization, AuthorizationCodeOptions } from "./authorization_code_options.ts";

/** Starts the flow and hands it over while it runs: to watch, feed, cancel or checkpoint it. */
export function start<A = undefined, E = never, R = never>(
  options: AuthorizationCodeOptions<A, E, R>,
): Effect.Effect<
  Flow.Flow<AuthorizationCodeChart>,
  never,
  AuthorizationCodeServices | R | Scope.Scope
> {
  return Flow.start(flow(options), { input: inputOf(options) });
}

/**
 * Goes on with a flow that waits for its callback, perhaps in another process.
 *
 * Resume a checkpoint once: resumed twice, it may send one code twice, which may cost the tokens of
 * the first time. `complete` sees to that.
 *
 * @returns The running flow. Fails when the checkpoint is of another chart version, client or
 * server, so that a code goes to no server but the one that was asked.
 */
export function resume<A = undefined, E = never, R = never>(
  options: AuthorizationCodeOptions<A, E, R>,
  checkpoint: Checkpoint<AuthorizationCodeContext>,
): Effect.Effect<
  Flow.Flow<AuthorizationCodeChart>,
  CheckpointError,
  AuthorizationCodeServices | R | Scope.Scope
> {
  const definition = flow(options);
  return Effect.flatMap(check(definition, checkpoint), () => {
    const { issuer, clientId } = inputOf(options);
    const { context } = checkpoint;
    if (context.issuer === issuer && context.clientId === clientId) {
      return Flow.resume(definition, checkpoint);
    }
    const [expected, found] = [nameOf({ issuer, clientId }), nameOf(context)];
    return Effect.fail(new CheckpointError({ reason: new OtherClient({ expected, found }) }));
  });
}

/**
 * Turns the flow's output into tokens or the typed error. The types are those of the options that
 * the flow was started with.
 */
export function outcomeOf<A = undefined, E = never>(
  output: AuthorizationCodeOutput,
): Effect.Effect<Authorization<A>, AuthorizationCodeError<E>> {
  if (output._tag !== "Authorized") {
    return Effect.fail(new AuthorizationCodeError({ reason: reasonOf<E>(output) }));
  }
  const { context: { acrValues, maxAgeSeconds, memo, nonce }, tokens, validated } = output;
  return Effect.succeed({
    tokens,
    validated: validated as A,
    nonce: nonce as Authorization["nonce"],
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(acrValues === undefined ? {} : { acrValues }),
    ...(memo === undefined ? {} : { memo }),
  });
}

function reasonOf<E>(
  output: Exclude<AuthorizationCodeOutput, { readonly _tag: "Authorized" }>,
): AuthorizationCodeErrorReason<E> {
  switch (output._tag) {
    case "Denied":
      return new Denied({ error: output.error });
    case "Expired":
      return new Expired();
    case "Refused":
      return new Refused({ error: output.error });
    case "Malformed":
      return new Malformed({ error: output.error });
    case "Invalid":
      return new Invalid({ error: output.error as E });
    case "Unreachable":
      return new Unreachable({ error: output.error });
    case "Cancelled":
      return new Cancelled();
  }
}

function nameOf(
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
): string {
  return `client "${clientId}" at "${issuer}"`;
}
