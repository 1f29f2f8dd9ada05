/**
 * A server in trouble is left alone for a while.
 *
 * @module
 */
import type { HttpEnded, HttpSent, Observed, WorldEvent } from "../world/world_event.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";

/** The wait after the first failure; each further one in a row doubles it. */
const FIRST_MILLIS = 500;
const MAX_MILLIS = 60_000;
/** A server that asks for more is asked again after this. */
const MAX_ASKED_MILLIS = 3_600_000;

/** A renewal that failed is not tried again at once. */
export const failuresWait: Invariant = {
  name: "failuresWait",
  sentence:
    "A process whose renewal failed by the network or by a server in trouble does not try " +
    "again before it has waited, twice as long each time, and no less than the server asked for",
  watch: (scene) => new FailureWatcher(scene),
};

/** A renewal's failures in a row. */
interface Failing {
  readonly atMillis: number;
  readonly count: number;
  readonly waitMillis: number;
}

class FailureWatcher implements Watcher {
  readonly #scene: Scene;
  /** Renewals that are out: whose, by their requests. */
  readonly #out = new Map<number, string>();
  readonly #failing = new Map<string, Failing>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  on(event: WorldEvent): string | undefined {
    const whose = whoBeginsAnew(event);
    if (whose !== undefined) this.#forget(whose);
    switch (event.type) {
      case "http.sent":
        return event.grant === "refresh_token" ? this.#renew(event, event.at) : undefined;
      case "http.ended":
        this.#end(event, event.at);
        return undefined;
      case "store.written":
        if (event.record?.isRenewing === false) this.#recount(event.process);
        return undefined;
      default:
        return undefined;
    }
  }

  #forget(process: string): void {
    for (const whose of this.#failing.keys()) {
      if (whose.startsWith(`${process} `)) this.#failing.delete(whose);
    }
  }

  /**
   * What only memory held is in the store: the wait stands, but those who asked in the meantime were
   * counted by themselves.
   */
  #recount(process: string): void {
    for (const [whose, failing] of this.#failing) {
      if (whose.startsWith(`${process} `)) this.#failing.set(whose, { ...failing, count: 0 });
    }
  }

  #renew({ process, request, secret }: HttpSent, at: number): string | undefined {
    const family = this.#scene.server.familyOf(secret ?? 0);
    const whose = `${process} family ${family}`;
    this.#out.set(request, whose);
    const failing = this.#failing.get(whose);
    if (failing === undefined || at >= failing.atMillis + failing.waitMillis) return undefined;
    return `${process} sent refresh token ${secret} in request ${request} ` +
      `${at - failing.atMillis} ms after failure ${failing.count} in a row instead of ` +
      `${failing.waitMillis}`;
  }

  #end(event: HttpEnded, at: number): void {
    const whose = this.#out.get(event.request);
    if (whose === undefined) return;
    this.#out.delete(event.request);
    if (!hasFailed(event)) {
      this.#failing.delete(whose);
      return;
    }
    const count = (this.#failing.get(whose)?.count ?? 0) + 1;
    const askedMillis = Math.min(MAX_ASKED_MILLIS, event.retryAfterMillis ?? 0);
    const doubledMillis = Math.min(MAX_MILLIS, FIRST_MILLIS * 2 ** (count - 1));
    const waitMillis = Math.max(doubledMillis, askedMillis);
    this.#failing.set(whose, { atMillis: at, count, waitMillis });
  }
}

/** The process in which what failed before does not count any more. */
function whoBeginsAnew(event: WorldEvent): string | undefined {
  switch (event.type) {
    case "observed":
      return hasFresh(event) ? event.process : undefined;
    case "clock.jumped":
      // A wall clock that is set forward cannot be told from a machine that slept.
      return event.process;
    case "caller.asked":
    case "caller.failed":
      // Whoever signs in or out wants it now, and what comes of it is looked at at once.
      return event.what.startsWith("sign") ? event.process : undefined;
    default:
      return undefined;
  }
}

/** A look into the store may show that what is wanted is there. */
function hasFresh({ observation }: Observed): boolean {
  return observation.type === "session.changed"
    ? observation.name === "fresh"
    : observation.type === "operation.ended" && observation.answer === "current";
}

/** The server's own refusal is an answer. */
function hasFailed({ isWhole, status = 0 }: HttpEnded): boolean {
  return !isWhole || status === 429 || status >= 500;
}
