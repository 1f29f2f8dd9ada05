/**
 * A refresh token that may be replaced is used only after the store was told.
 *
 * @module
 */
import type { StoreActed, WorldEvent } from "../world/world_event.ts";
import type { Invariant, Watcher } from "./invariant.ts";

/** Marked first, then sent: whoever comes after a crash knows that there may be a newer one. */
export const markedFirst: Invariant = {
  name: "markedFirst",
  sentence:
    "A refresh token that the store holds is sent only after the store was told that it is " +
    "about to be, unless its sender could not store it",
  watch: () => new MarkWatcher(),
};

class MarkWatcher implements Watcher {
  readonly #stored = new Set<number>();
  readonly #marked = new Set<number>();
  /** Refresh tokens that the store did not take from a process, as far as that knows. */
  readonly #untaken = new Set<string>();

  on(event: WorldEvent): string | undefined {
    switch (event.type) {
      case "store.written":
      case "store.failed":
        return this.#keep(event);
      case "http.sent": {
        const { grant, process, request, secret = 0 } = event;
        if (grant !== "refresh_token" || !this.#stored.has(secret)) return undefined;
        return this.#marked.has(secret) || this.#untaken.has(`${process} ${secret}`)
          ? undefined
          : `${process} sent refresh token ${secret} in request ${request}, and had not said so`;
      }
      default:
        return undefined;
    }
  }

  #keep({ type, process, record }: WorldEvent & StoreActed): undefined {
    const { isRenewing = false, refreshToken } = record ?? {};
    if (refreshToken === undefined) return;
    if (type === "store.written") this.#stored.add(refreshToken);
    if (type === "store.written" && isRenewing) this.#marked.add(refreshToken);
    if (type === "store.failed" && !isRenewing) this.#untaken.add(`${process} ${refreshToken}`);
  }
}
