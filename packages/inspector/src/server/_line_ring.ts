/**
 * The newest lines, as many as there is room for, and the beginnings of the flows that still run.
 *
 * @module
 */
import type { Observation } from "@bellhop/core/protocol/observation";
import type { RecordedLine } from "../recording/recorded.ts";
import { flowName, jsonOf, type KeptLine, keptLine, keptObservation } from "./_kept_line.ts";
import { RequestLimit } from "./_request_limit.ts";

/** How much is kept. */
export interface RingBounds {
  /** Lines. */
  readonly maxLines: number;
  /** Characters of their JSON. */
  readonly maxSize: number;
  /** Requests that went well, of each second. More are counted. */
  readonly maxRequests: number;
}

/** Keeps lines, oldest out first. */
export class LineRing {
  readonly #bounds: RingBounds;
  readonly #limit: RequestLimit;
  #lines: Array<KeptLine> = [];
  /** Where the oldest line is in `#lines`: what lies before it is gone. */
  #head = 0;
  #size = 0;
  #next = 0;
  /** Beginnings of flows that run, oldest first. */
  readonly #running = new Map<string, KeptLine>();
  /** Those of them that are no longer among the lines. */
  readonly #early = new Set<KeptLine>();
  #earlySize = 0;

  constructor(bounds: RingBounds) {
    this.#bounds = bounds;
    this.#limit = new RequestLimit(bounds.maxRequests);
  }

  /** The number of the next line. */
  get next(): number {
    return this.#next;
  }

  /** The number of the oldest line; `next` where there is none. */
  get first(): number {
    return this.#next - (this.#lines.length - this.#head);
  }

  /** How many lines there are, beginnings included. */
  get count(): number {
    return this.#lines.length - this.#head + this.#early.size;
  }

  /** How many characters their JSON takes, as far as is known. */
  get size(): number {
    return this.#size;
  }

  /** Whether something was left out that no line tells of yet. */
  get hasSkipped(): boolean {
    return this.#limit.count > 0;
  }

  /** Keeps a line that tells of it, if there is any. */
  tellSkipped(): void {
    if (this.hasSkipped) this.add(this.#limit.line());
  }

  /**
   * Keeps what an observer saw, or leaves it out. Of what is left out together the first alone is
   * news.
   */
  see(observation: Observation): boolean {
    if (this.#limit.leavesOut(observation)) return this.#limit.count === 1;
    this.#add(keptObservation(this.#next, observation));
    if (observation.type === "flow.ended") this.#forget(observation.flowId);
    this.#trim();
    return true;
  }

  /** Keeps a line that holds no secret. */
  add(line: RecordedLine): void {
    this.#add(keptLine(this.#next, line));
    const { observation } = line as { readonly observation?: Observation };
    if (observation?.type === "flow.ended") {
      this.#forget(flowName(line.process, observation.flowId));
    }
    this.#trim();
  }

  /** A line by its number. */
  at(seq: number): KeptLine | undefined {
    return seq < this.first ? undefined : this.#lines[this.#head + seq - this.first];
  }

  /** Beginnings of flows that run, which are no longer among the lines. */
  beginnings(after: number): ReadonlyArray<KeptLine> {
    return [...this.#early].filter(({ seq }) => seq > after).toSorted((a, b) => a.seq - b.seq);
  }

  /** The JSON of a line. Now that its size is known, others may have to go. */
  json(kept: KeptLine): string {
    const guess = kept.size;
    const json = jsonOf(kept);
    if (this.#early.has(kept)) this.#earlySize += kept.size - guess;
    if (this.#early.has(kept) || kept.seq >= this.first) this.#size += kept.size - guess;
    this.#trim();
    return json;
  }

  #add(kept: KeptLine): void {
    this.#next++;
    this.#lines.push(kept);
    this.#size += kept.size;
    if (kept.flow === undefined) return;
    this.#forget(kept.flow);
    this.#running.set(kept.flow, kept);
  }

  #forget(flow: string): void {
    const before = this.#running.get(flow);
    if (before === undefined) return;
    this.#running.delete(flow);
    this.#leave(before);
  }

  #leave(beginning: KeptLine): void {
    if (!this.#early.delete(beginning)) return;
    this.#earlySize -= beginning.size;
    this.#size -= beginning.size;
  }

  #trim(): void {
    const { maxLines, maxSize } = this.#bounds;
    while ((this.count > maxLines || this.#size > maxSize) && this.count > 0) this.#drop();
    if (this.#head > 1_024 && this.#head * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Beginnings take at most half of the room, so that there is some for what follows them. */
  #drop(): void {
    const { maxLines, maxSize } = this.#bounds;
    const oldest = this.#lines[this.#head];
    const [beginning] = this.#early;
    const isCrowded = this.#early.size * 2 > maxLines || this.#earlySize * 2 > maxSize;
    if (beginning !== undefined && (oldest === undefined || isCrowded)) {
      if (beginning.flow !== undefined) this.#running.delete(beginning.flow);
      return this.#leave(beginning);
    }
    if (oldest === undefined) return;
    this.#lines[this.#head++] = gone;
    if (oldest.flow !== undefined && this.#running.get(oldest.flow) === oldest) {
      this.#early.add(oldest);
      this.#earlySize += oldest.size;
    } else this.#size -= oldest.size;
  }
}

const gone: KeptLine = {
  seq: -1,
  observation: undefined,
  span: undefined,
  line: undefined,
  json: "",
  size: 0,
  flow: undefined,
};
