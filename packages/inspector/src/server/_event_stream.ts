/**
 * A hub's lines as Server-Sent Events, and as the lines of a recording.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html | HTML, Server-sent events}
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import type { Hub } from "./hub.ts";
import type { Batch } from "./subscription.ts";

/**
 * How long a watcher rests after a batch for which JSON had to be made, so that the program beside it
 * has most of the time for itself.
 */
const restMillis = 50;

/** After this long without an event a comment is sent, by which a broken connection is noticed. */
const quietMillis = 15_000;

const encoder: TextEncoder = new TextEncoder();

/**
 * All events from after a line on: `header`, with the name of what was opened, then a message for each line, `dropped` where lines are
 * lost, and `end` when the hub is closed.
 *
 * @param after The last line that is known already.
 */
export function events(hub: Hub, after: number | undefined): Stream.Stream<Uint8Array> {
  const { opened } = hub;
  const told = JSON.stringify({ ...hub.header, opened });
  const header = `retry: 1000\n\nevent: header\ndata: ${told}\n\n`;
  const lines = Stream.unwrap(Effect.map(hub.subscribe({ after }), ({ take }) => {
    const next = Effect.timeoutOption(take, quietMillis);
    return Stream.unfold<State, string, never, never>("first", (state) =>
      Effect.gen(function* () {
        if (state === "ended") return undefined;
        if (state === "made") yield* Effect.sleep(restMillis);
        const taken = yield* next;
        if (Option.isNone(taken)) return [": \n\n", "still"];
        const batch = taken.value;
        if (batch === undefined) return ["event: end\ndata: {}\n\n", "ended"];
        return [eventsOf(batch), batch.made > 0 ? "made" : "still"];
      }));
  }));
  return encoded(Stream.concat(Stream.make(header), lines));
}

type State = "first" | "made" | "still" | "ended";

function eventsOf({ dropped, lines }: Batch): string {
  const parts = dropped === 0 ? [] : [`event: dropped\ndata: {"count":${dropped}}\n\n`];
  for (const { seq, json } of lines) parts.push(`id: ${seq}\ndata: ${json}\n\n`);
  return parts.join("");
}

/** All that is kept now, as the lines of a recording. */
export function recording(hub: Hub): Stream.Stream<Uint8Array> {
  const lines = Stream.unwrap(
    Effect.map(
      hub.subscribe({ isFinite: true }),
      ({ take }) =>
        Stream.unfold(0, () =>
          Effect.map(take, (batch) =>
            batch && [
              batch.lines.map(({ json }) => `${json}\n`).join(""),
              0,
            ] as const)),
    ),
  );
  return encoded(Stream.concat(Stream.make(`${JSON.stringify(hub.header)}\n`), lines));
}

function encoded(texts: Stream.Stream<string>): Stream.Stream<Uint8Array> {
  return Stream.map(texts, (text) => encoder.encode(text));
}
