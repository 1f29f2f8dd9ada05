/**
 * No session is lost without one of a few causes that no client can help.
 *
 * @module
 */
import type {
  Happened,
  HttpArrived,
  HttpEnded,
  HttpSent,
  StoreActed,
  WorldEvent,
} from "../world/world_event.ts";
import type { ServerFact, TokenIssued, TokenRefused } from "../server/server_fact.ts";
import { placeOf } from "./_place.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";
import { Lives } from "./_life.ts";
import { SignOuts } from "./_sign_outs.ts";
import { UntakenWrites } from "./_untaken_writes.ts";

/** All causes for which a session may be lost. */
export type LossCause =
  /** The user, the client or an administrator ended it, or its refresh token was not used in time. */
  | "ended at the server"
  /** The network brought one request twice. */
  | "request came twice"
  /** A request arrived after its sender had given it up. */
  | "request came late"
  /** The answer with the next refresh token did not come back whole. */
  | "answer lost"
  /** The process crashed before it could write the answer. */
  | "died with the answer"
  /** The store did not take the answer, or took another's and does not show that. */
  | "store took nothing"
  /** A process hung in the middle, and its lease ran out. */
  | "process hung"
  /** The store forgot who holds the lease. */
  | "lease forgotten";

/** Losses are explained. */
export const lossesHaveCauses: Invariant = {
  name: "lossesHaveCauses",
  sentence:
    "A replaced refresh token is sent, and a session given up, removed or left without its " +
    "refresh token, only for a cause that is named, or because somebody signs out",
  watch: (scene) => new LossWatcher(scene),
};

/** A request that is given up sooner than this was cut off. */
const REQUEST_MILLIS = 10_000;
/** A process that is told to end tries for so long to store what only it holds. */
const LAST_WRITE_MILLIS = 6_000;

interface Sent {
  readonly process: string;
  readonly secret: number;
  readonly atMillis: number;
  arrivals: number;
  endedAtMillis: number | undefined;
  isWhole: boolean;
  trouble: string | undefined;
}

/** The request for which a refresh token was replaced first. */
interface Use {
  readonly request: number;
  readonly next: number | undefined;
}

