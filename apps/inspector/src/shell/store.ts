/** What the page shows: the timeline, the moment, and what was chosen. */
import type { Moment } from "@bellhop/inspector/recording/moment";
import type { RecordingHeader } from "@bellhop/inspector/recording/recorded";
import {
  append,
  type Line,
  type Timeline,
  timelineOf,
} from "@bellhop/inspector/recording/timeline";
import { useSyncExternalStore } from "react";
import { findingsOf } from "../check/findings.ts";
import type { Check } from "../check/replayed.ts";

/** Where lines come from. */
export type Source =
  | { readonly type: "nothing" }
  | { readonly type: "live"; readonly status: "connecting" | "open" | "lost" | "ended" }
  /** A recording that the server opened; `isWhole`: all of it is here. */
  | { readonly type: "served"; readonly name: string; readonly isWhole: boolean }
  | { readonly type: "file"; readonly name: string };

/** A flow or a session. */
export interface Choice {
  /** Which of the two. */
  readonly type: "flow" | "session";
  /** Its id; of a session its key. */
  readonly id: string;
}

/** Which part of the middle is shown. */
export type Middle = "chart" | "messages" | "both";

/** Which panel a narrow window shows. */
export type Tab = "list" | "chart" | "messages" | "details";

/** Light, dark, or as the system has it. */
export type Theme = "system" | "light" | "dark";

/** All that the page shows. */
export interface View {
  /** Where lines come from. */
  readonly source: Source;
  /** The recording's first line. */
  readonly header: RecordingHeader | undefined;
  /** Everything that was heard. Changes in place: `revision` tells. */
  readonly timeline: Timeline;
  /** Raised with all that the timeline gains. */
  readonly revision: number;
  /** How many lines were gone before they could be sent here. */
  readonly missed: number;
  /** Why a file could not be opened. */
  readonly fault: string | undefined;
  /** Whether the charts take the steps of a recording as they are; `undefined`: nobody asked. */
  readonly check: Check | undefined;
  /** What is looked at. */
  readonly choice: Choice | undefined;
  /** Ids of flows that stay beside it. */
  readonly pinned: ReadonlyArray<string>;
  /** The moment that is shown; `undefined`: the last there is. */
  readonly moment: Moment | undefined;
  /** How many times faster than it was; 0: it stands. */
  readonly speed: number;
  /** The speed of the next play. */
  readonly nextSpeed: number;
  /** Whether the time line spans the chosen flow alone. */
  readonly isZoomed: boolean;
  /** Whether the time line folds quiet times. */
  readonly foldsQuiet: boolean;
  /** Beginnings of quiet times that are not folded all the same. */
  readonly unfolded: ReadonlySet<number>;
  /** What the middle shows. */
  readonly middle: Middle;
  /** How much of the middle the charts have where both are shown, in hundredths. */
  readonly split: number;
  /** What a narrow window shows. */
  readonly tab: Tab;
  /** Light or dark. */
  readonly theme: Theme;
  /** Whether the help lies over the page. */
  readonly isHelpOpen: boolean;
}

const blank: View = {
  source: { type: "nothing" },
  header: undefined,
  timeline: timelineOf(),
  revision: 0,
  missed: 0,
  fault: undefined,
  check: undefined,
  choice: undefined,
  pinned: [],
  moment: undefined,
  speed: 0,
  nextSpeed: 10,
  isZoomed: false,
  foldsQuiet: true,
  unfolded: new Set(),
  middle: "both",
  split: 60,
  tab: "chart",
  theme: "system",
  isHelpOpen: false,
};

let view = blank;
const watchers = new Set<() => void>();

/** What is shown now. */
export function current(): View {
  return view;
}

/** Shows something else. */
export function show(change: Partial<View>): void {
  view = { ...view, ...change };
  for (const watcher of watchers) watcher();
}

/** Calls back after every change; gives what ends that. */
export function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** A part of what is shown; the component is drawn again when that part changes. */
export function useView<A>(part: (view: View) => A): A {
  return useSyncExternalStore(watch, () => part(view));
}

/** A program may go on for days: what a page holds of it stays bounded. */
const liveLimits = { endedFlows: 1_000, perFlow: 1_000, steps: 60_000, perKind: 10_000 };

/** Begins anew with lines of a file. */
export function open(
  header: RecordingHeader,
  lines: ReadonlyArray<Line>,
  source: Source,
): void {
  const timeline = timelineOf(lines, source.type === "live" ? liveLimits : {});
  const { revision } = view;
  show({
    source,
    header,
    timeline,
    revision: revision + 1,
    missed: 0,
    fault: undefined,
    check: undefined,
    choice: firstChoice(timeline),
    pinned: [],
    moment: undefined,
    speed: 0,
    isZoomed: false,
    unfolded: new Set(),
  });
}

/** What the page chose by itself: nobody minds if it chooses better. */
let ownChoice: Choice | undefined;

/** Looks at what went wrong in a recording that came line by line, unless somebody chose already. */
export function settle(): void {
  const { choice, timeline } = view;
  if (choice === undefined || choice === ownChoice) show({ choice: firstChoice(timeline) });
}

/** Adds lines that came. */
export function add(lines: ReadonlyArray<Line>): void {
  const timeline = append(view.timeline, lines);
  const choice = view.choice ?? firstChoice(timeline);
  if (view.choice === undefined) ownChoice = choice;
  show({ timeline, revision: view.revision + 1, choice });
}

/** What went wrong is looked at first. */
function firstChoice(timeline: Timeline): Choice | undefined {
  const [finding] = findingsOf(timeline, []);
  if (finding?.flow !== undefined) return { type: "flow", id: finding.flow.id };
  const flows = [...timeline.flows.values()];
  const first = flows.find(({ chart }) => chart !== "session" && chart !== "") ?? flows[0];
  return first === undefined ? undefined : { type: "flow", id: first.id };
}
