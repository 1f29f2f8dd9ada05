/**
 * A rotated refresh token is written down before its access token is used.
 *
 * @module
 */
import type { TokenIssued } from "../server/server_fact.ts";
import type { RecordOutline } from "../store/record_outline.ts";
import { OTHER_VERSION } from "../store/simulated_store.ts";
import type { StoreActed, WorldEvent } from "../world/world_event.ts";
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
  /** What each process could not write, since another had. */
  readonly #superseded = new Map<string, string>();

  on(event: WorldEvent): string | undefined {
    switch (event.type) {
      case "server":
        if (event.fact.type === "token.issued") this.#issue(event.fact);
        return undefined;
      case "store.written":
        if (event.record !== undefined) this.#keep(event.record);
        return undefined;
      case "store.failed":
        this.#fail(event);
        return undefined;
      case "store.read":
        this.#look(event);
        return undefined;
      case "caller.got":
        return this.#used(event.process, event.accessToken);
      case "http.sent":
        return this.#used(event.process, event.bearer);
      default:
        return undefined;
    }
  }

  #fail(event: StoreActed): void {
    const { process, record, trouble } = event;
    if (record === undefined) return this.#look(event);
    const tried = attempt(process, record.refreshToken);
    if (trouble === OTHER_VERSION) this.#superseded.set(process, tried);
    else this.#tried.add(tried);
  }

  /** Whoever is shown the past after a conflict, or nothing, cannot know what is there. */
  #look({ process, trouble }: StoreActed): void {
    const tried = this.#superseded.get(process);
    if (trouble !== undefined && tried !== undefined) this.#tried.add(tried);
    this.#superseded.delete(process);
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
