/** Whether a token is in hand, and whether it is the same as another. */
import type * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Redacted from "effect/Redacted";
import type { TokenSet } from "../protocol/token_set.ts";

/** Whether a session has its token in hand: then its effect is done already. */
export function isGiven<A, E>(effect: Effect.Effect<A, E>): effect is Exit.Success<A, E> {
  return Exit.isExit(effect) && effect._tag === "Success";
}

/** Whether a session gave the same access token again. */
export function isSame(one: TokenSet, other: TokenSet): boolean {
  return Redacted.value(one.accessToken) === Redacted.value(other.accessToken);
}
