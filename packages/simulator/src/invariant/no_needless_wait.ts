/**
 * Who could be served at once, is.
 *
 * @module
 */
import type { CallerAnswered, CallerAsked, Observed, WorldEvent } from "../world/world_event.ts";
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

class WaitWatcher implements Watcher {
  readonly #lives = new Lives();
  /** Until when the last token that a process handed out lives by its own clock. */
  readonly #untilMillis = new Map<string, number>();
  /** The token that it was. */
  readonly #last = new Map<string, number | undefined>();
  /** Tokens that the API did not take: whoever learns of that does not hand them out any more. */
  readonly #refused = new Set<number | undefined>();
  /** Who sent each request to the API. */
  readonly #calls = new Map<number, string>();
  /** How many are signing in or out in each process. */
  readonly #signing = new Map<string, number>();
  /** Questions that must be answered in the moment in which they were asked. */
  readonly #atOnce = new Map<number, number>();

  on(event: WorldEvent): string | undefined {
    this.#lives.on(event);
    switch (event.type) {
      case "clock.jumped":
        this.#untilMillis.delete(event.process);
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
        if (event.bearer !== undefined) this.#calls.set(event.request, event.process);
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
    this.#untilMillis.delete(this.#calls.get(request) ?? "");
  }

  #observe({ observation, process }: Observed): void {
    if (observation.type !== "session.changed" || observation.key !== "work") return;
    const { name, expiresAtMillis = Infinity } = observation;
    const until = this.#untilMillis.get(process);
    // What another process renewed may live shorter than what was handed out before.
    if (changed.has(name)) this.#untilMillis.delete(process);
    else if (until !== undefined && expiresAtMillis < until) {
      this.#untilMillis.set(process, expiresAtMillis);
    }
  }

  #signingIn(process: string): number {
    return this.#signing.get(process) ?? 0;
  }

  #ask({ process, call, what, at, clockMillis }: WorldEvent & CallerAsked): undefined {
    // Who signs in or out changes what is in hand.
    if (what.startsWith("sign")) this.#signing.set(process, this.#signingIn(process) + 1);
    const isInHand = (this.#untilMillis.get(process) ?? 0) > clockMillis &&
      this.#signingIn(process) === 0 && !this.#refused.has(this.#last.get(process));
    if (what === "token" && isInHand) this.#atOnce.set(call, at);
    return undefined;
  }

  #answer(event: WorldEvent & CallerAnswered): string | undefined {
    const { process, call, what, at, type, expiresAtMillis = Infinity } = event;
    if (what === "token" && type === "caller.got") {
      this.#untilMillis.set(process, expiresAtMillis);
      this.#last.set(process, event.accessToken);
    }
    if (what.startsWith("sign")) {
      this.#signing.set(process, this.#signingIn(process) - 1);
      this.#untilMillis.delete(process);
    }
    const askedAt = this.#atOnce.get(call);
    this.#atOnce.delete(call);
    if (askedAt === undefined || this.#lives.hungSince(process, askedAt)) return undefined;
    // Its process is about to end.
    if (event.reason === "SessionError.Closed") return undefined;
    if (type === "caller.failed") {
      return `${process} had a living token in hand, and failed with ${event.reason}`;
    }
    return at > askedAt
      ? `${process} had a living token in hand, and its caller waited ${at - askedAt} ms`
      : undefined;
  }
}
