/**
 * What the store holds never gets older.
 *
 * @module
 */
import type { StoreActed, WorldEvent } from "../world/world_event.ts";
import { placeOf } from "./_place.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";

/** No writer puts an older state in the place of a newer one. */
export const storeGoesForward: Invariant = {
  name: "storeGoesForward",
  sentence:
    "A write never replaces a version that its process has not seen, and never puts an older " +
    "refresh token of the same family, or a family that was replaced or removed, in the place " +
    "of what is there",
  watch: (scene) => new ForwardWatcher(scene),
};

class ForwardWatcher implements Watcher {
  readonly #scene: Scene;
  /** The versions that each process has read or written. */
  readonly #seen = new Set<string>();
  /** What each process last wrote without knowing yet what came of it. */
  readonly #written = new Map<string, number>();
  readonly #refreshTokens = new Map<string, number>();
  /** Families that a login or a sign-out has put an end to, by their keys. */
  readonly #replaced = new Set<string>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  on(event: WorldEvent): string | undefined {
    switch (event.type) {
      case "store.read":
        this.#see(event, event.version);
        return undefined;
      case "store.written":
        return this.#write(event) ?? this.#replace(event);
      case "store.removed":
        return this.#write(event) ?? this.#remove(event);
      case "store.failed":
        // It was told that this is not there.
        if (event.isApplied === true) this.#seen.delete(this.#lastOf(event));
        return undefined;
      default:
        return undefined;
    }
  }

  #see({ process, key }: StoreActed, version: number | null | undefined): void {
    this.#seen.add(`${process} ${key} ${version}`);
  }

  #lastOf({ process, key }: StoreActed): string {
    return `${process} ${key} ${this.#written.get(placeOf(process, key))}`;
  }

  /** Where nothing is to be there, nothing can be overlooked. */
  #write(event: StoreActed): string | undefined {
    const { process, key, version, ifVersion = null } = event;
    const isSeen = ifVersion === null || this.#seen.has(`${process} ${key} ${ifVersion}`);
    this.#written.set(placeOf(process, key), version ?? 0);
    this.#see(event, version);
    return isSeen
      ? undefined
      : `${process} wrote "${key}" as ${version} over ${ifVersion}, which it had not seen`;
  }

  #replace({ key, record, process }: StoreActed): string | undefined {
    const next = record?.refreshToken;
    if (next === undefined) return undefined;
    const last = this.#refreshTokens.get(key);
    this.#refreshTokens.set(key, next);
    const { server } = this.#scene;
    const family = server.familyOf(next);
    const other = last === undefined ? undefined : server.familyOf(last);
    if (other !== undefined && family !== other) this.#replaced.add(`${other} ${key}`);
    const isOlder = last !== undefined && family === other && next < last;
    return isOlder || this.#replaced.has(`${family} ${key}`)
      ? `${process} put refresh token ${next} back in the place of ${
        last ?? "nothing"
      } under "${key}"`
      : undefined;
  }

  #remove({ key }: StoreActed): undefined {
    const last = this.#refreshTokens.get(key);
    this.#refreshTokens.delete(key);
    const family = last === undefined ? undefined : this.#scene.server.familyOf(last);
    if (family !== undefined) this.#replaced.add(`${family} ${key}`);
  }
}
