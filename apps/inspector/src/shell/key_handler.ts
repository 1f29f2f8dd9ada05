/** Does what a key asks for. */
import { type Command, commandOf, hasModifier, type Pressed } from "./keyboard.ts";
import {
  chosenFlow,
  nextTheme,
  step,
  toEnd,
  togglePin,
  togglePlay,
  toggleQuiet,
} from "./navigation.ts";
import { current, show } from "./store.ts";

/** Takes a key that was pressed anywhere on the page. */
export function handleKey(event: KeyboardEvent): void {
  const command = commandOf({
    key: event.key,
    hasModifier: hasModifier(event),
    target: targetOf(event.target),
    isReading: event.target instanceof Element && event.target.closest("[data-reads]") !== null,
  });
  if (command === undefined || (current().isHelpOpen && command !== "help")) return;
  if (command === "escape") (document.activeElement as HTMLElement | null)?.blur();
  else event.preventDefault();
  actions[command]();
}

const actions: Readonly<Record<Command, () => void>> = {
  search: () => {
    show({ tab: "list" });
    requestAnimationFrame(() => document.getElementById("search")?.focus());
  },
  down: () => move(1),
  up: () => move(-1),
  open: () => show({ tab: "chart" }),
  previousStep: () => step("back"),
  nextStep: () => step("on"),
  play: togglePlay,
  live: toEnd,
  theme: nextTheme,
  help: () => show({ isHelpOpen: !current().isHelpOpen }),
  pin: () => {
    const flow = chosenFlow(current());
    if (flow !== undefined) togglePin(flow.id);
  },
  zoom: () => show({ isZoomed: !current().isZoomed }),
  fold: toggleQuiet,
  chart: () => show({ middle: "chart" }),
  messages: () => show({ middle: "messages" }),
  both: () => show({ middle: "both" }),
  escape: () => show({ fault: undefined }),
};

/** Chooses the entry below or above the chosen one, as they stand in the list. */
function move(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-entry]")];
  const at = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const row = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  row?.click();
  row?.focus({ preventScroll: true });
}

function targetOf(target: EventTarget | null): Pressed["target"] {
  if (!(target instanceof HTMLElement)) return "other";
  if (target instanceof HTMLInputElement) return "text";
  if (target instanceof HTMLSelectElement) return "pick";
  return target.closest("button, summary, a, [role=slider]") === null ? "other" : "button";
}
