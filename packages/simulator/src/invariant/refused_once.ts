/**
 * A server that has refused a refresh token is not asked again.
 *
 * @module
 */
import type { HttpSent, ServerActed, WorldEvent } from "../world/world_event.ts";
import type { Invariant, Watcher } from "./invariant.ts";

/** What is dead is left in peace. */
export const refusedOnce: Invariant = {
  name: "refusedOnce",
  sentence:
    "A process that was told that a refresh token is refused does not send it again, unless " +
    "the store failed meanwhile or the process lost its lease",
  watch: () => new RefusalWatcher(),
};

class RefusalWatcher implements Watcher {
  /** Refresh tokens that were refused, by the request that they were sent in. */
  readonly #refused = new Map<number, number>();
  /** Refresh tokens that a process knows to be refused. */
  readonly #known = new Map<string, Set<number>>();

  on(event: WorldEvent): string | undefined {
    switch (event.type) {
      case "server":
        return this.#answer(event);
      case "http.ended": {
        const refreshToken = this.#refused.get(event.request);
        if (refreshToken === undefined || !event.isWhole) return undefined;
        const known = this.#known.get(event.process) ?? new Set();
        this.#known.set(event.process, known.add(refreshToken));
        return undefined;
      }
      case "observed":
        if (event.observation.type === "lease.lost") this.#known.delete(event.process);
        return undefined;
      case "store.failed":
        this.#known.delete(event.process);
        return undefined;
      case "http.sent":
        return this.#send(event);
      default:
        return undefined;
    }
  }

  #answer({ fact, request = 0 }: ServerActed): undefined {
    if (fact.type !== "token.refused" || fact.error !== "invalid_grant") return;
    if (fact.refreshToken !== undefined) this.#refused.set(request, fact.refreshToken);
  }

  #send({ process, request, secret = 0 }: HttpSent): string | undefined {
    return this.#known.get(process)?.has(secret) === true
      ? `${process} sent refresh token ${secret} in request ${request}, and knew that it is refused`
      : undefined;
  }
}
