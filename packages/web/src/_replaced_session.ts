/** What becomes of the session that a new login takes the place of. */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import { discard, type KeptSession, userOf } from "./_kept_session.ts";
import type { Site } from "./_site.ts";

/** How long a user who has signed in waits for the end of the session before. */
const patienceMillis = 2_000;

/** Which sessions, by which one. */
export interface Replacement {
  readonly by: string;
  readonly keys: ReadonlyArray<string>;
}

/**
 * Ends the sessions that a new one replaces. The server is told only where they were another user's:
 * many servers end the user's whole grant with any token of it, the new session's among them. RFC
 * 7009 section 2.1.
 */
export function replace<A, E, R>(
  site: Site<A, E, R>,
  { by, keys }: Replacement,
): Effect.Effect<void> {
  const ending = Effect.forEach(
    new Set(keys.filter((key) => key !== by)),
    (key) => end(site, key, by),
    { discard: true, concurrency: "unbounded" },
  );
  return keys.length === 0 ? Effect.void : Effect.forkIn(ending, site.scope).pipe(
    Effect.flatMap((fiber) => Effect.timeoutOption(Fiber.await(fiber), patienceMillis)),
    Effect.asVoid,
  );
}

const end = Effect.fnUntraced(
  function* <A, E, R>(site: Site<A, E, R>, key: string, by: string) {
    const before = yield* userAt(site, key);
    const after = yield* userAt(site, by);
    if (before !== undefined && after !== undefined && before !== after) {
      const session = yield* site.registry.get(key);
      yield* Effect.ignore(session.revoke());
    }
    yield* discard(site, key);
  },
  Effect.scoped,
  Effect.catchCause((cause) => Effect.logDebug("A replaced session could not be ended", cause)),
);

function userAt<A, E, R>(
  { vault }: Site<A, E, R>,
  key: string,
): Effect.Effect<string | undefined> {
  return Effect.match(vault.get(key), {
    onFailure: () => undefined,
    onSuccess: (stored) =>
      stored.pipe(
        Option.map(({ record }): KeptSession => ({ key, record })),
        Option.flatMap(userOf),
        Option.map(({ subject }) => subject),
        Option.getOrUndefined,
      ),
  });
}
