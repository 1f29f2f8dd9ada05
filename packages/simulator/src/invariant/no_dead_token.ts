/**
 * Nobody gets a token that is known to be of no use.
 *
 * @module
 */
import type { CallerAnswered, CallerAsked, WorldEvent } from "../world/world_event.ts";
import type { TokenIssued } from "../server/server_fact.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";
import { Lives } from "./_life.ts";

/** What is handed out is good as far as its holder can know. */
export const noDeadToken: Invariant = {
  name: "noDeadToken",
  sentence:
    "Nobody is handed a token that their process knows to be expired, or of a session that " +
    "it knows to have ended",
  watch: (scene) => new TokenWatcher(scene),
};

/** States in which a session has nothing to hand out. */
const over: ReadonlySet<string> = new Set(["absent", "revoked", "reauthorizationRequired"]);

type Asked = WorldEvent & CallerAsked;

class TokenWatcher implements Watcher {
  readonly #lives = new Lives();
  readonly #asked = new Map<number, Asked>();
  readonly #issued = new Map<number, TokenIssued>();
  /** When a process' clock was last set. */
  readonly #jumpedAtMillis = new Map<string, number>();
  /** Since when a process knows that its session is over. */
  readonly #overSinceMillis = new Map<string, number>();
  /** Whether all wall clocks are right from beginning to end. */
  readonly #isHonest: boolean;

  constructor({ plan }: Scene) {
    this.#isHonest = plan.clockOffsetsMillis.every((offset) => offset === 0) &&
      plan.faults.every(({ trouble }) => trouble !== "clock jump");
  }

  on(event: WorldEvent): string | undefined {
    this.#lives.on(event);
    switch (event.type) {
      case "clock.jumped":
        this.#jumpedAtMillis.set(event.process, event.at);
        return undefined;
      case "server":
        if (event.fact.type === "token.issued") {
          this.#issued.set(event.fact.accessToken, event.fact);
        }
        return undefined;
      case "observed": {
        const { observation, process, at } = event;
        if (observation.type !== "session.changed") return undefined;
        const session = `${process} ${observation.key}`;
        if (!over.has(observation.name)) this.#overSinceMillis.delete(session);
        else if (!this.#overSinceMillis.has(session)) this.#overSinceMillis.set(session, at);
        return undefined;
      }
      case "caller.asked":
        this.#asked.set(event.call, event);
        return undefined;
      case "caller.got":
        return event.accessToken === undefined ? undefined : this.#got(event);
      default:
        return undefined;
    }
  }

  #isOddSince(process: string, sinceMillis: number): boolean {
    return this.#lives.hungSince(process, sinceMillis) ||
      (this.#jumpedAtMillis.get(process) ?? -Infinity) >= sinceMillis;
  }

  #got(event: WorldEvent & CallerAnswered): string | undefined {
    const { process, accessToken = 0, what, at, call } = event;
    const asked = this.#asked.get(call);
    const issued = this.#issued.get(accessToken);
    if (asked === undefined || issued === undefined) return undefined;
    if (this.#isOddSince(process, asked.at) || issued.atMillis >= asked.at) return undefined;
    const told = `${process} handed out access token ${accessToken} for "${what}"`;
    if (isExpired(event)) {
      return `${told}, which had expired by its own clock`;
    }
    if (this.#isHonest && at >= endOf(issued)) {
      return `${told}, which had expired at the server`;
    }
    const overSince = this.#overSinceMillis.get(`${process} work`) ?? Infinity;
    return what !== "service" && overSince < asked.at
      ? `${told} of a session that was over`
      : undefined;
  }
}

function isExpired({ clockMillis = 0, expiresAtMillis = Infinity }: CallerAnswered): boolean {
  return clockMillis >= expiresAtMillis;
}

function endOf({ expiresAtMillis = Infinity }: TokenIssued): number {
  return expiresAtMillis;
}
