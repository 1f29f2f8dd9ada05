/**
 * When all is well again, all is well.
 *
 * @module
 */
import type { CallerAnswered, WorldEvent } from "../world/world_event.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";

/** After the last fault whoever asks is served. */
export const recovers: Invariant = {
  name: "recovers",
  sentence:
    "When nothing has gone wrong for a while, whoever asks gets a token, or learns that the " +
    "session is over and it is",
  watch: (scene) => new RecoveryWatcher(scene),
};

/** What may be said of a session that is over. */
const final: ReadonlySet<string> = new Set([
  "SessionError.Absent",
  "SessionError.Revoked",
  "SessionError.Expired",
  "SessionError.ReauthorizationRequired",
]);

/** How long after the last fault a question must be answered well. */
const CALM_MILLIS = 300_000;
/** Whoever does not wait for as long as this may have wanted to know too soon. */
const PATIENCE_MILLIS = 30_000;

class RecoveryWatcher implements Watcher {
  readonly #scene: Scene;
  #quietAtMillis = Infinity;
  readonly #askedAtMillis = new Map<number, number>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  on(event: WorldEvent): string | undefined {
    switch (event.type) {
      case "world.quiet":
        this.#quietAtMillis = event.at;
        return undefined;
      case "caller.asked":
        this.#askedAtMillis.set(event.call, event.at);
        return undefined;
      case "caller.failed":
        return event.what === "token" ? this.#fail(event) : undefined;
      default:
        return undefined;
    }
  }

  #fail(event: WorldEvent & CallerAnswered): string | undefined {
    const { process, call, key = "work", at, reason = "" } = event;
    const askedAt = this.#askedAtMillis.get(call) ?? 0;
    if (askedAt < this.#quietAtMillis + CALM_MILLIS) return undefined;
    if (reason === "interrupted" && at - askedAt < PATIENCE_MILLIS) return undefined;
    if (!final.has(reason)) return `${process} failed with ${reason} long after the last fault`;
    const record = this.#scene.store.record(key);
    const isAlive = record?.status === "active" && record.refreshToken !== undefined &&
      this.#scene.server.isRefreshable(record.refreshToken);
    return isAlive
      ? `${process} failed with ${reason}, but the store holds a session that the server would renew`
      : undefined;
  }
}
