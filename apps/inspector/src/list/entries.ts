/** The list of sessions and flows: what is in it, in which order, and what a search leaves of it. */
import type { Moment } from "@bellhop/inspector/recording/moment";
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { countAt, momentOf, standingOf } from "../shell/moment.ts";
import type { Choice } from "../shell/store.ts";
import { holderAt, type TokenLife, tokenLife } from "../shell/token_life.ts";
import { toneOf } from "../shell/tone.ts";
import { exchangeWords, flowWords } from "./search_words.ts";

/** One line of the list. */
export interface Entry {
  /** What it chooses. */
  readonly choice: Choice;
  /** The chart's id; of a session its key. */
  readonly name: string;
  /** Key of the session that the flow keeps; empty: none. */
  readonly session: string;
  /** In which process; of a session how many share it. */
  readonly place: string;
  /** Dotted path of its state, or the session's state. */
  readonly state: string;
  /** `running`, or how it ended. */
  readonly status: string;
  /** When it began. */
  readonly startedAt: number;
  /** How many steps it had taken. */
  readonly steps: number;
  /** The flow's own name; empty: it is a session. */
  readonly flowId: string;
  /** Of a session: from when to when its token lives. */
  readonly token?: TokenLife | undefined;
  /** Of a session: the process that holds its lease. */
  readonly holder?: string | undefined;
}

/** What is asked of a list. */
export interface Filter {
  /** Words that all must be found. */
  readonly text: string;
  /** The chart's id; empty: any. */
  readonly chart: string;
  /** One of {@linkcode outcomes}; empty: any. */
  readonly outcome: string;
  /** The process; empty: any. */
  readonly process: string;
}

/**
 * How a flow stands or ended, by what it is called. That a chart came to an end of its own is not yet
 * what was wished for: `failed` are those that were denied, refused or too late.
 */
export const outcomes: ReadonlyMap<string, string> = new Map([
  ["running", "running"],
  ["done", "succeeded"],
  ["failed", "failed"],
  ["interrupted", "interrupted"],
  ["defect", "defect"],
  ["lost", "lost"],
]);

/** Which of them an entry has. */
export function outcomeOf({ status, state }: Pick<Entry, "status" | "state">): string {
  return status === "done" && toneOf(state) === "bad" ? "failed" : status;
}

/** A filter that leaves everything. */
export const anything: Filter = { text: "", chart: "", outcome: "", process: "" };

/** The flows at a moment that a filter leaves: those that run first, then the youngest first. */
export function flowEntries(
  timeline: Timeline,
  moment: Moment | undefined,
  filter: Filter,
): ReadonlyArray<Entry> {
  const words = wordsOf(filter.text);
  const wire = words.length === 0 ? undefined : exchangeWords(timeline);
  const running: Array<Entry> = [];
  const over: Array<Entry> = [];
  for (const flow of timeline.flows.values()) {
    if (!isAsked(flow, filter)) continue;
    const entry = entryOf(flow, timeline, moment);
    if (entry === undefined) continue;
    if (filter.outcome !== "" && outcomeOf(entry) !== filter.outcome) continue;
    const isFound = wire === undefined ||
      hasWords(entry, `${flowWords(flow)} ${wire.get(flow.id) ?? ""}`, words);
    if (isFound) (entry.status === "running" ? running : over).push(entry);
  }
  return [...running.toReversed(), ...over.toReversed()];
}

function isAsked(flow: FlowTrace, { chart, process }: Filter): boolean {
  return (chart === "" || flow.chart === chart) && (process === "" || flow.process === process);
}

/** The sessions at a moment that a filter leaves, one for each key. */
export function sessionEntries(
  timeline: Timeline,
  moment: Moment | undefined,
  filter: Filter,
): ReadonlyArray<Entry> {
  if (filter.chart !== "" && filter.chart !== "session") return [];
  const words = wordsOf(filter.text);
  const byKey = new Map<string, Array<Entry>>();
  const shown = momentOf({ moment, timeline });
  for (const session of timeline.sessions.values()) {
    if (filter.process !== "" && session.process !== filter.process) continue;
    const count = moment === undefined ? session.steps.length : countAt(session.steps, moment);
    const step = session.steps[count - 1];
    if (step === undefined) continue;
    const entry: Entry = {
      choice: { type: "session", id: session.key },
      name: session.key,
      session: session.key,
      place: session.process,
      state: step.name,
      status: session.endedAt === undefined ? "running" : "done",
      startedAt: step.at,
      steps: session.steps.length,
      flowId: "",
      token: tokenLife(session, step),
    };
    const known = byKey.get(session.key);
    if (known === undefined) byKey.set(session.key, [entry]);
    else known.push(entry);
  }
  return [...byKey.values()].flatMap((all) => {
    const latest = all.reduce((one, other) => other.startedAt >= one.startedAt ? other : one);
    const place = all.length === 1 ? latest.place : `${all.length} processes`;
    const isLeft = hasWords(latest, all.map(({ place }) => place).join(" "), words) &&
      (filter.outcome === "" || all.some((entry) => outcomeOf(entry) === filter.outcome));
    if (!isLeft) return [];
    return [{ ...latest, place, holder: holderAt(timeline, latest.session, shown) }];
  });
}

/** Whether two choices are the same. */
export function isSame(one: Choice | undefined, other: Choice): boolean {
  return one?.type === other.type && one.id === other.id;
}

function entryOf(
  flow: FlowTrace,
  timeline: Timeline,
  moment: Moment | undefined,
): Entry | undefined {
  const { hasBegun, status, path } = standingOf(flow, moment);
  if (!hasBegun) return undefined;
  const steps = moment === undefined ? flow.steps.length : countAt(flow.steps, moment);
  return {
    choice: { type: "flow", id: flow.id },
    name: flow.chart,
    session: flow.session === undefined ? "" : timeline.sessions.get(flow.session)?.key ?? "",
    place: flow.process,
    state: path,
    status,
    startedAt: flow.startedAt,
    steps: Math.max(0, steps - 1),
    flowId: flow.flowId,
  };
}

function wordsOf(text: string): ReadonlyArray<string> {
  return text.toLowerCase().split(/\s+/).filter((word) => word !== "");
}

function hasWords(entry: Entry, more: string, words: ReadonlyArray<string>): boolean {
  if (words.length === 0) return true;
  const { name, session, place, state, status } = entry;
  const text = `${name} ${session} ${place} ${state} ${status} ${more}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
