/**
 * A recording as the inspector shows it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { RecordingError } from "@bellhop/inspector/recording/read";
import type { Mismatch } from "@bellhop/inspector/recording/replay";
import type { Hub } from "@bellhop/inspector/server/hub";
import type { Screen } from "./screen.ts";
import type { Settings } from "./settings.ts";
import { note } from "./words.ts";

/**
 * Reads a recording, says whether the charts take its steps, and puts it into a hub, which stays open.
 *
 * @param text The whole recording.
 * @param file The name of its file, as a page shows it; empty where it has none.
 */
export const recordedHub: (
  text: string,
  file?: string,
) => Effect.Effect<Hub, RecordingError, Settings | Screen> = Effect.fnUntraced(
  function* (text: string, file: string = "") {
    const { read, makeHub, replay, timelineOf } = yield* Effect.promise(load);
    const { header, lines, isCutOff } = yield* Effect.fromResult(read(text));
    if (isCutOff) yield* note("The recording's last line is cut off, and left out.");
    const { mismatches, steps, unreplayed } = replay(timelineOf(lines));
    yield* note(replayWords(steps, mismatches, unreplayed));
    const hub: Hub = makeHub({
      header,
      opened: file,
      maxLines: lines.length + 1,
      maxSize: Infinity,
    });
    for (const line of lines) hub.record(line);
    yield* encoded(hub);
    return hub;
  },
);

/** Makes all JSON at once, since nothing else runs that this could hold up. */
const encoded = Effect.fnUntraced(function* (hub: Hub) {
  const { take } = yield* hub.subscribe({ isFinite: true });
  while ((yield* take) !== undefined);
}, Effect.scoped);

/** Whether the charts, as they are now, take the steps that were recorded. */
function replayWords(
  steps: number,
  mismatches: ReadonlyArray<Mismatch>,
  unreplayed: ReadonlyArray<unknown>,
): string {
  const left = unreplayed.length === 0
    ? ""
    : `; flows that no chart here could take again: ${unreplayed.length}`;
  const [first] = mismatches;
  if (first === undefined) {
    return `Replayed ${steps} steps through their charts: all as recorded${left}.`;
  }
  const { seq, event, expected, reached = "no state" } = first;
  return `The charts do not take ${mismatches.length} of ${steps} steps as recorded${left}. The ` +
    `first is line ${seq}: "${event}" leads to "${reached}" instead of "${expected}".`;
}

async function load() {
  const [{ read }, { make: makeHub }, { replay }, { timelineOf }] = await Promise.all([
    import("@bellhop/inspector/recording/read"),
    import("@bellhop/inspector/server/hub"),
    import("@bellhop/inspector/recording/replay"),
    import("@bellhop/inspector/recording/timeline"),
  ]);
  return { read, makeHub, replay, timelineOf };
}
