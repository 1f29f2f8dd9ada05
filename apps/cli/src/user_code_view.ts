/**
 * What a person is shown while a login waits for them: the link, the code in large, a QR code, and a
 * live line with the chart's state.
 *
 * The server's texts are shown without their control characters.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { UserCode } from "@bellhop/core/chart/device_authorization";
import { visible } from "@bellhop/core/protocol/redaction";
import { formatMillis } from "./duration.ts";
import type { Progress } from "./progress.ts";
import { qrCode } from "./qr_code.ts";
import { bold, dim, type Screen, wipeLine } from "./screen.ts";

/** Shows the code and where to enter it. */
export const showUserCode: (code: UserCode, screen: Screen) => Effect.Effect<void> = Effect
  .fnUntraced(function* (code: UserCode, screen: Screen) {
    const link = oneLine(code.verificationUri);
    const lines = [
      "",
      `  Open this page, on this device or another:`,
      `    ${bold(screen, link)}`,
      "",
    ];
    lines.push("  and enter this code:", ...boxed(oneLine(code.userCode), screen), "");
    if (code.verificationUriComplete !== undefined && screen.isTerminal) {
      const qr = yield* qrCode(oneLine(code.verificationUriComplete), screen);
      if (qr !== undefined) lines.push("  or scan this, the code is in it:", qr, "");
    }
    screen.write(`${lines.join("\n")}\n`);
  });

/** Draws the live line over and over until interrupted, and wipes it then. */
export function drawProgress(progress: Progress, screen: Screen): Effect.Effect<never> {
  let frame = 0;
  return Effect.gen(function* () {
    const nowMillis = yield* Clock.currentTimeMillis;
    const line = progressLine(progress, nowMillis).slice(0, Math.max(10, screen.columns() - 3));
    screen.write(`${wipeLine}${frames[frame++ % frames.length]} ${dim(screen, line)}`);
    yield* Effect.sleep(drawEveryMillis);
  }).pipe(
    Effect.forever,
    Effect.ensuring(Effect.sync(() => screen.write(wipeLine))),
  );
}

const drawEveryMillis = 250;
const frames = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"];

/** The state, and what is left until the next poll and until the end. */
export function progressLine(progress: Progress, nowMillis: number): string {
  const { path, pollAt, expiresAt } = progress;
  const parts = [path];
  if (pollAt !== undefined) parts.push(`asks again in ${formatMillis(pollAt - nowMillis)}`);
  else if (path.endsWith("polling")) parts.push("asking the server");
  if (expiresAt !== undefined) {
    const left = formatMillis(expiresAt - nowMillis);
    parts.push(path.startsWith("awaitingCallback") ? `${left} left` : `code expires in ${left}`);
  }
  return parts.join(" · ");
}

/** The code in a box, its characters apart where there is room. */
function boxed(code: string, screen: Screen): ReadonlyArray<string> {
  const characters = Array.from(code);
  const room = screen.columns() - 12;
  if (characters.length > room) return ["", `    ${bold(screen, code)}`];
  const text = characters.length * 2 <= room ? characters.join(" ") : code;
  const rule = "─".repeat(Array.from(text).length + 6);
  return [
    "",
    `    ┌${rule}┐`,
    `    │   ${bold(screen, text)}   │`,
    `    └${rule}┘`,
  ];
}

/** A server's text, fit to be shown in a line of its own. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, " ").trim();
}
