/**
 * Somebody who asks a session for something, in front of those who check invariants.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Redacted from "effect/Redacted";
import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
import { ordinalOf } from "../server/secret.ts";
import type { Process } from "../world/process.ts";
import type { CallerAnswered } from "../world/world_event.ts";

/**
 * Asks, and tells the world of the question and of what came of it.
 *
 * @param process Whose caller it is.
 * @param what What is asked for, for the trace.
 * @param question Run once.
 */
export function ask<R>(
  process: Process,
  what: string,
  question: () => Effect.Effect<TokenSet | void, { readonly _tag: string }, R>,
): Effect.Effect<void, never, R> {
  return Effect.suspend(() => {
    const { world, name } = process;
    const call = world.nextCall();
    world.emit({
      type: "caller.asked",
      process: name,
      call,
      what,
      clockMillis: process.clockMillis,
    });
    return Effect.flatMap(Effect.exit(question()), (exit) => {
      const told = Exit.isSuccess(exit)
        ? { type: "caller.got" as const, ...tokenOf(exit.value) }
        : { type: "caller.failed" as const, reason: reasonOf(exit.cause) };
      const { clockMillis } = process;
      world.emit({ process: name, call, what, clockMillis, ...told });
      return Exit.isFailure(exit) && Cause.hasDies(exit.cause)
        ? Effect.failCause(exit.cause as Cause.Cause<never>)
        : Effect.void;
    });
  });
}

function tokenOf(
  tokens: TokenSet | void,
): Pick<CallerAnswered, "accessToken" | "expiresAtMillis"> {
  if (tokens === undefined) return {};
  const accessToken = ordinalOf(Redacted.value(tokens.accessToken));
  const expiresAt = expiresAtMillis(tokens);
  return {
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(expiresAt === undefined ? {} : { expiresAtMillis: expiresAt }),
  };
}

/** The tag of the error, and of its reason: the words that programs match on. */
function reasonOf(cause: Cause.Cause<{ readonly _tag: string }>): string {
  const error = cause.reasons.find(Cause.isFailReason)?.error;
  if (error === undefined) return Cause.hasDies(cause) ? "defect" : "interrupted";
  const { reason } = error as { readonly reason?: { readonly _tag?: string } };
  return reason?._tag === undefined ? error._tag : `${error._tag}.${reason._tag}`;
}