class LossWatcher implements Watcher {
  readonly #scene: Scene;
  readonly #lives = new Lives();
  readonly #signOuts = new SignOuts();
  readonly #untaken = new UntakenWrites();
  readonly #sent = new Map<number, Sent>();
  readonly #uses = new Map<number, Use>();
  readonly #writtenAtMillis = new Map<number, number>();
  /** When the store last did not take a refresh token. */
  readonly #untakenAtMillis = new Map<number, number>();
  /** When the store forgot the lease of a process on a key. */
  readonly #forgottenAtMillis = new Map<string, number>();
  /** When a process last read what lies under a key. */
  readonly #readAtMillis = new Map<string, number>();
  /** The key under which a refresh token lies or was to lie. */
  readonly #keys = new Map<number, string>();
  /** The family of each access token. */
  readonly #families = new Map<number, number>();
  /** Why a refresh token was replaced without its session's knowing. */
  readonly #explained = new Map<number, LossCause>();
  /** Why each family ended, as far as it did. */
  readonly #causes = new Map<number, LossCause>();
  /** The last refresh token under each key. */
  readonly #latest = new Map<string, number>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  on(event: WorldEvent): string | undefined {
    this.#lives.on(event);
    this.#signOuts.on(event);
    switch (event.type) {
      case "http.sent":
      case "http.arrived":
      case "http.ended":
        return this.#carry(event);
      case "lease.forgotten":
        this.#forgottenAtMillis.set(placeOf(event.process, event.key), event.at);
        return undefined;
      case "store.read":
      case "store.written":
      case "store.failed":
        return this.#keep(event);
      case "store.removed":
        return this.#remove(event);
      case "server":
        return this.#learn(event.fact, event.request ?? 0);
      default:
        return undefined;
    }
  }

  #learn(fact: ServerFact, request: number): string | undefined {
    switch (fact.type) {
      case "token.issued":
        this.#issue(fact, request);
        return undefined;
      case "family.ended":
        if (fact.cause !== "reuse") this.#causes.set(fact.family, "ended at the server");
        return undefined;
      case "token.refused":
        return this.#refuse(fact, request);
      default:
        return undefined;
    }
  }

  #carry(
    event: WorldEvent & (HttpSent | HttpArrived | HttpEnded),
  ): undefined {
    if (event.type === "http.sent") {
      if (event.grant !== "refresh_token") return undefined;
      this.#sent.set(event.request, {
        process: event.process,
        secret: event.secret ?? 0,
        atMillis: event.at,
        arrivals: 0,
        endedAtMillis: undefined,
        isWhole: false,
        trouble: undefined,
      });
      return undefined;
    }
    const sent = this.#sent.get(event.request);
    if (sent === undefined) return undefined;
    if (event.type === "http.arrived") {
      sent.arrivals += 1;
      return undefined;
    }
    sent.endedAtMillis = event.at;
    sent.isWhole = event.isWhole;
    sent.trouble = event.trouble;
    return undefined;
  }

  #keep(event: WorldEvent & StoreActed): string | undefined {
    const { record, key, process } = event;
    if (event.type === "store.read") this.#readAtMillis.set(placeOf(process, key), event.at);
    const next = record?.refreshToken;
    if (next !== undefined) this.#keys.set(next, key);
    const untaken = this.#untaken.on(event)?.refreshToken;
    if (untaken !== undefined) this.#untakenAtMillis.set(untaken, event.at);
    return event.type === "store.written" ? this.#write(event) : undefined;
  }

  #write(event: Happened & StoreActed): string | undefined {
    const { record, key, at } = event;
    if (record === undefined) return undefined;
    const { accessTokens, refreshToken, status } = record;
    if (status === "reauthorizationRequired") return this.#lose(event, "gave up");
    if (refreshToken === undefined) {
      return this.#isDropped(key, accessTokens)
        ? this.#lose(event, "dropped the refresh token of")
        : undefined;
    }
    this.#writtenAtMillis.set(refreshToken, this.#writtenAtMillis.get(refreshToken) ?? at);
    this.#latest.set(key, refreshToken);
    return undefined;
  }

  /** Whether what is written goes on without a login, but cannot be renewed any more. */
  #isDropped(key: string, accessTokens: ReadonlyArray<number>): boolean {
    const latest = this.#latest.get(key);
    if (latest === undefined) return false;
    const family = this.#scene.server.familyOf(latest);
    return accessTokens.every((token) => this.#families.get(token) === family);
  }

  #remove(event: StoreActed): string | undefined {
    const { process, key } = event;
    const lost = this.#signOuts.isUnderWay(process, key) ? undefined : this.#lose(event, "removed");
    this.#latest.delete(key);
    return lost;
  }

  #lose({ process, key }: StoreActed, how: string): string | undefined {
    const latest = this.#latest.get(key);
    const { server } = this.#scene;
    if (latest === undefined) {
      return how === "removed" ? `${process} removed "${key}", and nobody signed out` : undefined;
    }
    if (server.isRefreshable(latest)) {
      return `${process} ${how} "${key}", which the server would renew with refresh token ${latest}`;
    }
    const family = server.familyOf(latest);
    return family === undefined || this.#causes.has(family)
      ? undefined
      : `${process} ${how} "${key}", which the server had not ended`;
  }

  #issue({ used, refreshToken, accessToken, family }: TokenIssued, request: number): void {
    this.#families.set(accessToken, family);
    if (used === undefined || this.#uses.has(used.refreshToken)) return;
    if (refreshToken === undefined || refreshToken === used.refreshToken) return;
    this.#uses.set(used.refreshToken, { request, next: refreshToken });
  }

  #refuse(fact: TokenRefused, request: number): string | undefined {
    const { error, family, reason, refreshToken } = fact;
    const sent = this.#sent.get(request);
    if (sent === undefined || error !== "invalid_grant" || family === undefined) return undefined;
    if (reason === "expired") this.#causes.set(family, "ended at the server");
    if (reason !== "replaced") return undefined;
    const token = refreshToken ?? 0;
    const cause = this.#explained.get(token) ?? this.#explain(sent, token);
    if (cause !== undefined) {
      this.#explained.set(token, cause);
      this.#causes.set(family, cause);
      return undefined;
    }
    return `${sent.process} sent refresh token ${refreshToken} in request ${request}, ` +
      this.#usedBy(token);
  }

  #usedBy(refreshToken: number): string {
    const use = this.#uses.get(refreshToken);
    return `which ${this.#sent.get(use?.request ?? 0)?.process} had used in request ` +
      `${use?.request} and replaced by ${use?.next}`;
  }

  #explain(sent: Sent, refreshToken: number): LossCause | undefined {
    const use = this.#uses.get(refreshToken);
    const first = this.#sent.get(use?.request ?? 0);
    if (use === undefined || first === undefined) return undefined;
    if (sent.arrivals > 1) return "request came twice";
    if (sent.endedAtMillis !== undefined) return "request came late";
    if (wasLost(first)) return "answer lost";
    return this.#explainByProcess({ sent, first, next: use.next ?? 0 });
  }

  #explainByProcess(
    { sent, first, next }: { readonly sent: Sent; readonly first: Sent; readonly next: number },
  ): LossCause | undefined {
    const writtenAt = this.#writtenAtMillis.get(next) ?? Infinity;
    const wasWritten = writtenAt <= sent.atMillis;
    if (!wasWritten && this.#wasUntaken(sent, first, next)) return "store took nothing";
    if (!wasWritten && this.#lives.hasCrashed(first.process)) return "died with the answer";
    const key = this.#keys.get(sent.secret) ?? "";
    const readAt = this.#readAtMillis.get(placeOf(sent.process, key)) ?? 0;
    const hung = this.#lives.oversleptSince(sent.process, readAt) ||
      (!wasWritten && this.#lives.hungSince(first.process, first.atMillis));
    if (hung) return "process hung";
    return this.#forgot(sent, first) ? "lease forgotten" : undefined;
  }

  /** Whoever got an answer that the store does not take has it as long as they live. */
  #wasUntaken(sent: Sent, first: Sent, next: number): boolean {
    if (sent.process === first.process) return false;
    const endedAt = this.#lives.endedAtMillis(first.process) ?? 0;
    const lineage = this.#lineage(next);
    return !lineage.some((token) =>
      (this.#writtenAtMillis.get(token) ?? Infinity) <= sent.atMillis
    ) &&
      lineage.some((token) =>
        (this.#untakenAtMillis.get(token) ?? -Infinity) >= endedAt - LAST_WRITE_MILLIS
      );
  }

  /** A refresh token and what memory may have gone on to, also where the newest was never offered. */
  #lineage(refreshToken: number): ReadonlyArray<number> {
    const lineage = [refreshToken];
    for (;;) {
      const next = this.#uses.get(lineage.at(-1) ?? 0)?.next;
      if (next === undefined) return lineage;
      lineage.push(next);
    }
  }

  #forgot(sent: Sent, first: Sent): boolean {
    const key = this.#keys.get(sent.secret) ?? "";
    return [sent.process, first.process].some((process) =>
      (this.#forgottenAtMillis.get(placeOf(process, key)) ?? -Infinity) >= first.atMillis - 60_000
    );
  }
}

/** Whoever cuts a request off has not lost its answer, but thrown it away. */
function wasLost({ atMillis, endedAtMillis, isWhole, trouble }: Sent): boolean {
  if (endedAtMillis === undefined || isWhole) return false;
  return trouble !== "given up" || endedAtMillis - atMillis >= REQUEST_MILLIS;
}
