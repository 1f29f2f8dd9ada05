/**
 * A line as the hub keeps it: as it came until somebody wants its JSON, and as JSON from then on.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import * as Tracer from "effect/Tracer";
import type { Observation } from "@bellhop/core/protocol/observation";
import type { RecordedLine, RecordedSpan } from "../recording/recorded.ts";
import { make } from "../recording/recorder.ts";

/** What an observer saw, as it came. */
export interface Seen {
  readonly observation: Observation;
  /** The span of the fiber that was observed. */
  readonly span: Tracer.AnySpan | undefined;
}

/** A line in the hub. */
export interface KeptLine {
  /** Its number in the hub, from 0. */
  readonly seq: number;
  /** Absent once it is JSON, as is a line that was none to begin with. */
  seen: Seen | undefined;
  /** Absent once it is JSON. */
  line: RecordedLine | undefined;
  /** Absent until somebody wanted it. */
  json: string | undefined;
  /** How long the JSON is, in characters; a guess until it is there. */
  size: number;
  /** Of the beginning of a flow: which. */
  readonly flow: string | undefined;
}

/** Values of one line that are looked at to guess its size. */
const maxValues = 48;

/** What `{"seq":…,"at":…,"type":…,"process":…}` takes. */
const headSize = 96;

/** Keeps what an observer saw, called by the fiber that is observed. */
export function keptObservation(seq: number, observation: Observation): KeptLine {
  const fiber = Fiber.getCurrent();
  const span = fiber && Context.getOrUndefined(fiber.context, Tracer.ParentSpan);
  const flow = observation.type === "flow.started" ? observation.flowId : undefined;
  const size = headSize + guess(observation);
  return { seq, seen: { observation, span }, line: undefined, json: undefined, size, flow };
}

/** Keeps a line that holds no secret. */
export function keptLine(seq: number, line: RecordedLine): KeptLine {
  const { observation } = line as { readonly observation?: Observation };
  const flow = observation?.type === "flow.started" ? observation.flowId : undefined;
  return {
    seq,
    seen: undefined,
    line,
    json: undefined,
    size: headSize + guess(line),
    flow: flow === undefined ? undefined : flowName(line.process, flow),
  };
}

/** Names a flow by its process, where that is not the program's own, and its id. */
export function flowName(process: string | undefined, flowId: string): string {
  return process === undefined || process === "main" ? flowId : `${process} ${flowId}`;
}

/** Gives a line's JSON, in which secrets are marks. */
export function jsonOf(kept: KeptLine): string {
  if (kept.json === undefined) {
    const line = kept.line ?? (kept.seen && lineOf(kept.seen));
    kept.json = JSON.stringify({ ...line, seq: kept.seq });
    kept.size = kept.json.length;
    kept.line = undefined;
    kept.seen = undefined;
  }
  return kept.json;
}

/** What the recorder made last. */
let made: RecordedLine | undefined;

const recorder = make({
  sink: (line) => {
    made = line;
  },
});

function lineOf({ observation, span }: Seen): RecordedLine & { readonly span?: RecordedSpan } {
  made = undefined;
  recorder.observe(observation);
  // The recorder's own is of the fiber that reads, not of the one that was observed.
  return { ...(made as RecordedLine | undefined), span: spanOf(span) } as RecordedLine;
}

function spanOf(span: Tracer.AnySpan | undefined): RecordedSpan | undefined {
  if (span === undefined) return undefined;
  const { traceId, spanId } = span;
  const parent = span._tag === "Span" ? Option.getOrUndefined(span.parent) : undefined;
  return { traceId, spanId, ...(parent === undefined ? {} : { parentId: parent.spanId }) };
}

let left = 0;

/** Guesses how long a value's JSON is, looking at no more than so many values within it. */
function guess(value: unknown): number {
  left = maxValues;
  try {
    return guessed(value);
  } catch {
    // A getter of the program may throw.
    return maxValues * 16;
  }
}

function guessed(value: unknown): number {
  if (typeof value === "string") return value.length + 3;
  if (typeof value !== "object" || value === null) return 8;
  let size = 2;
  for (const name in value) {
    if (left-- <= 0) return size;
    size += name.length + 4 + guessed((value as Readonly<Record<string, unknown>>)[name]);
  }
  return size;
}
