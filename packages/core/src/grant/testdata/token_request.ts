/** What the tests of the grants without a user share. */
import { Effect, Fiber } from "effect";
import type { HttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import type { TokenSet } from "../../protocol/token_set.ts";
import type { TokenRequestError } from "../token_request_error.ts";
import { type ScriptedAnswer, scriptedServer } from "./scripted_server.ts";

/** Runs a grant against a script, for a day at most; gives its outcome and what the server saw. */
export const runGrant = Effect.fnUntraced(
  function* <Tokens extends TokenSet>(
    grant: Effect.Effect<Tokens, TokenRequestError, HttpClient.HttpClient>,
    answers: ReadonlyArray<ScriptedAnswer>,
  ) {
    const { layer, seen } = scriptedServer("hang", answers);
    const fiber = yield* Effect.forkChild(Effect.provide(Effect.result(grant), layer));
    yield* TestClock.adjust("1 day");
    const result = yield* Fiber.join(fiber);
    const ended = result._tag === "Success" ? "Granted" : result.failure.reason._tag;
    const forms = seen.map(({ body }) => [...new URLSearchParams(body)]);
    return { result, ended, seen, forms, at: seen.map(({ at }) => at) };
  },
);

/** An OAuth error answer. */
export function refusal(error: string, status = 400): ScriptedAnswer {
  return { status, body: { error } };
}
