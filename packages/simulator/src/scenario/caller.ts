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
import { isPlantedIn, ordinalOf } from "../server/secret.ts";
import type { Process } from "../world/process.ts";
import type { CallerAnswered } from "../world/world_event.ts";
import { reasonOf } from "./_reason.ts";

/** What is asked, and of which session. */
export interface Asking {
  /** What for, such as `token`. */
  readonly what: string;
  /**
   * The session's key.
   *
   * @default "work"
   */
  readonly key?: string | undefined;
}

/** What is asked, and what of the answer is told. */
export interface Telling<A> extends Asking {
  /**
   * The tokens in an answer: their access token is told by its ordinal, with its time.
   *
   * @default none: only that there is an answer
   */
  readonly tokensOf?: ((answer: A) => TokenSet) | undefined;
}

/**
 * Asks, and tells the world of the question and of what came of it. {@linkcode tell} hands the answer
 * on as well.
 *
 * @param process Whose caller it is.
 * @param asking What is asked for, for the trace.
 * @param question Run once.
 */
export function ask<R>(
  process: Process,
  asking: string | Asking,
  question: () => Effect.Effect<TokenSet | void, { readonly _tag: string }, R>,
): Effect.Effect<void, never, R> {
  return Effect.suspend(() => {
    const answer = begin(process, typeof asking === "string" ? { what: asking } : asking);
    return Effect.flatMap(Effect.exit(question()), (exit) => {
      answer(exit, Exit.isSuccess(exit) ? exit.value : undefined);
      return Exit.isFailure(exit) && Cause.hasDies(exit.cause)
        ? Effect.failCause(exit.cause as Cause.Cause<never>)
        : Effect.void;
    });
  });
}

/**
 * Tells the world of a question and of what came of it, also where the asker is interrupted, and
 * changes neither.
 *
 * ```ts
 * import { Context, Effect } from "effect";
 * import { deepEqual } from "node:assert/strict";
 * import { tell } from "@bellhop/simulator/scenario/caller";
 * import { World } from "@bellhop/simulator/world/world";
 *
 * const world = new World({ seed: 1 });
 * const process = world.start({ machine: 0, incarnation: 0 });
 * const weather = tell(process, { what: "weather", key: "sky" }, Effect.succeed(undefined));
 * process.run(weather, Context.empty());
 * world.run(world.nowMillis);
 * deepEqual(world.events.map(({ type }) => type), ["process.started", "caller.asked", "caller.got"]);
 * ```
 *
 * @param process Whose caller it is.
 * @param asking What is asked for, for the trace.
 * @param question Run as often as what is returned.
 */
export function tell<A, E extends { readonly _tag: string }, R>(
  process: Process,
  asking: Telling<A>,
  question: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> {
  return Effect.suspend(() => {
    let answer: ReturnType<typeof begin> | undefined;
    // Whoever is interrupted before the question has not asked it.
    const asked = Effect.suspend(() => {
      answer = begin(process, asking);
      return question;
    });
    return Effect.onExit(
      asked,
      (exit) =>
        Effect.sync(() =>
          answer?.(exit, Exit.isSuccess(exit) ? asking.tokensOf?.(exit.value) : undefined)
        ),
    );
  });
}

type Answer = Exit.Exit<unknown, { readonly _tag: string }>;

/** Tells of the question. What is returned tells of the answer. */
function begin(
  process: Process,
  { what, key }: Asking,
): (exit: Answer, tokens: TokenSet | void) => void {
  const { world, name } = process;
  const call = world.nextCall();
  const same = { process: name, call, what, ...(key === undefined ? {} : { key }) };
  world.emit({ type: "caller.asked", ...same, clockMillis: process.clockMillis });
  return (exit, tokens) => {
    const told = Exit.isSuccess(exit)
      ? { type: "caller.got" as const, ...tokenOf(tokens) }
      : { type: "caller.failed" as const, ...failureOf(exit.cause) };
    world.emit({ ...same, clockMillis: process.clockMillis, ...told });
  };
}

function failureOf(
  cause: Cause.Cause<{ readonly _tag: string }>,
): Pick<CallerAnswered, "reason" | "holdsSecret"> {
  // Its words are not told, but looked at: programs print them.
  const holdsSecret = isPlantedIn(cause) || isPlantedIn(Cause.pretty(cause));
  return { reason: reasonOf(cause), ...(holdsSecret ? { holdsSecret } : {}) };
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
