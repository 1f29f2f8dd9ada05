/**
 * Nobody gets a token that is known to be of no use.
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
import type { TokenIssued } from "../server/server_fact.ts";
import { placeOf } from "./_place.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";
import { ApiRefusals } from "./_api_refusals.ts";
import { Lives } from "./_life.ts";

/** What is handed out is good as far as its holder can know. */
export const noDeadToken: Invariant = {
  name: "noDeadToken",
  sentence:
    "Nobody is handed a token, and no session's client sends one, that the process knows to be " +
    "expired or refused, or of a session that it knows to have ended",
  watch: (scene) => new TokenWatcher(scene),
};

/** States in which a session has nothing to hand out. */
const over: ReadonlySet<string> = new Set(["absent", "revoked", "reauthorizationRequired"]);

type Asked = WorldEvent & CallerAsked;

class TokenWatcher implements Watcher {
  readonly #lives = new Lives();
  readonly #refusals = new ApiRefusals();
  readonly #asked = new Map<number, Asked>();
  readonly #issued = new Map<number, TokenIssued>();
  /** When a process' clock was last set. */
  readonly #jumpedAtMillis = new Map<string, number>();
  /** When each process first sent or handed out each token. */
  readonly #shownAtMillis = new Map<string, number>();
  /** What is wrong with a token on the wire, until it is known whether its session's client sent it. */
  readonly #sent = new Map<string, string>();
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
    this.#refusals.on(event);
    switch (event.type) {
      case "clock.jumped":
        this.#jumpedAtMillis.set(event.process, event.at);
        return undefined;
      case "server":
        if (event.fact.type === "token.issued") {
          this.#issued.set(event.fact.accessToken, event.fact);
        }
        return undefined;
      case "observed":
        this.#observe(event, event.at);
        return this.#confirm(event);
      case "caller.asked":
        this.#asked.set(event.call, event);
        return undefined;
      case "http.sent":
        if (event.bearer !== undefined) this.#send(event, event.bearer);
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

  #observe({ process, observation }: Observed, at: number): void {
    if (observation.type !== "session.changed") return;
    const session = `${process} ${observation.key}`;
    if (!over.has(observation.name)) this.#overSinceMillis.delete(session);
    else if (!this.#overSinceMillis.has(session)) this.#overSinceMillis.set(session, at);
  }

  #got(event: WorldEvent & CallerAnswered): string | undefined {
    const { process, accessToken = 0, what, at, call } = event;
    this.#show(process, accessToken, at);
    const asked = this.#asked.get(call);
    const issued = this.#issued.get(accessToken);
    if (asked === undefined || issued === undefined) return undefined;
    if (this.#isOddSince(process, asked.at) || issued.atMillis >= asked.at) return undefined;
    const fault = this.#expiryOf(event, issued) ?? this.#deathOf(event, asked.at);
    return fault === undefined
      ? undefined
      : `${process} handed out access token ${accessToken} for "${what}", ${fault}`;
  }

  #expiryOf(event: WorldEvent & CallerAnswered, issued: TokenIssued): string | undefined {
    if (isExpired(event)) return "which had expired by its own clock";
    return this.#isHonest && event.at >= endOf(issued)
      ? "which had expired at the server"
      : undefined;
  }

  /** What the process knew before it was asked. */
  #deathOf(
    { process, accessToken = 0, key = this.#refusals.keyOf(accessToken) ?? "work" }: Pick<
      CallerAnswered,
      "process" | "accessToken" | "key"
    >,
    askedAt: number,
  ): string | undefined {
    if (this.#refusals.knownAtMillis(process, accessToken) < askedAt) {
      return "which the API had refused";
    }
    const overSince = this.#overSinceMillis.get(placeOf(process, key)) ?? Infinity;
    return overSince < askedAt ? "of a session that was over" : undefined;
  }

  #show(process: string, accessToken: number, at: number): number {
    const shown = `${process} ${accessToken}`;
    const shownAt = this.#shownAtMillis.get(shown) ?? at;
    this.#shownAtMillis.set(shown, shownAt);
    return shownAt;
  }

  /** From its session to the wire a token needs no time. */
  #send({ process, at, request }: HttpSent & Happened, accessToken: number): void {
    const shownAt = this.#show(process, accessToken, at);
    const key = this.#refusals.keyOf(accessToken);
    if (key === undefined || this.#isOddSince(process, at)) return;
    const issued = this.#issued.get(accessToken) ?? {};
    // What somebody waited for may have expired when it came, and is used all the same.
    const hasExpired = this.#isHonest && shownAt < at && at >= endOf(issued);
    const fault = hasExpired
      ? "which had expired at the server"
      : this.#deathOf({ process, accessToken, key }, at);
    if (fault === undefined) return;
    const told = `${process} sent access token ${accessToken} in request ${request}, ${fault}`;
    this.#sent.set(`${process} ${key} ${this.#lives.clockMillis(process, at)}`, told);
  }

  /** A program that sends a token by itself may have had it before. */
  #confirm({ process, observation }: Observed): string | undefined {
    return observation.type === "api.exchange"
      ? this.#sent.get(`${process} ${observation.key} ${observation.at}`)
      : undefined;
  }
}

function isExpired({ clockMillis = 0, expiresAtMillis = Infinity }: CallerAnswered): boolean {
  return clockMillis >= expiresAtMillis;
}

function endOf({ expiresAtMillis = Infinity }: Partial<TokenIssued>): number {
  return expiresAtMillis;
}
