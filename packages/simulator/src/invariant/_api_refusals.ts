/** Access tokens that an API did not take, as far as their process and its session know. */
import type {
  CallerAsked,
  ClockJumped,
  Happened,
  HttpEnded,
  HttpSent,
  Observed,
  WorldEvent,
} from "../world/world_event.ts";
import type { RecordOutline } from "../store/record_outline.ts";
import { placeOf } from "./_place.ts";

/** A token that came in the place of a refused one, and is refused as well so soon, stays. */
const PAUSE_MILLIS = 5_000;

export class ApiRefusals {
  /** The key of the session that an access token is of. */
  readonly #keys = new Map<number, string>();
  /** The access token that each request carries. */
  readonly #carried = new Map<number, number>();
  /** The token of the last answer with status 401 that each process got. */
  readonly #last = new Map<string, number>();
  /** When each process last had a token of each key refused. */
  readonly #refusedAtMillis = new Map<string, number>();
  readonly #knownAtMillis = new Map<string, number>();

  on(event: WorldEvent): void {
    switch (event.type) {
      case "store.written":
      case "store.failed":
        if (event.record !== undefined) this.#file(event.key, event.record);
        return;
      case "http.sent":
        return this.#send(event);
      case "http.ended":
        return this.#end(event);
      case "observed":
        return this.#observe(event);
      case "caller.asked":
        return this.#ask(event);
      case "clock.jumped":
        return this.#jump(event);
    }
  }

  #file(key: string, { accessTokens }: RecordOutline): void {
    for (const accessToken of accessTokens) this.#keys.set(accessToken, key);
  }

  #send({ request, bearer }: HttpSent): void {
    if (bearer !== undefined) this.#carried.set(request, bearer);
  }

  #end({ request, process, status }: HttpEnded): void {
    const accessToken = this.#carried.get(request);
    this.#carried.delete(request);
    if (accessToken !== undefined && status === 401) this.#last.set(process, accessToken);
  }

  /** Who calls an API with a client of their own need not tell the session what it said. */
  #observe({ process, observation, at }: Observed & Happened): void {
    if (observation.type !== "api.exchange") return;
    const accessToken = this.#last.get(process);
    this.#last.delete(process);
    const { key, status, isReplay } = observation;
    if (accessToken === undefined || status !== 401 || this.keyOf(accessToken) !== key) return;
    // What came in the place of a refused one is given back as it is.
    if (!isReplay) this.#know(process, accessToken, at);
  }

  /** A program may have a token replaced for reasons of its own, such as an answer with status 200. */
  #ask({ process, key = "work", what, at }: CallerAsked & Happened): void {
    if (what === "replace") this.#refusedAtMillis.set(placeOf(process, key), at);
  }

  /** How long ago something was refused a session tells by its process' wall clock. */
  #jump({ process, byMillis }: ClockJumped): void {
    for (const [session, at] of this.#refusedAtMillis) {
      if (session.startsWith(`${process} `)) this.#refusedAtMillis.set(session, at - byMillis);
    }
  }

  #know(process: string, accessToken: number, at: number): void {
    const session = `${process} ${this.keyOf(accessToken)}`;
    const before = this.#refusedAtMillis.get(session) ?? -Infinity;
    const known = `${process} ${accessToken}`;
    if (this.#knownAtMillis.has(known) || at - before < PAUSE_MILLIS) return;
    this.#refusedAtMillis.set(session, at);
    this.#knownAtMillis.set(known, at);
  }

  /** The key of the session that an access token is of. */
  keyOf(accessToken: number): string | undefined {
    return this.#keys.get(accessToken);
  }

  /** Since when a process knows that an access token is refused. */
  knownAtMillis(process: string, accessToken: number): number {
    return this.#knownAtMillis.get(`${process} ${accessToken}`) ?? Infinity;
  }
}
