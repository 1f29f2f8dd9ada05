/**
 * A recording of a run: JSON Lines, the first of which says what was run and the others what happened.
 *
 * Its plan names the server's clients without their secrets. Flows in it are told apart by their
 * process and their id.
 *
 * @module
 */
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { WorldEvent } from "../world/world_event.ts";
import type { Plan } from "./plan.ts";
import type { Outcome } from "./simulation.ts";

/** The first line of a recording. */
export interface RecordingHeader {
  /** Tells a recording from other files. */
  readonly type: "recording";
  /** Version of the format. */
  readonly format: 1;
  /** Who made it. */
  readonly source: "simulator";
  /** The seed of the run. */
  readonly seed: number;
  /** The name of what ran. */
  readonly scenario: string;
  /** What was done to the world, without the secrets of the server's clients. */
  readonly plan: RecordedPlan;
}

/** What a recording tells of a plan. */
export interface RecordedPlan extends Pick<Plan, "machines" | "durationMillis"> {
  /** How the authorization server behaved, by the names of its options. */
  readonly server: { readonly [name: string]: unknown };
  /** How far the wall clock of each machine was ahead, in milliseconds. */
  readonly clockOffsetsMillis: ReadonlyArray<number>;
  /** What was asked of processes. */
  readonly errands: Plan["errands"];
  /** What went wrong, by the members of a fault. */
  readonly faults: ReadonlyArray<RecordedFault>;
}

/** A fault, as a recording tells it. */
export interface RecordedFault {
  /** Where it is. */
  readonly on: "network" | "store" | "process";
  /** What happens. */
  readonly trouble: string;
  /** When it begins, in milliseconds since the world's first moment. */
  readonly atMillis: number;
  /** How long it lasts, in milliseconds. */
  readonly forMillis: number;
  /** The machine that it concerns; absent: all. */
  readonly machine?: number;
  /** How many in a thousand it concerns. */
  readonly permille?: number;
  /** A crash: how many turns the process still takes. */
  readonly turns?: number;
  /** A clock jump: how far, in milliseconds. */
  readonly byMillis?: number;
}

/** Schema of the first line. */
export const RecordingHeader: Schema.Codec<RecordingHeader> = Schema.Struct({
  type: Schema.Literal("recording"),
  format: Schema.Literal(1),
  source: Schema.Literal("simulator"),
  seed: Schema.Int,
  scenario: Schema.String,
  plan: Schema.Struct({
    machines: Schema.Int,
    durationMillis: Schema.Int,
    server: Schema.Record(Schema.String, Schema.Unknown),
    clockOffsetsMillis: Schema.Array(Schema.Int),
    errands: Schema.Array(
      Schema.Struct({ atMillis: Schema.Int, machine: Schema.Int, what: Schema.String }),
    ),
    faults: Schema.Array(Schema.Struct({
      on: Schema.Literals(["network", "store", "process"]),
      trouble: Schema.String,
      atMillis: Schema.Int,
      forMillis: Schema.Int,
      machine: Schema.optionalKey(Schema.Int),
      permille: Schema.optionalKey(Schema.Int),
      turns: Schema.optionalKey(Schema.Int),
      byMillis: Schema.optionalKey(Schema.Int),
    })),
  }),
});

/** A run that was recorded. */
export interface Recording {
  /** What was run. */
  readonly header: RecordingHeader;
  /** All that happened, in order. Of each only its number, time and type were looked at. */
  readonly events: ReadonlyArray<WorldEvent>;
}

/** A text that is no recording, or none that can be read here. */
export class RecordingError extends Data.Error<{
  /** The first line that is wrong, from 1. */
  readonly line: number;
  /** `header`: not a recording, or of another format; `event`: damaged. */
  readonly problem: "header" | "event";
}> {
  override readonly name = "RecordingError";
  readonly _tag = "RecordingError";
  override readonly message: string = this.problem === "header"
    ? "Text is no recording of a simulation in a format that is known here"
    : `Recording is damaged in line ${this.line}`;
}

/**
 * Writes a run down.
 *
 * @param outcome What came of it.
 * @param scenario The name of what ran.
 */
export function write({ plan, events }: Outcome, scenario: string): string {
  const { seed, machines, durationMillis, server, clockOffsetsMillis, errands, faults } = plan;
  const clients = server.clients?.map(({ clientId, redirectUris }) => ({ clientId, redirectUris }));
  const header = {
    type: "recording",
    format: 1,
    source: "simulator",
    seed,
    scenario,
    plan: {
      machines,
      durationMillis,
      server: { ...server, clients },
      clockOffsetsMillis,
      errands,
      faults,
    },
  };
  return [header, ...events].map((line) => `${JSON.stringify(line, wordsOf)}\n`).join("");
}

/**
 * Of an error a recording holds what it says, as that of a program does: its other members may hold
 * whatever the program was given. Errors may have a JSON form of their own, so the holder is asked.
 */
function wordsOf(this: unknown, key: string, value: unknown): unknown {
  const held = (this as Readonly<Record<string, unknown>>)[key];
  if (!(held instanceof Error)) return value;
  const { name, message, _tag, hint, reason } = held as Error & Record<string, unknown>;
  const { _tag: reasonTag } = (reason ?? {}) as { readonly _tag?: unknown };
  return {
    name,
    ...(typeof _tag === "string" ? { tag: _tag } : {}),
    ...(typeof reasonTag === "string" ? { reason: reasonTag } : {}),
    message,
    ...(typeof hint === "string" ? { hint } : {}),
  };
}

const decodeHeader = Schema.decodeUnknownEffect(Schema.fromJsonString(RecordingHeader));
const decodeEvent = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown));
const isEvent = Schema.is(
  Schema.Struct({ seq: Schema.Int, at: Schema.Int, type: Schema.String }),
);

/** Reads a recording. Fails where the text is none, or a line of it is damaged. */
export const read: (text: string) => Effect.Effect<Recording, RecordingError> = Effect.fnUntraced(
  function* (text: string) {
    const [first = "", ...rest] = text.split("\n");
    const header = yield* Effect.mapError(
      decodeHeader(first),
      () => new RecordingError({ line: 1, problem: "header" }),
    );
    const lines = rest.at(-1) === "" ? rest.slice(0, -1) : rest;
    const events: Array<WorldEvent> = [];
    for (const [index, line] of lines.entries()) {
      const damaged = () => new RecordingError({ line: index + 2, problem: "event" });
      const event = yield* Effect.mapError(decodeEvent(line), damaged);
      if (!isEvent(event) || event.seq !== index) return yield* damaged();
      events.push(event as unknown as WorldEvent);
    }
    return { header, events };
  },
);
