/**
 * Reads a recording, of a program or of a simulated world.
 *
 * ```ts
 * import { Result } from "effect";
 * import { read } from "@bellhop/inspector/recording/read";
 * import { equal } from "node:assert/strict";
 *
 * const text = '{"type":"recording","format":1,"source":"program","name":"login"}\n';
 * equal(Result.getOrThrow(read(text)).header.name, "login");
 *
 * const refused = Result.match(read("hello"), { onFailure: ({ message }) => message, onSuccess: String });
 * equal(refused, "File is no recording");
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { isLine } from "./_line_shape.ts";
import type { Line, Recording, RecordingHeader } from "./recorded.ts";

/** The format that is read here. */
const FORMAT = 1;

/** Schema of the first line. Members of a simulator's that are not named here are dropped. */
export const Header: Schema.Codec<RecordingHeader> = Schema.Struct({
  type: Schema.Literal("recording"),
  format: Schema.Literal(FORMAT),
  source: Schema.Literals(["program", "simulator"]),
  name: Schema.optional(Schema.String),
  seed: Schema.optional(Schema.Int),
});

/** A text that cannot be read as a recording. */
export class RecordingError extends Data.Error<{
  /**
   * - `notARecording`: its first line is none of a recording's;
   * - `newerFormat`: a later version wrote it;
   * - `brokenLine`: a line within it is damaged.
   */
  readonly problem: "notARecording" | "newerFormat" | "brokenLine";
  /** The line that is wrong, from 1. */
  readonly line: number;
}> {
  override readonly name = "RecordingError";
  readonly _tag = "RecordingError";
  override readonly message: string = {
    notARecording: "File is no recording",
    newerFormat: "Recording was made by a later version",
    brokenLine: `Recording is damaged in line ${this.line}`,
  }[this.problem];
  readonly hint: string = {
    notARecording: "Pass a file that --record wrote",
    newerFormat: "Update Bellhop to open it",
    brokenLine: "Record it again, or remove the line",
  }[this.problem];
}

/** A recording, and whether all of it is there. */
export interface ReadRecording extends Recording {
  /** Whether the last line was cut off, as by a program that was killed. It is left out. */
  readonly isCutOff: boolean;
}

/**
 * Reads a recording. Fails where the text is none, is of a later format, or is damaged within.
 *
 * @param text The whole file.
 */
export function read(text: string): Result.Result<ReadRecording, RecordingError> {
  const [first = "", ...rest] = text.replace(/^\ufeff/, "").split("\n");
  const header = readHeader(first);
  if (Result.isFailure(header)) return Result.fail(header.failure);
  const isWhole = rest.length === 0 || rest.at(-1) === "";
  const texts = rest.at(-1) === "" ? rest.slice(0, -1) : rest;
  const lines: Array<Line> = [];
  let seq = -1;
  for (const [index, lineText] of texts.entries()) {
    const line = parse(lineText);
    if (!isLine(line) || line.seq <= seq) {
      const isLast = index === texts.length - 1 && !isWhole;
      if (isLast) return Result.succeed({ header: header.success, lines, isCutOff: true });
      return Result.fail(new RecordingError({ problem: "brokenLine", line: index + 2 }));
    }
    seq = line.seq;
    lines.push(line);
  }
  return Result.succeed({ header: header.success, lines, isCutOff: false });
}

const decodeHeader = Schema.decodeUnknownResult(Header);

function readHeader(text: string): Result.Result<RecordingHeader, RecordingError> {
  const found = parse(text);
  const wrong = (problem: RecordingError["problem"]) =>
    Result.fail(new RecordingError({ problem, line: 1 }));
  if (typeof found !== "object" || found === null) return wrong("notARecording");
  const { type, format, scenario, ...rest } = found as Record<string, unknown>;
  if (type !== "recording") return wrong("notARecording");
  if (Number.isInteger(format) && format as number > FORMAT) return wrong("newerFormat");
  const name = rest["name"] ?? scenario;
  const header = decodeHeader({ ...rest, type, format, ...(name === undefined ? {} : { name }) });
  return Result.isSuccess(header) ? Result.succeed(header.success) : wrong("notARecording");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
