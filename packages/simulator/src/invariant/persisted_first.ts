/**
 * A rotated refresh token is written down before its access token is used.
 *
 * @module
 */
import type { TokenIssued } from "../server/server_fact.ts";
import type { RecordOutline } from "../store/record_outline.ts";
import type { WorldEvent } from "../world/world_event.ts";
import { UntakenWrites } from "./_untaken_writes.ts";
import type { Invariant, Watcher } from "./invariant.ts";

/** Written first, then handed out. */
export const persistedFirst: Invariant = {
  name: "persistedFirst",
  sentence:
    "Nobody is given an access token before the store holds the refresh token that came with " +
    "it, unless the store did not take it, or took another's and does not show that",
  watch: () => new PersistenceWatcher(),
};

class PersistenceWatcher implements Watcher {
  /** The new refresh token that came with an access token. */
  readonly #rotated = new Map<number, number>();
  readonly #written = new Set<number>();
  /** Access tokens in the store: with the refresh token that came with them, or a later one. */
  readonly #stored = new Set<number>();
  /** Processes that tried to write a refresh token, and failed. */
  readonly #tried = new Set<string>();
  readonly #untaken = new UntakenWrites();

  on(event: WorldEvent): string | undefined {
    const untaken = this.#untaken.on(event);
    if (untaken !== undefined) this.#tried.add(attempt(untaken.process, untaken.refreshToken));
    switch (event.type) {
      case "server":
        if (event.fact.type === "token.issued") this.#issue(event.fact);
        return undefined;
      case "store.written":
        if (event.record !== undefined) this.#keep(event.record);
        return undefined;
      case "caller.got":
        return this.#used(event.process, event.accessToken);
      case "http.sent":
        return this.#used(event.process, event.bearer);
      default:
        return undefined;
    }
  }

  #issue({ grant, accessToken, refreshToken, used }: TokenIssued): void {
    const isNew = refreshToken !== undefined && refreshToken !== used?.refreshToken;
    if (grant === "refresh_token" && isNew) this.#rotated.set(accessToken, refreshToken);
  }

  #keep({ refreshToken, accessTokens }: RecordOutline): void {
    if (refreshToken !== undefined) this.#written.add(refreshToken);
    for (const accessToken of accessTokens) this.#stored.add(accessToken);
  }

  #used(process: string, accessToken: number | undefined): string | undefined {
    const refreshToken = this.#rotated.get(accessToken ?? 0);
    if (refreshToken === undefined || this.#written.has(refreshToken)) return undefined;
    if (this.#stored.has(accessToken ?? 0)) return undefined;
    if (this.#tried.has(attempt(process, refreshToken))) return undefined;
    return `${process} handed out access token ${accessToken} before refresh token ${refreshToken} ` +
      "was in the store";
  }
}

function attempt(process: string, refreshToken: number | undefined): string {
  return `${process} ${refreshToken}`;
}
