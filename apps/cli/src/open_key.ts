/**
 * The offer to open the browser by pressing Enter, while a login waits.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Terminal from "effect/Terminal";
import { Browser } from "@bellhop/node/browser";
import { type Screen, wipeLine } from "./screen.ts";

/** What the offer needs to know. */
export interface OfferOptions {
  readonly url: string;
  readonly screen: Screen;
  /** Runs when Ctrl-C was pressed, which is a key like others while keys are read. */
  readonly onInterrupt: Effect.Effect<unknown>;
}

/**
 * Reads keys until one ends it: Enter opens the page, as often as it is pressed; Ctrl-C interrupts;
 * Escape and Ctrl-D give the keyboard back.
 */
export function offerBrowser(
  options: OfferOptions,
): Effect.Effect<void, never, Terminal.Terminal | Browser> {
  return Effect.gen(function* () {
    const terminal = yield* Terminal.Terminal;
    const keys = yield* terminal.readInput;
    while (true) {
      const { key } = yield* Queue.take(keys);
      if (key.ctrl && key.name === "c") return yield* options.onInterrupt;
      if (key.name === "return" || key.name === "enter") yield* open(options);
    }
  }).pipe(
    Effect.scoped,
    Effect.catchIf(Cause.isDone, () => Effect.void),
    Effect.asVoid,
  );
}

const open = Effect.fnUntraced(function* ({ url, screen }: OfferOptions) {
  const browser = yield* Browser;
  yield* browser.open(url).pipe(
    Effect.catchTag(
      "BrowserError",
      ({ message, hint }) => Effect.sync(() => screen.write(`${wipeLine}${message}. ${hint}.\n`)),
    ),
  );
});
