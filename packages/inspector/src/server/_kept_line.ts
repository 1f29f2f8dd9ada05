/**
 * A line as the hub keeps it: as it came until somebody wants its JSON, and as JSON from then on.
 *
 * @module
 */
import type { Observation } from "@bellhop/core/protocol/observation";
import { currentSpan } from "../recording/current_span.ts";
import type { ObservedLine, RecordedLine, RecordedSpan } from "../recording/recorded.ts";
import { make } from "../recording/recorder.ts";
import { guess, maxGuess } from "./_size_guess.ts";

/** A line in the hub. */
export interface KeptLine {
  /** Its number in the hub, from 0. */
  readonly seq: number;
  /** What an observer saw. Absent once it is JSON, as is a line that was none to begin with. */
  observation: Observation | undefined;
  /** The span of the fiber that was observed. */
  span: RecordedSpan | undefined;
  /** Absent once it is JSON. */
  line: RecordedLine | undefined;
  /** Absent until somebody wanted it. */
  json: string | undefined;
  /** How long the JSON is, in characters; a guess until it is there. */
  size: number;
  /** Of the beginning of a flow: which. */
  readonly flow: string | undefined;
}

/** What `{"seq":…,"at":…,"type":…,"process":…}` takes. */
const headSize = 96;

/** Keeps what an observer saw, called by the fiber that is observed. */
export function keptObservation(seq: number, observation: Observation): KeptLine {
  return small({
    seq,
    observation,
    span: currentSpan(),
    line: undefined,
    json: undefined,
    size: headSize + guess(observation),
    flow: observation.type === "flow.started" ? observation.flowId : undefined,
  });
}

/** Keeps a line that holds no secret. */
export function keptLine(seq: number, line: RecordedLine): KeptLine {
  const { observation } = line as { readonly observation?: Observation };
  const flow = observation?.type === "flow.started" ? observation.flowId : undefined;
  return small({
    seq,
    observation: undefined,
    span: undefined,
    line,
    json: undefined,
    size: headSize + guess(line),
    flow: flow === undefined ? undefined : flowName(line.process, flow),
  });
}

/** What is large, or of a size that no look at it tells, is not kept as it came: JSON is bounded. */
function small(kept: KeptLine): KeptLine {
  if (kept.size > maxGuess) jsonOf(kept);
  return kept;
}

/** Names a flow by its process, where that is not the program's own, and its id. */
export function flowName(process: string | undefined, flowId: string): string {
  return process === undefined || process === "main" ? flowId : `${process} ${flowId}`;
}

/** Gives a line's JSON, in which secrets are marks. */
export function jsonOf(kept: KeptLine): string {
  if (kept.json === undefined) {
    const { line, observation, seq } = kept;
    const made = observation === undefined ? { ...line, seq } : lineOf(kept, observation);
    kept.json = JSON.stringify(made);
    kept.size = kept.json.length;
    kept.line = undefined;
    kept.observation = undefined;
    kept.span = undefined;
  }
  return kept.json;
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

/** What the recorder made last, and the number it was given. */
let made: Writable<ObservedLine> | undefined;
let number = 0;

const recorder = make({
  sink: (line) => {
    made = line;
  },
  nextSeq: () => number,
});

function lineOf({ seq, span }: KeptLine, observation: Observation): RecordedLine {
  made = undefined;
  number = seq;
  recorder.observe(observation);
  if (made === undefined) return { seq, at: observation.at, type: "observed" };
  const line: Writable<ObservedLine> = made;
  // The recorder's own is of the fiber that reads, not of the one that was observed.
  line.span = span;
  return line;
}
