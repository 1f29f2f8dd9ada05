/**
 * The lease of a session is worth something.
 *
 * @module
 */
import type { HttpSent, WorldEvent } from "../world/world_event.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";
import { Lives } from "./_life.ts";

/** Only whoever holds the lease renews. */
export const oneHolder: Invariant = {
  name: "oneHolder",
  sentence:
    "A refresh token is sent by the one process that holds its session's lease, unless the " +
    "store forgot the lease, or that process hung and its clock was set",
  watch: (scene) => new HolderWatcher(scene),
};

class HolderWatcher implements Watcher {
  readonly #scene: Scene;
  readonly #lives = new Lives();
  /** The session that a refresh token belongs to. */
  readonly #keys = new Map<number, string>();
  /** When a process was last told that it holds a lease. */
  readonly #grantedAtMillis = new Map<string, number>();
  /** Whose lease the store forgot. */
  readonly #forgotten = new Set<string>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  on(event: WorldEvent): string | undefined {
    this.#lives.on(event);
    switch (event.type) {
      case "store.written":
      case "store.failed": {
        const refreshToken = event.record?.refreshToken;
        if (refreshToken !== undefined) this.#keys.set(refreshToken, event.key);
        return undefined;
      }
      case "lease.granted":
        this.#forgotten.delete(holding(event.process, event.key));
        this.#grantedAtMillis.set(holding(event.process, event.key), event.at);
        return undefined;
      case "lease.forgotten":
        this.#forgotten.add(holding(event.process, event.key));
        return undefined;
      case "http.sent":
        return event.grant === "refresh_token" ? this.#sent(event) : undefined;
      default:
        return undefined;
    }
  }

  #sent({ process, secret, request }: HttpSent): string | undefined {
    const key = this.#keys.get(secret ?? 0);
    if (key === undefined) return undefined;
    const holder = this.#scene.store.holder(key)?.name;
    if (holder === process) return undefined;
    const held = holding(process, key);
    const grantedAt = this.#grantedAtMillis.get(held) ?? Infinity;
    if (this.#forgotten.has(held) || this.#lives.oversleptSince(process, grantedAt)) {
      return undefined;
    }
    return `${process} sent request ${request} to renew "${key}" without its lease, which ` +
      `${holder ?? "nobody"} holds`;
  }
}

function holding(process: string, key: string): string {
  return `${process} ${key}`;
}
