/** Which key does what. */

/** What a key asks for. */
export type Command =
  | "search"
  | "down"
  | "up"
  | "open"
  | "previousStep"
  | "nextStep"
  | "play"
  | "live"
  | "theme"
  | "help"
  | "pin"
  | "zoom"
  | "fold"
  | "chart"
  | "messages"
  | "both"
  | "escape";

/** A key that was pressed, and where. */
export interface Pressed {
  /** As `KeyboardEvent.key` has it. */
  readonly key: string;
  /** Whether Ctrl, Alt or Meta is down. */
  readonly hasModifier: boolean;
  /** What has the focus: a text field, a list to pick from, something that Enter and space press, or neither. */
  readonly target: "text" | "pick" | "button" | "other";
  /** Whether that is in what the arrows scroll. */
  readonly isReading: boolean;
}

/** What is down beside a key, as a keyboard event tells it. */
export interface Modifiers {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly getModifierState: (name: string) => boolean;
}

/**
 * Whether a key is pressed together with one that makes it the browser's. Many layouts have brackets
 * with AltGr, which some systems tell as Ctrl and Alt, or with Option.
 */
export function hasModifier(pressed: Modifiers): boolean {
  const { key, ctrlKey, altKey, metaKey } = pressed;
  if (pressed.getModifierState("AltGraph")) return metaKey;
  const isTyped = key === "[" || key === "]";
  return ctrlKey || metaKey || (altKey && !isTyped);
}

/** One line of the help. */
export interface KeyHelp {
  /** The keys, as they are called. */
  readonly keys: ReadonlyArray<string>;
  /** What they do. */
  readonly does: string;
}

/** All keys, in the order of the help. */
export const keyHelp: ReadonlyArray<KeyHelp> = [
  { keys: ["/"], does: "Search flows and sessions" },
  { keys: ["j", "k"], does: "Next and previous flow, like the arrows" },
  { keys: ["Enter"], does: "Open what is marked" },
  { keys: ["[", ","], does: "One step back" },
  { keys: ["]", "."], does: "One step on" },
  { keys: ["Space"], does: "Play or pause" },
  { keys: ["l"], does: "Back to the end, or live" },
  { keys: ["p"], does: "Pin the flow beside others" },
  { keys: ["z"], does: "Time line of this flow alone" },
  { keys: ["f"], does: "Fold quiet times, or unfold them" },
  { keys: ["1", "2", "3"], does: "Chart, messages, both" },
  { keys: ["t"], does: "Light, dark, or the system's" },
  { keys: ["?"], does: "This help" },
];

const commands: ReadonlyMap<string, Command> = new Map(Object.entries<Command>({
  "/": "search",
  j: "down",
  ArrowDown: "down",
  k: "up",
  ArrowUp: "up",
  Enter: "open",
  "[": "previousStep",
  ",": "previousStep",
  "]": "nextStep",
  ".": "nextStep",
  " ": "play",
  l: "live",
  t: "theme",
  "?": "help",
  p: "pin",
  z: "zoom",
  f: "fold",
  "1": "chart",
  "2": "messages",
  "3": "both",
  Escape: "escape",
}));

/** What a key asks for where it was pressed; `undefined`: it is not the page's. */
export function commandOf(
  { key, hasModifier, target, isReading }: Pressed,
): Command | undefined {
  if (hasModifier) return undefined;
  const command = commands.get(key);
  const isArrow = key.startsWith("Arrow");
  if (isArrow && isReading) return undefined;
  if (target === "text") return key === "Escape" || isArrow ? command : undefined;
  if (target === "pick") return key === "Escape" ? command : undefined;
  if (target === "button" && (key === " " || key === "Enter")) return undefined;
  return command;
}
