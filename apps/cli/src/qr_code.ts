/**
 * A link as a QR code in a terminal, for the telephone's camera.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { Screen } from "./screen.ts";

/** Columns left free beside the code. */
const marginColumns = 4;

/** Draws a link; nothing where the screen is too narrow, or the link too long. */
export function qrCode(link: string, screen: Screen): Effect.Effect<string | undefined> {
  return Effect.promise(() => import("uqr")).pipe(
    Effect.map(({ renderUnicodeCompact }) =>
      fit(renderUnicodeCompact(link, { border: 2 }), screen)
    ),
    Effect.catchCause(() => Effect.succeed(undefined)),
  );
}

function fit(drawing: string, { canColor, columns }: Screen): string | undefined {
  const lines = drawing.split("\n");
  if ((lines[0]?.length ?? 0) + marginColumns > columns()) return undefined;
  return lines.map((line) => `  ${canColor ? onWhite(line) : line}`).join("\n");
}

/** Black on white whatever the terminal's colours, as cameras like it. */
function onWhite(line: string): string {
  return `\u001b[97;40m${line}\u001b[0m`;
}
