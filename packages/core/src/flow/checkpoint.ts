/**
 * A checkpoint: a waiting flow as a value that another process can resume.
 *
 * In memory its context holds secrets as `Redacted`. At rest it is sealed whole, under a header that
 * names chart and version in clear and is authenticated with it, so that a checkpoint of another
 * chart or version is refused by name and never misread.
 *
 * ```ts
 * import { Effect, Layer, Schema } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { open, seal } from "@bellhop/core/flow/checkpoint";
 * import { define } from "@bellhop/core/flow/definition";
 * import { generateKey, SealingKeys } from "@bellhop/core/protocol/seal";
 * import { strictEqual } from "node:assert/strict";
 * import { setup } from "xstate";
 *
 * const chart = setup({ types: { context: {} as { readonly count: number } } }).createMachine({
 *   id: "counting",
 *   version: "1",
 *   context: { count: 0 },
 * });
 * const counting = define(chart, {
 *   operations: {},
 *   context: Schema.Struct({ count: Schema.Number }),
 * });
 * const keys = Layer.effect(SealingKeys, Effect.map(generateKey(), (key) => ({ keys: [key] as const })));
 * const crypto = Layer.mergeAll(Digest.layerWebCrypto, Aead.layerWebCrypto).pipe(
 *   Layer.provideMerge(SecureRandom.layerWebCrypto),
 * );
 *
 * const program = Effect.gen(function* () {
 *   const sealed = yield* seal(counting, {
 *     format: 1,
 *     chart: "counting",
 *     chartVersion: "1",
 *     flowId: "a",
 *     at: 0,
 *     value: {},
 *     context: { count: 7 },
 *     timers: [],
 *     operations: [],
 *   });
 *   return yield* open(counting, sealed);
 * });
 * const opened = await Effect.runPromise(
 *   program.pipe(Effect.provide(Layer.provideMerge(keys, crypto))),
 * );
 * strictEqual(opened.context.count, 7);
 * ```
 *
 * @module
 */
import type * as Aead from "effect/crypto/Aead";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { AnyStateMachine, ContextFrom } from "xstate";
import * as Seal from "../protocol/seal.ts";
import {
  CheckpointError,
  OtherChart,
  OtherFormat,
  OtherVersion,
  Unreadable,
} from "./checkpoint_error.ts";
import { chartVersion, type FlowDefinition } from "./definition.ts";
import type { StateValue } from "./path.ts";

/** A timer that runs. */
export interface CheckpointTimer {
  /** XState's own name for it, by which the chart disarms it. */
  readonly id: string;
  /** The event that it will raise. */
  readonly event: string;
  /** Wall-clock time, in milliseconds since the epoch. */
  readonly dueAt: number;
}

/** An operation that was under way. */
export interface CheckpointOperation {
  /** The invocation's name, as the chart gives it. */
  readonly id: string;
  /** The operation's name. */
  readonly src: string;
}

/** A flow at rest: where it stands and what it waits for. */
export interface Checkpoint<Context> {
  /** Of this shape. */
  readonly format: 1;
  /** The chart's id. */
  readonly chart: string;
  /** The chart's version: another one is refused. */
  readonly chartVersion: string;
  /** Names the run, before and after. */
  readonly flowId: string;
  /** When it was taken, in milliseconds since the epoch. */
  readonly at: number;
  /** The chart's state. */
  readonly value: StateValue;
  /** The chart's context, secrets `Redacted`. */
  readonly context: Context;
  /** The timers that run. */
  readonly timers: ReadonlyArray<CheckpointTimer>;
  /** The operations under way. */
  readonly operations: ReadonlyArray<CheckpointOperation>;
}

const FORMAT = 1;
/** The header says so little that anything longer is no header. */
const MAX_HEADER_BYTES = 1_024;

const StateValueJson: Schema.Codec<StateValue> = Schema.Union([
  Schema.String,
  Schema.Record(Schema.String, Schema.suspend((): Schema.Codec<StateValue> => StateValueJson)),
]);

const Header = Schema.fromJsonString(Schema.Struct({
  format: Schema.Int,
  chart: Schema.String,
  chartVersion: Schema.String,
}));

