/**
 * Who could be served at once, is.
 *
 * @module
 */
import type {
  CallerAnswered,
  CallerAsked,
  Happened,
  HttpSent,
  Observed,
  WorldEvent,
} from "../world/world_event.ts";
import { placeOf } from "./_place.ts";
import type { Invariant, Watcher } from "./invariant.ts";
import { Lives } from "./_life.ts";

/** A living token in hand is handed out at once. */
export const noNeedlessWait: Invariant = {
  name: "noNeedlessWait",
  sentence: "Nobody waits for a token while their process has a living one in hand",
  watch: () => new WaitWatcher(),
};

/** States of a session in which what was in hand may have gone. */
const changed: ReadonlySet<string> = new Set([
  "absent",
  "acquiring",
  "revoking",
  "revoked",
  "reauthorizationRequired",
]);

/** What is answered with the token that is asked for by default. */
const handed: ReadonlySet<string> = new Set(["token", "service"]);

/** What changes what is in hand while it is under way. */
const changing: ReadonlySet<string> = new Set(["replace", "introspect"]);

/** A call to an API: with a token in hand it is sent at once, whenever its answer comes. */
const CALL = "call";

/** A question that must be answered, or sent to the API, in the moment in which it was asked. */
interface AtOnce {
  readonly process: string;
  readonly what: string;
  readonly atMillis: number;
}

class WaitWatcher implements Watcher {
  readonly #lives = new Lives();
  /** Until when the last token of a session that a process handed out lives by its own clock. */
  readonly #untilMillis = new Map<string, number>();
  /** The token that it was. */
  readonly #last = new Map<string, number | undefined>();
  /** Tokens that the API did not take: whoever learns of that does not hand them out any more. */
  readonly #refused = new Set<number | undefined>();
  /** Who sent each request to the API. */
  readonly #calls = new Map<number, string>();
  /** How many are signing in to a session, or out of it, in each process. */
  readonly #signing = new Map<string, number>();
  readonly #atOnce = new Map<number, AtOnce>();

  on(event: WorldEvent): string | undefined {
    this.#lives.on(event);
    switch (event.type) {
      case "clock.jumped":
        this.#forget(event.process);
        return undefined;
      case "observed":
        this.#observe(event);
        return undefined;
      case "server":
        if (event.fact.type === "api.called" && event.fact.status === 401) {
          this.#refuse(event.fact.accessToken, event.request ?? 0);
        }
        return undefined;
      case "http.sent":
        if (event.bearer !== undefined) this.#send(event);
        return undefined;
      case "caller.asked":
        return this.#ask(event);
      case "caller.got":
      case "caller.failed":
        return this.#answer(event);
      default:
        return undefined;
    }
  }

  /** What a process has in hand may be newer than what it handed out last, and is refused. */
  #refuse(accessToken: number | undefined, request: number): void {
    this.#refused.add(accessToken);
    this.#forget(this.#calls.get(request) ?? "");
  }

  #forget(process: string): void {
    for (const session of this.#untilMillis.keys()) {
      if (session.startsWith(`${process} `)) this.#untilMillis.delete(session);
    }
  }

  #observe({ observation, process }: Observed): void {
    if (observation.type !== "session.changed") return;
    const { key, name, expiresAtMillis = Infinity } = observation;
    const session = placeOf(process, key);
    const until = this.#untilMillis.get(session);
    // What another process renewed may live shorter than what was handed out before.
    if (changed.has(name)) this.#untilMillis.delete(session);
    else if (until !== undefined && expiresAtMillis < until) {
      this.#untilMillis.set(session, expiresAtMillis);
    }
  }

  /** Which of several calls of one moment a request is of does not matter. */
  #send({ at, process, request }: HttpSent & Happened): void {
    this.#calls.set(request, process);
    for (const [call, asked] of this.#atOnce) {
      if (asked.what !== CALL || asked.process !== process || asked.atMillis !== at) continue;
      this.#atOnce.delete(call);
      return;
    }
  }

  #ask(event: WorldEvent & CallerAsked): undefined {
    const { process, call, what, at, clockMillis } = event;
    const session = sessionOf(event);
    const signing = this.#signing.get(session) ?? 0;
    if (isChange(what)) this.#signing.set(session, signing + 1);
    const isInHand = (this.#untilMillis.get(session) ?? 0) > clockMillis && signing === 0 &&
      !this.#refused.has(this.#last.get(session));
    const isAsked = handed.has(what) || what === CALL;
    if (isAsked && isInHand) this.#atOnce.set(call, { process, what, atMillis: at });
    return undefined;
  }

  #answer(event: WorldEvent & CallerAnswered): string | undefined {
    const { call, what, type, expiresAtMillis = Infinity } = event;
    const session = sessionOf(event);
    if (handed.has(what) && type === "caller.got") {
      this.#untilMillis.set(session, expiresAtMillis);
      this.#last.set(session, event.accessToken);
    }
    if (isChange(what)) {
      this.#signing.set(session, (this.#signing.get(session) ?? 0) - 1);
      this.#untilMillis.delete(session);
    }
    const asked = this.#atOnce.get(call);
    this.#atOnce.delete(call);
    return asked === undefined ? undefined : this.#verdict(asked, event);
  }

  #verdict(
    { atMillis, what }: AtOnce,
    { process, type, at, reason }: WorldEvent & CallerAnswered,
  ): string | undefined {
    if (this.#lives.hungSince(process, atMillis)) return undefined;
    // Its process is about to end.
    if (reason === "SessionError.Closed") return undefined;
    const told = `${process} had a living token in hand, and`;
    if (what === CALL) return `${told} did not call the API at once`;
    const isGivenUp = reason === "interrupted" && at === atMillis;
    if (isGivenUp) return undefined;
    if (type === "caller.failed") return `${told} failed with ${reason}`;
    return at > atMillis ? `${told} its caller waited ${at - atMillis} ms` : undefined;
  }
}

/** Who signs in or out changes what is in hand as well. */
function isChange(what: string): boolean {
  return what.startsWith("sign") || changing.has(what);
}

function sessionOf({ process, key = "work" }: CallerAsked | CallerAnswered): string {
  return placeOf(process, key);
}
