/** What the page's keys and buttons do. */
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { afterStep, momentOf, nextStep, previousStep } from "./moment.ts";
import { type Choice, current, show, type Theme, type View } from "./store.ts";

/** The flow that is looked at; of a session the flow of its first process that has one. */
export function chosenFlow({ choice, timeline }: View): FlowTrace | undefined {
  if (choice === undefined) return undefined;
  if (choice.type === "flow") return timeline.flows.get(choice.id);
  const sessions = [...timeline.sessions.values()].filter(({ key }) => key === choice.id);
  const flows = sessions.map(({ flow }) =>
    flow === undefined ? undefined : timeline.flows.get(flow)
  );
  return flows.find((flow) => flow !== undefined && flow.endSeq === undefined) ??
    flows.find((flow) => flow !== undefined);
}

/** Looks at a flow or a session. */
export function choose(choice: Choice): void {
  const { tab } = current();
  show({ choice, isZoomed: false, tab: tab === "list" ? "chart" : tab });
}

/** Keeps a flow beside others, three at most; or lets it go. */
export function togglePin(id: string): void {
  const { pinned } = current();
  if (pinned.includes(id)) closePinned(id);
  else show({ pinned: [...pinned.slice(-2), id] });
}

/** Lets a flow go that was kept. */
export function closePinned(id: string): void {
  show({ pinned: current().pinned.filter((other) => other !== id) });
}

/** Goes one step of the chosen flow back or on. */
export function step(direction: "back" | "on"): void {
  const view = current();
  const flow = chosenFlow(view);
  if (flow === undefined) return;
  const moment = momentOf(view);
  const next = direction === "on" ? nextStep(flow, moment) : previousStep(flow, moment);
  if (next !== undefined) show({ moment: next, speed: 0 });
}

/** Plays on from the moment, or from the beginning where that is the end; or stops. */
export function togglePlay(): void {
  const view = current();
  if (view.speed > 0) {
    show({ speed: 0, moment: momentOf(view) });
    return;
  }
  const { firstAt, lastAt } = view.timeline;
  if (firstAt === undefined) return;
  const moment = momentOf(view);
  const flow = chosenFlow(view);
  const from = view.isZoomed && flow !== undefined ? flow.startedAt : firstAt;
  const isAtEnd = moment.at >= (lastAt ?? 0);
  show({ speed: view.nextSpeed, moment: isAtEnd ? { at: from } : { at: moment.at } });
}

/** Sets how fast it plays, now or later. */
export function setSpeed(speed: number): void {
  show({ nextSpeed: speed, ...(current().speed > 0 ? { speed } : {}) });
}

/** Shows the end again; live: what comes. */
export function toEnd(): void {
  show({ moment: undefined, speed: 0 });
}

/** Shows a time. */
export function scrubTo(at: number): void {
  const { firstAt = 0, lastAt = 0 } = current().timeline;
  show({ moment: { at: Math.round(Math.min(lastAt, Math.max(firstAt, at))) }, speed: 0 });
}

/** Folds the quiet times of the time line, or unfolds them. */
export function toggleQuiet(): void {
  const { foldsQuiet, unfolded } = current();
  // What was unfolded one by one is folded before everything is unfolded.
  const isFolded = foldsQuiet && unfolded.size === 0;
  show({ foldsQuiet: !isFolded, unfolded: new Set() });
}

/** Unfolds one quiet time, by its beginning. */
export function unfold(from: number): void {
  show({ unfolded: new Set([...current().unfolded, from]) });
}

/** Shows a time, after all that happened at it. */
export function goTo({ at }: { readonly at: number }): void {
  show({ moment: { at }, speed: 0 });
}

/** Shows the moment after a step of a flow. */
export function goToStep(flow: FlowTrace, index: number): void {
  const moment = afterStep(flow, index);
  if (moment !== undefined) show({ moment, speed: 0 });
}

const themes: ReadonlyArray<Theme> = ["system", "light", "dark"];

/** Goes on to the next of system, light and dark. */
export function nextTheme(): void {
  const theme = themes[(themes.indexOf(current().theme) + 1) % themes.length] ?? "system";
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Nothing is kept where the browser keeps nothing.
  }
  show({ theme });
}
