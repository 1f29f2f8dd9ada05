/**
 * The lease of a session is worth something.
 *
 * @module
 */
import type { Happened, HttpSent, WorldEvent } from "../world/world_event.ts";
import { placeOf } from "./_place.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";
import { Lives } from "./_life.ts";

/** Only whoever holds the lease renews. */
export const oneHolder: Invariant = {
  name: "oneHolder",
  sentence:
    "A refresh token is sent by the one process that holds its session's lease, unless the " +
    "store forgot the lease, or that process hung and its clock was set, and while no other " +
    "process that lives and does not hang has one out",
  watch: (scene) => new HolderWatcher(scene),
};

/** A renewal whose answer its process waits for. */
interface Out {
  readonly process: string;
  readonly key: string;
  readonly request: number;
  readonly atMillis: number;
}

class HolderWatcher implements Watcher {
  readonly #scene: Scene;
  readonly #lives = new Lives();
  /** The session that a refresh token belongs to. */
  readonly #keys = new Map<number, string>();
  /** When a process was last told that it holds a lease. */
  readonly #grantedAtMillis = new Map<string, number>();
  /** Whose lease the store forgot. */
  readonly #forgotten = new Set<string>();
  /** Renewals that are out, by their requests. */
  readonly #out = new Map<number, Out>();

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
        this.#forgotten.delete(placeOf(event.process, event.key));
        this.#grantedAtMillis.set(placeOf(event.process, event.key), event.at);
        return undefined;
      case "lease.forgotten":
        this.#forgotten.add(placeOf(event.process, event.key));
        return undefined;
      case "http.sent":
        return event.grant === "refresh_token" ? this.#send(event) : undefined;
      case "http.ended":
        this.#out.delete(event.request);
        return undefined;
      default:
        return undefined;
    }
  }

  #send({ process, secret, request, at }: HttpSent & Happened): string | undefined {
    const key = this.#keys.get(secret ?? 0);
    if (key === undefined) return undefined;
    const out: Out = { process, key, request, atMillis: at };
    const told = this.#withoutLease(out) ?? this.#beside(out);
    this.#out.set(request, out);
    return told;
  }

  #withoutLease({ process, key, request }: Out): string | undefined {
    const holder = this.#scene.store.holder(key)?.name;
    if (holder === process) return undefined;
    const held = placeOf(process, key);
    const grantedAt = this.#grantedAtMillis.get(held) ?? Infinity;
    if (this.#forgotten.has(held) || this.#lives.oversleptSince(process, grantedAt)) {
      return undefined;
    }
    return `${process} sent request ${request} to renew "${key}" without its lease, which ` +
      `${holder ?? "nobody"} holds`;
  }

  /** A lease is long enough for the request that is sent under it. */
  #beside({ process, key, request, atMillis }: Out): string | undefined {
    const other = [...this.#out.values()].find((each) =>
      each.key === key && each.process !== process && !this.#isExcused(each)
    );
    if (other === undefined || this.#forgotten.has(placeOf(process, key))) return undefined;
    return `${process} sent request ${request} to renew "${key}", and ${other.process} had ` +
      `request ${other.request} out, which it sent ${atMillis - other.atMillis} ms before`;
  }

  /** Nobody waits for the answer, or nobody could tell that the lease ran out meanwhile. */
  #isExcused({ process, key, atMillis }: Out): boolean {
    return this.#lives.isGone(process) || this.#forgotten.has(placeOf(process, key)) ||
      this.#lives.hungSince(process, atMillis);
  }
}