function bodyCodec<Context>(context: Schema.Codec<Context, unknown>) {
  return Schema.fromJsonString(Schema.Struct({
    flowId: Schema.String,
    at: Schema.Finite,
    value: StateValueJson,
    context,
    timers: Schema.Array(
      Schema.Struct({ id: Schema.String, event: Schema.String, dueAt: Schema.Finite }),
    ),
    operations: Schema.Array(Schema.Struct({ id: Schema.String, src: Schema.String })),
  }));
}

/**
 * Seals a checkpoint for a store, a file or a queue.
 *
 * @returns The sealed bytes. Dies where the flow's definition has no codec for its context.
 */
export const seal: <Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  checkpoint: Checkpoint<ContextFrom<Chart>>,
) => Effect.Effect<
  Uint8Array,
  never,
  Seal.SealingKeys | Aead.Aead | SecureRandom.SecureRandom
> = Effect.fnUntraced(function* <Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  { format, chart, chartVersion, ...body }: Checkpoint<ContextFrom<Chart>>,
) {
  const codec = bodyCodec(contextOf(definition));
  const header = encoder.encode(
    yield* Effect.orDie(Schema.encodeEffect(Header)({ format, chart, chartVersion })),
  );
  if (header.length > MAX_HEADER_BYTES) {
    return yield* Effect.die(new Error("The chart's id and version are too long for a checkpoint"));
  }
  const json = yield* Effect.orDie(Schema.encodeEffect(codec)(body));
  const sealed = yield* Seal.seal(encoder.encode(json), header);
  const bytes = new Uint8Array(2 + header.length + sealed.length);
  new DataView(bytes.buffer).setUint16(0, header.length);
  bytes.set(header, 2);
  bytes.set(sealed, 2 + header.length);
  return bytes;
});

/** Opens a sealed checkpoint. Fails when it is of another chart, version or key, or was changed. */
export const open: <Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  sealed: Uint8Array,
) => Effect.Effect<
  Checkpoint<ContextFrom<Chart>>,
  CheckpointError,
  Seal.SealingKeys | Aead.Aead
> = Effect.fnUntraced(function* <Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  sealed: Uint8Array,
) {
  const codec = bodyCodec(contextOf(definition));
  const length = sealed.length < 2
    ? 0
    : new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength).getUint16(0);
  if (length === 0 || length > MAX_HEADER_BYTES) return yield* unreadable();
  const headerBytes = sealed.subarray(2, 2 + length);
  const header = yield* Effect.mapError(
    Schema.decodeEffect(Header)(decoder.decode(headerBytes)),
    unreadable,
  );
  yield* check(definition, header);
  const plain = yield* Effect.mapError(
    Seal.open(sealed.subarray(2 + length), headerBytes),
    (reason) => new CheckpointError({ reason }),
  );
  const body = yield* Effect.mapError(
    Schema.decodeEffect(codec)(decoder.decode(plain)),
    unreadable,
  );
  return { ...header, format: FORMAT, ...body };
});

/** Fails unless a checkpoint is of this format, chart and version. */
export function check<Chart extends AnyStateMachine, R>(
  definition: FlowDefinition<Chart, R>,
  found: { readonly format: number; readonly chart: string; readonly chartVersion: string },
): Effect.Effect<void, CheckpointError> {
  const expected = chartVersion(definition.chart);
  const chart = definition.chart.id;
  const reason = found.format !== FORMAT
    ? new OtherFormat({ found: found.format })
    : found.chart !== chart
    ? new OtherChart({ expected: chart, found: found.chart })
    : found.chartVersion !== expected
    ? new OtherVersion({ chart, expected, found: found.chartVersion })
    : undefined;
  return reason === undefined ? Effect.void : Effect.fail(new CheckpointError({ reason }));
}

function unreadable(): CheckpointError {
  return new CheckpointError({ reason: new Unreadable() });
}

function contextOf<Chart extends AnyStateMachine, R>(
  { chart, context }: FlowDefinition<Chart, R>,
): Schema.Codec<ContextFrom<Chart>, unknown> {
  if (context !== undefined) return context;
  throw new Error(`Flow "${chart.id}" was defined without a codec for its context`);
}

const encoder: TextEncoder = new TextEncoder();
const decoder: TextDecoder = new TextDecoder();
