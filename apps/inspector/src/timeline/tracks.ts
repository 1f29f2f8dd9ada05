/** What a time line shows: stretches and marks, at most one for each pixel. */
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { isTrouble } from "../sequence/rows.ts";

/** A range of times. */
export interface Range {
  /** Its beginning, in milliseconds since the epoch. */
  readonly from: number;
  /** Its end. */
  readonly to: number;
}

/** A time during which something held. */
export interface Stretch {
  /** Unique in its track. */
  readonly id: string;
  /** Left end, from 0 to 1. */
  readonly left: number;
  /** Width, from 0 to 1. */
  readonly width: number;
  /** What held. */
  readonly label: string;
  /** What kind of thing it is. */
  readonly kind: string;
}

/** Something that happened at a time. */
export interface Mark {
  /** Unique in its track. */
  readonly id: string;
  /** Where, from 0 to 1. */
  readonly left: number;
  /** What happened. */
  readonly label: string;
  /** What kind of thing it is. */
  readonly kind: string;
}

/** The times that a time line spans. */
export function rangeOf(timeline: Timeline, flow: FlowTrace | undefined, now: number): Range {
  const { firstAt = 0 } = timeline;
  if (flow === undefined) return { from: firstAt, to: Math.max(now, firstAt + 1_000) };
  const to = flow.endedAt ?? now;
  const margin = Math.max(50, (to - flow.startedAt) / 40);
  return { from: flow.startedAt - margin, to: Math.max(to, flow.startedAt + 200) + margin };
}

/** The states of a flow. Those too short to be seen are one with their neighbours. */
export function stateStretches(flow: FlowTrace, range: Range, now: number): ReadonlyArray<Stretch> {
  const least = 1 / 700;
  const stretches: Array<Stretch> = [];
  for (const [index, step] of flow.steps.entries()) {
    const end = flow.steps[index + 1]?.at ?? flow.endedAt ?? now;
    const left = partOf(step.at, range);
    const width = partOf(end, range) - left;
    if (partOf(end, range) < 0 || left > 1) continue;
    const last = stretches.at(-1);
    if (width < least && last !== undefined && last.kind === "many") {
      stretches[stretches.length - 1] = { ...last, width: left + width - last.left };
    } else {
      stretches.push({
        id: String(step.seq),
        left: Math.max(0, left),
        width: width + Math.min(0, left),
        label: step.to,
        kind: width < least ? "many" : toneOf(step.to),
      });
    }
  }
  return stretches;
}

/** The exchanges that a time line shows: of a flow, or all. */
export function exchangeStretches(
  timeline: Timeline,
  flow: FlowTrace | undefined,
  range: Range,
): ReadonlyArray<Stretch> {
  const places = new Set<number>();
  return timeline.exchanges.flatMap((exchange) => {
    if (flow !== undefined && exchange.flow !== flow.id) return [];
    const left = partOf(exchange.sentAt, range);
    const width = partOf(exchange.endedAt ?? range.to, range) - left;
    const place = Math.round(left * 1000);
    if (left < 0 || left > 1 || places.has(place)) return [];
    places.add(place);
    const label = `${exchange.endpoint} ${exchange.status ?? exchange.outcome ?? "under way"}`;
    return [{ id: exchange.id, left, width, label, kind: isTrouble(exchange) ? "bad" : "good" }];
  });
}

/** Faults of a world, from their beginning to their end. */
export function faultStretches(timeline: Timeline, range: Range): ReadonlyArray<Stretch> {
  const open = new Map<unknown, Stretch>();
  const stretches: Array<Stretch> = [];
  for (const { type, at, seq, label, line } of timeline.happenings) {
    if (type === "fault.began") {
      const left = Math.max(0, partOf(at, range));
      const name = typeof line["fault"] === "string" ? line["fault"] : label;
      open.set(line["index"], {
        id: String(seq),
        left,
        width: 1 - left,
        label: name,
        kind: "fault",
      });
    } else if (type === "fault.ended") {
      const begun = open.get(line["index"]);
      if (begun === undefined) continue;
      open.delete(line["index"]);
      stretches.push({ ...begun, width: Math.min(1, partOf(at, range)) - begun.left });
    }
  }
  return [...stretches, ...open.values()].filter(({ width }) => width > 0);
}

const marked: Readonly<Record<string, string>> = {
  "process.crashed": "crash",
  "process.hung": "hung",
  "clock.jumped": "clock",
  "store.failed": "store",
  violated: "violation",
  person: "person",
  dropped: "dropped",
};

/** Single happenings worth a mark. */
export function happeningMarks(timeline: Timeline, range: Range): ReadonlyArray<Mark> {
  const places = new Set<string>();
  return timeline.happenings.flatMap(({ type, at, seq, label, process }) => {
    const kind = marked[type];
    const left = partOf(at, range);
    const place = `${kind} ${Math.round(left * 400)}`;
    if (kind === undefined || left < 0 || left > 1 || places.has(place)) return [];
    places.add(place);
    const where = process === undefined ? "" : `${process}: `;
    return [{ id: String(seq), left, label: `${where}${label === "" ? type : label}`, kind }];
  });
}

/** How much happened in each of so many parts of a range, from 0 to 1. */
export function activity(timeline: Timeline, range: Range, parts: number): ReadonlyArray<number> {
  const counts = Array.from({ length: parts }, () => 0);
  for (const { steps } of timeline.flows.values()) {
    for (const { at } of steps) {
      const part = Math.floor(partOf(at, range) * parts);
      if (part >= 0 && part < parts) counts[part] = (counts[part] ?? 0) + 1;
    }
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => Math.sqrt(count / most));
}

/** Round times within a range for a scale, as milliseconds since its origin. */
export function ticks(range: Range, origin: number, most: number): ReadonlyArray<number> {
  const span = range.to - range.from;
  const day = 86_400_000;
  const step = scale.find((step) => span / step <= most) ?? Math.ceil(span / most / day) * day;
  const first = Math.ceil((range.from - origin) / step) * step;
  const count = Math.floor((range.to - origin - first) / step) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
}

const scale = [
  0.01,
  0.02,
  0.05,
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1_800,
  3_600,
  7_200,
  21_600,
  86_400,
].map((seconds) => seconds * 1_000);

/** Where a time is in a range, from 0 to 1. */
export function partOf(at: number, { from, to }: Range): number {
  return (at - from) / (to - from);
}

const bad = /(denied|refused|malformed|unreachable|unsaved|expired|reauthorization|backing)/i;
const good = /(authorized|fresh|granted|done|renewed)/i;
const busy = /(request|poll|renew|redeem|exchang|acquir|revok|look|settl)/i;

/** The colour of a state, by its name. */
function toneOf(path: string): string {
  if (bad.test(path)) return "bad";
  if (good.test(path)) return "good";
  return busy.test(path) ? "busy" : "calm";
}
