/**
 * One who watches: a place in the lines that are kept.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { KeptLine } from "./_kept_line.ts";
import type { LineRing } from "./_line_ring.ts";
import type { Batch, SentLine, SubscribeOptions, Subscription } from "./subscription.ts";

/** Whose lines they are. */
export interface SubscriberHost {
  readonly ring: LineRing;
  readonly isClosed: () => boolean;
  /** Called when a subscriber has read all there is. */
  readonly onIdle: () => void;
}

/** Lines of one batch, and how many of them are made into JSON for it. */
const maxBatch = 4_096;
const maxMade = 512;
/** Characters of one batch, give or take a line. */
const maxBatchSize = 512 * 1024;

/** Reads on from where it stopped. */
export class Subscriber implements Subscription {
  readonly #host: SubscriberHost;
  /** The line to read next. */
  #at: number;
  /** Where it ends. */
  readonly #end: number;
  #waiter: (() => void) | undefined;
  /** Whether it waits for more, having read all there is. */
  isIdle = false;

  constructor(host: SubscriberHost, { after = -1, isFinite = false }: SubscribeOptions) {
    const { ring } = host;
    ring.tellSkipped();
    this.#host = host;
    this.#end = isFinite ? ring.next : Infinity;
    // Somebody who knows more lines than there are has them from another run.
    const known = after < ring.next ? after : -1;
    this.#at = known + 1;
  }

  wake(): void {
    // It may be about to wait: what has come since is not read.
    if (this.#hasMore) this.isIdle = false;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.();
  }

  readonly take: Effect.Effect<Batch | undefined> = Effect.suspend(() => {
    const { ring, isClosed } = this.#host;
    ring.tellSkipped();
    if (this.#at < Math.min(ring.next, this.#end)) {
      return Effect.succeed(this.#read());
    }
    this.isIdle = true;
    this.#host.onIdle();
    if (isClosed() || this.#at >= this.#end) return Effect.succeed(undefined);
    return Effect.andThen(this.#more, this.take);
  });

  readonly #more = Effect.callback<void>((resume) => {
    this.#waiter = () => {
      this.isIdle = false;
      resume(Effect.void);
    };
    // Something may have come before it waited.
    if (this.#hasMore || this.#host.isClosed()) this.wake();
    return Effect.sync(() => {
      this.#waiter = undefined;
    });
  });

  get #hasMore(): boolean {
    const { ring } = this.#host;
    return this.#at < ring.next || ring.hasSkipped;
  }

  #read(): Batch {
    const { ring } = this.#host;
    const lines: Array<SentLine> = [];
    const tally = { made: 0, size: 0 };
    const send = (kept: KeptLine) => {
      if (kept.json === undefined) tally.made++;
      const json = ring.json(kept);
      tally.size += json.length;
      lines.push({ seq: kept.seq, json });
    };
    const lost = Math.max(0, ring.first - this.#at);
    const early = lost === 0 ? [] : ring.beginnings(this.#at - 1);
    this.#at += lost;
    for (const kept of early) send(kept);
    const end = Math.min(ring.next, this.#end, this.#at + maxBatch);
    while (this.#at < end) {
      if (tally.made >= maxMade || tally.size >= maxBatchSize) break;
      const kept = ring.at(this.#at);
      // Making JSON of one line can push others out.
      if (kept === undefined) break;
      this.#at++;
      send(kept);
    }
    return { dropped: lost - early.length, lines, made: tally.made };
  }
}
