/**
 * One process at a time changes the keys of a home.
 *
 * As the lease of a session, but it does not run out under a holder that is stopped: one that came
 * back late would write a file without the key that was added meanwhile. A holder that died is
 * followed at once; one that nobody can see from here (another container, another boot) after a day.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { acquire } from "@bellhop/core/session/lease";
import type { StoreError } from "@bellhop/core/session/store_error";
import { makeFileLease } from "./_file_lease.ts";
import type { KeyFileServices } from "./_key_file.ts";
import { currentProcess } from "./_process_identity.ts";
import { KeySourceError } from "./key_source_error.ts";

/** Holds the keys until the scope closes. Waits ten seconds, then fails with `timeout`. */
export const holdKeys: (
  home: string,
) => Effect.Effect<void, KeySourceError, KeyFileServices | Scope.Scope> = Effect.fnUntraced(
  function* (home: string) {
    const self = yield* currentProcess;
    const series = { directory: home, name: "store.choice.lease" };
    const backend = yield* makeFileLease({ series, self, ttlMillis, seen: new Map() });
    yield* acquire(backend, { key: home, ttlMillis, waitMillis });
  },
  (effect, home) => Effect.mapError(effect, (error) => keyError(error, home)),
);

const ttlMillis = 86_400_000;
const waitMillis = 10_000;

function keyError({ reason }: StoreError, home: string): KeySourceError {
  if (reason._tag === "Unwritable") {
    const { location, description, hint } = reason;
    return new KeySourceError({ problem: "unwritable", location, description, hint });
  }
  return new KeySourceError({
    problem: "timeout",
    location: home,
    description: "another process is changing the keys",
    hint: `Wait for it. If there is none, remove the files "store.choice.lease" in that directory`,
  });
}
