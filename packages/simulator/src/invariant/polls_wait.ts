/**
 * RFC 8628 section 3.5, seen from the device.
 *
 * @module
 */
import type { ServerFact } from "../server/server_fact.ts";
import type { HttpEnded, HttpSent, WorldEvent } from "../world/world_event.ts";
import type { Invariant, Watcher } from "./invariant.ts";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** The longest wait that a device has to come to after polls without an answer. */
const MAX_WAIT_MILLIS = 60_000;
/** Each `slow_down` adds this to all polls that follow it. RFC 8628 section 3.5. */
const SLOW_DOWN_MILLIS = 5_000;

interface Polling {
  intervalMillis: number;
  sentAtMillis: number | undefined;
  /** When the last poll came to nothing; absent where it did not. */
  silentAtMillis: number | undefined;
  /** How many polls in a row came to nothing. */
  silences: number;
}

interface Poll {
  readonly deviceCode: number;
  /** Whether each answer that the server gave was `slow_down`. */
  readonly areSlowDowns: Array<boolean>;
}

/** A device waits between polls for as long as it was told to. */
export const pollsWait: Invariant = {
  name: "pollsWait",
  sentence: "No poll of a device code comes earlier than the server allowed, and after each poll " +
    "without an answer the wait is twice as long",
  watch: () => new PollWatcher(),
};

class PollWatcher implements Watcher {
  readonly #pollings = new Map<number, Polling>();
  /** Polls that are out, by their requests. */
  readonly #out = new Map<number, Poll>();

  on(event: WorldEvent): string | undefined {
    switch (event.type) {
      case "server":
        this.#learn(event.fact, event.request ?? 0);
        return undefined;
      case "http.sent":
        return event.grant === DEVICE_GRANT ? this.#poll(event, event.at) : undefined;
      case "http.ended":
        this.#end(event, event.at);
        return undefined;
      default:
        return undefined;
    }
  }

  #learn(fact: ServerFact, request: number): void {
    if (fact.type === "device.started") {
      const { deviceCode, intervalMillis } = fact;
      this.#pollings.set(deviceCode, {
        intervalMillis,
        sentAtMillis: undefined,
        silentAtMillis: undefined,
        silences: 0,
      });
    }
    if (fact.type === "device.polled") {
      this.#out.get(request)?.areSlowDowns.push(fact.verdict === "slow_down");
    }
  }

  #end({ request, isWhole, trouble }: HttpEnded, at: number): void {
    const poll = this.#out.get(request);
    this.#out.delete(request);
    const polling = this.#pollings.get(poll?.deviceCode ?? 0);
    if (poll === undefined || polling === undefined) return;
    // Of two answers to one request the network loses one.
    const isSlowDown = poll.areSlowDowns.at(trouble === "duplicate, last answer" ? -1 : 0) === true;
    if (isSlowDown && isWhole) polling.intervalMillis += SLOW_DOWN_MILLIS;
    polling.silences = isWhole ? 0 : polling.silences + 1;
    polling.silentAtMillis = isWhole ? undefined : at;
  }

  #poll({ secret: deviceCode, request, process }: HttpSent, at: number): string | undefined {
    const polling = this.#pollings.get(deviceCode ?? 0);
    if (polling === undefined || deviceCode === undefined) return undefined;
    const { sentAtMillis, intervalMillis, silentAtMillis = -Infinity, silences } = polling;
    polling.sentAtMillis = at;
    this.#out.set(request, { deviceCode, areSlowDowns: [] });
    const waitedMillis = at - (sentAtMillis ?? -Infinity);
    if (waitedMillis < intervalMillis) {
      return `${process} polled device code ${deviceCode} after ${waitedMillis} ms instead of ${intervalMillis}`;
    }
    const longerMillis = Math.min(MAX_WAIT_MILLIS, intervalMillis * 2 ** silences);
    const pausedMillis = at - silentAtMillis;
    return pausedMillis < longerMillis
      ? `${process} polled device code ${deviceCode} ${pausedMillis} ms after ${silences} polls ` +
        `without an answer instead of ${longerMillis}`
      : undefined;
  }
}
