/** What a time line shows: stretches and marks, at most one for each pixel. */
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import type { Finding } from "../check/findings.ts";
import { isTrouble } from "../sequence/rows.ts";
import { toneOf } from "../shell/tone.ts";
import { partOf, type Range } from "./scale.ts";

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

/** Until when there is something, and how much of that is folded. */
export interface Extent {
  /** The last time there is. */
  readonly now: number;
  /** How much of the time is folded, in milliseconds. */
  readonly foldedMillis: number;
}

/** The times that a time line spans: all, or those of a flow with a margin. */
export function rangeOf(
  timeline: Timeline,
  flow: FlowTrace | undefined,
  { now, foldedMillis }: Extent,
): Range {
  const { firstAt = 0 } = timeline;
  if (flow === undefined) return { from: firstAt, to: Math.max(now, firstAt + 1_000) };
  const to = flow.endedAt ?? now;
  const margin = Math.max(50, (to - flow.startedAt - foldedMillis) / 40);
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

/** A fault of a world, from its beginning to its end. */
export interface FaultStretch extends Stretch {
  /** Which row it lies in, so that faults at the same time do not hide each other. */
  readonly row: number;
}

/** Something wrong, as a flag over all tracks. */
export interface Flag extends Mark {
  /** What happened instead. */
  readonly detail: string;
}

/** Most rows of faults; what comes on top lies over the last. */
const FAULT_ROWS = 3;

/** What befalls a process at once, and has its own mark. */
const atOnce: ReadonlySet<unknown> = new Set(["crash", "stop", "hang", "clock jump"]);

type Begun = Omit<FaultStretch, "row">;

/** Faults that last. Those that are not told to end do so when the world turns quiet. */
export function faultStretches(timeline: Timeline, range: Range): ReadonlyArray<FaultStretch> {
  const open = new Map<unknown, Begun>();
  const over: Array<Begun> = [];
  for (const { type, at, seq, label, line } of timeline.happenings) {
    const { index, fault } = line;
    const place = partOf(at, range);
    if (type === "fault.began" && !atOnce.has(fault)) {
      const left = Math.max(0, place);
      const name = typeof fault === "string" ? fault : label;
      open.set(index, { id: String(seq), left, width: 1 - left, label: name, kind: "fault" });
    } else if (type === "fault.ended" || type === "world.quiet") {
      for (const each of type === "fault.ended" ? [index] : [...open.keys()]) {
        const begun = open.get(each);
        if (begun !== undefined) over.push({ ...begun, width: Math.min(1, place) - begun.left });
        open.delete(each);
      }
    }
  }
  return inRows([...over, ...open.values()].filter(({ left, width }) => width > 0 && left < 1));
}

function inRows(stretches: ReadonlyArray<Begun>): ReadonlyArray<FaultStretch> {
  const ends: Array<number> = [];
  return stretches.toSorted((one, other) => one.left - other.left).map((stretch) => {
    const free = ends.findIndex((end) => end <= stretch.left);
    const row = free >= 0 ? free : Math.min(ends.length, FAULT_ROWS - 1);
    ends[row] = Math.max(ends[row] ?? 0, stretch.left + stretch.width);
    return { ...stretch, row };
  });
}

const marked: ReadonlyMap<string, string> = new Map([
  ["process.crashed", "crash"],
  ["process.faulted", "crash"],
  ["process.ended", "stop"],
  ["process.hung", "hung"],
  ["clock.jumped", "clock"],
  ["store.failed", "store"],
  ["person", "person"],
  ["dropped", "dropped"],
]);

/** Single happenings worth a mark. */
export function happeningMarks(timeline: Timeline, range: Range): ReadonlyArray<Mark> {
  const places = new Set<string>();
  return timeline.happenings.flatMap(({ type, at, seq, label, process }) => {
    const kind = marked.get(type);
    const left = partOf(at, range);
    const place = `${kind} ${Math.round(left * 400)}`;
    if (kind === undefined || left < 0 || left > 1 || places.has(place)) return [];
    places.add(place);
    const where = process === undefined ? "" : `${process}: `;
    return [{ id: String(seq), left, label: `${where}${label === "" ? type : label}`, kind }];
  });
}

/** What is wrong: of each kind at most one flag for each hundredth of the range, with a count. */
export function findingFlags(findings: ReadonlyArray<Finding>, range: Range): ReadonlyArray<Flag> {
  const places = new Map<string, ReadonlyArray<Finding>>();
  for (const finding of findings) {
    const left = partOf(finding.moment.at, range);
    if (left < 0 || left > 1) continue;
    const place = `${finding.kind} ${Math.round(left * 100)}`;
    places.set(place, [...places.get(place) ?? [], finding]);
  }
  return [...places.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [{
      id: first.id,
      left: partOf(first.moment.at, range),
      label: flagWords(first, all.length),
      kind: first.kind,
      detail: all.slice(0, 8).map(({ title, detail }) => `${title}: ${detail}`).join("\n"),
    }];
  });
}

function flagWords({ kind, title }: Finding, count: number): string {
  if (kind === "violation") return count === 1 ? title : `${title} +${count - 1}`;
  return count === 1 ? "≠" : `≠ ${count}`;
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
