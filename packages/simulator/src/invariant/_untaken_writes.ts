/** What the store did not take. */
import { OTHER_VERSION } from "../store/simulated_store.ts";
import type { StoreActed, WorldEvent } from "../world/world_event.ts";
import { placeOf } from "./_place.ts";

/** A process, and the refresh token that it could not write. */
export interface Untaken {
  readonly process: string;
  readonly refreshToken: number | undefined;
}

/**
 * Finds out what a process wanted to write, and could not through no fault of its own: the store
 * failed, or took another's, and then did not show that.
 */
export class UntakenWrites {
  /** What was refused for a version, until its process has looked what is there. */
  readonly #superseded = new Map<string, Untaken>();

  /** What this event shows not to be written. */
  on(event: WorldEvent): Untaken | undefined {
    switch (event.type) {
      case "store.written":
        this.#superseded.delete(placeOf(event.process, event.key));
        return undefined;
      case "store.failed":
        if (event.record !== undefined) return this.#fail(event);
        // A removal that failed was no look.
        return event.ifVersion === undefined ? this.#look(event) : undefined;
      case "store.read":
        return this.#look(event);
      default:
        return undefined;
    }
  }

  #fail({ process, key, record, trouble }: StoreActed): Untaken | undefined {
    const untaken = { process, refreshToken: record?.refreshToken };
    if (trouble !== OTHER_VERSION) return untaken;
    this.#superseded.set(placeOf(process, key), untaken);
    return undefined;
  }

  /** Whoever is shown the past after a conflict, or nothing, cannot know what is there. */
  #look({ process, key, trouble }: StoreActed): Untaken | undefined {
    const place = placeOf(process, key);
    const superseded = this.#superseded.get(place);
    this.#superseded.delete(place);
    return trouble === undefined ? undefined : superseded;
  }
}
