/**
 * What a recording holds: a header, and then one event a line, of a program or of a simulated world.
 *
 * The lines of both have the same shape: `seq`, `at` (milliseconds since the epoch), `type`, and for
 * most the `process`. A program's are of type `observed`; a world's are those of
 * `@bellhop/simulator/world/world_event`, `observed` among them.
 *
 * @module
 */
import type { Observation } from "@bellhop/core/protocol/observation";

/** The first line. */
export interface RecordingHeader {
  /** What the file is. */
  readonly type: "recording";
  /** Raised with every change that would make an older reader misread it. */
  readonly format: 1;
  /** Who made it. */
  readonly source: "program" | "simulator";
  /** What it is of: a command, a program's name, a scenario. */
  readonly name?: string | undefined;
  /** A simulator's seed. */
  readonly seed?: number | undefined;
}

/** The span in which something happened. */
export interface RecordedSpan {
  /** The trace's id. */
  readonly traceId: string;
  /** The span's id. */
  readonly spanId: string;
  /** The id of the span around it. */
  readonly parentId?: string | undefined;
}

/** What every line after the first has. */
export interface RecordedLine {
  /** Counts from 0. */
  readonly seq: number;
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  /** What happened. */
  readonly type: string;
  /** In which process; `main` in a program's own recording. */
  readonly process?: string | undefined;
}

/** Something that an observer saw. Secrets in it are `"<redacted>"` once it is JSON. */
export interface ObservedLine extends RecordedLine {
  readonly type: "observed";
  /** What it saw. */
  readonly observation: Observation;
  /** The span in which it was seen; absent where there is no tracing, and in a world. */
  readonly span?: RecordedSpan | undefined;
}

/** Something that only the world around a simulated program can tell. */
export interface WorldLine extends RecordedLine {
  /** Whatever else is told. */
  readonly [member: string]: unknown;
}

/** Any line after the first. */
export type Line = ObservedLine | WorldLine;

/** A recording as it was read. */
export interface Recording {
  /** Its first line. */
  readonly header: RecordingHeader;
  /** All others, in order. */
  readonly lines: ReadonlyArray<Line>;
}
