/** Which requests are told one by one. */
import type { Observation } from "@bellhop/core/protocol/observation";
import type { WorldLine } from "../recording/recorded.ts";

/**
 * Leaves out what nobody can look at: requests of a program that went well, beyond so many that ended
 * in one second. It counts them. What failed, or was answered with another status than 2xx, is never
 * left out.
 */
export class RequestLimit {
  readonly #perSecond: number;
  #second = -Infinity;
  #told = 0;
  #count = 0;
  #lastAt = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** How many were left out that no line tells of yet. */
  get count(): number {
    return this.#count;
  }

  /** Whether it is one too many. */
  leavesOut(observation: Observation): boolean {
    if (observation.type !== "api.exchange") return false;
    const { at, durationMillis, outcome, status = 0 } = observation;
    if (outcome !== "ok" || status < 200 || status > 299) return false;
    const endedAt = at + durationMillis;
    const second = Math.floor(endedAt / 1_000);
    if (second !== this.#second) this.#told = 0;
    this.#second = second;
    if (this.#told < this.#perSecond) {
      this.#told++;
      return false;
    }
    this.#count++;
    this.#lastAt = endedAt;
    return true;
  }

  /** A line that tells how many were left out since the last one. */
  line(): WorldLine {
    const count = this.#count;
    this.#count = 0;
    return { seq: 0, at: this.#lastAt, type: "skipped", process: "main", what: "request", count };
  }
}
