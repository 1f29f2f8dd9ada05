/**
 * Records a program: whatever its observer sees becomes a line, without secrets.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { run } from "@bellhop/core/flow/flow";
 * import { define } from "@bellhop/core/flow/definition";
 * import { layer } from "@bellhop/inspector/recording/recorder";
 * import type { ObservedLine } from "@bellhop/inspector/recording/recorded";
 * import { deepEqual } from "node:assert/strict";
 * import { setup } from "xstate";
 *
 * const chart = setup({}).createMachine({ id: "blink", initial: "done", states: { done: { type: "final" } } });
 * const lines: Array<ObservedLine> = [];
 * await Effect.runPromise(
 *   run(define(chart, { operations: {} })).pipe(
 *     Effect.provide(layer({ sink: (line) => lines.push(line) })),
 *   ),
 * );
 *
 * deepEqual(lines.map(({ observation }) => observation.type), ["flow.started", "flow.ended"]);
 * ```
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import { type Observation, Observer, together } from "@bellhop/core/protocol/observation";
import { currentSpan } from "./current_span.ts";
import { encode } from "./_encode.ts";
import type { ObservedLine, RecordingHeader, WorldLine } from "./recorded.ts";
import { RecorderError } from "./recorder_error.ts";
import { open } from "./recording_file.ts";

export { RecorderError };

/** Where lines go, one by one, in order. */
export interface RecorderOptions {
  /**
   * Called within the step that is told of, so it must be quick. Every line is plain JSON. What it
   * throws is dropped.
   */
  readonly sink: (line: ObservedLine) => void;
  /**
   * Milliseconds since the epoch.
   *
   * @default as the observation tells it
   */
  readonly now?: (() => number) | undefined;
  /**
   * Gives lines their numbers.
   *
   * @default counts from 0
   */
  readonly nextSeq?: (() => number) | undefined;
}

/** How a file is written. */
export interface FileOptions {
  /** What the recording is of. */
  readonly name?: string | undefined;
  /**
   * Lines that may wait to be written. What comes beyond is dropped, and counted in a line.
   *
   * @default 10000
   */
  readonly maxWaiting?: number | undefined;
  /**
   * How long the end waits for what is not written yet, in milliseconds.
   *
   * @default 2000
   */
  readonly closeWithinMillis?: number | undefined;
  /** Told once, when the file cannot be written any more. The program goes on. */
  readonly onFault?: ((error: RecorderError) => Effect.Effect<void>) | undefined;
}

/** The first line of a program's recording. */
export function headerOf(name?: string): RecordingHeader {
  return {
    type: "recording",
    format: 1,
    source: "program",
    ...(name === undefined ? {} : { name }),
  };
}

/** Makes an observer that records. It keeps nothing itself. */
export function make({ sink, now, nextSeq = counter() }: RecorderOptions): Observer {
  return {
    observe: (observation) => {
      const span = currentSpan();
      sink({
        seq: nextSeq(),
        at: now === undefined ? timeOf(observation) : now(),
        type: "observed",
        process: "main",
        ...(span === undefined ? {} : { span }),
        observation: encode(observation) as Observation,
      });
    },
  };
}

/** Records what is provided with it. Whoever observed before goes on to. */
export function layer(options: RecorderOptions): Layer.Layer<never> {
  return observing(Effect.succeed(make(options)));
}

/**
 * Records into a file, which it makes or empties, and which nobody but its owner can read. The end of
 * its scope waits for what is not written yet. Fails where the file cannot be opened, or be kept from
 * others.
 *
 * ```ts
 * import { Effect, FileSystem } from "effect";
 * import { file } from "@bellhop/inspector/recording/recorder";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.void.pipe(Effect.provide(file("/nowhere/run.jsonl")));
 * const error = await Effect.runPromise(
 *   Effect.flip(program).pipe(Effect.provide(FileSystem.layerNoop({}))),
 * );
 *
 * equal(error.message, "Recording cannot be written to /nowhere/run.jsonl");
 * ```
 */
export function file(
  path: string,
  options: FileOptions = {},
): Layer.Layer<never, RecorderError, FileSystem.FileSystem> {
  return observing(recordInto(path, options));
}

function observing<E, R>(
  make: Effect.Effect<Observer, E, R | Scope.Scope>,
): Layer.Layer<never, E, Exclude<R, Scope.Scope>> {
  return Layer.effect(
    Observer,
    Effect.gen(function* () {
      const before = yield* Observer;
      return together(before, yield* make);
    }),
  );
}

const MAX_WAITING = 10_000;
const CLOSE_WITHIN_MILLIS = 2_000;

const recordInto = Effect.fnUntraced(function* (path: string, options: FileOptions) {
  const { maxWaiting = MAX_WAITING, closeWithinMillis = CLOSE_WITHIN_MILLIS } = options;
  const opened = yield* open(path);
  const backlog = new Backlog(yield* Queue.unbounded<string, Cause.Done>(), maxWaiting);
  backlog.add(headerOf(options.name));
  const write = Effect.forever(
    Effect.flatMap(
      Queue.takeAll(backlog.queue),
      (lines) => opened.writeAll(encoder.encode(lines.join(""))),
    ),
  ).pipe(
    Effect.catch((error) =>
      // Whatever else is observed is let go of, and not kept for nobody.
      Cause.isDone(error) ? Effect.void : Effect.suspend(() => {
        backlog.close();
        const fault = new RecorderError({ path, operation: "write", cause: error });
        return options.onFault?.(fault) ?? Effect.void;
      })
    ),
  );
  const writer = yield* Effect.forkDetach(write);
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      backlog.close();
      return Effect.timeoutOption(Fiber.await(writer), closeWithinMillis);
    }).pipe(Effect.andThen(Fiber.interrupt(writer)))
  );
  return make({ sink: (line) => backlog.offer(line), nextSeq: () => backlog.nextSeq() });
});

/** What waits to be written. */
class Backlog {
  readonly queue: Queue.Queue<string, Cause.Done>;
  readonly #limit: number;
  #seq = 0;
  #dropped = 0;
  #lastAt = 0;

  constructor(queue: Queue.Queue<string, Cause.Done>, limit: number) {
    this.queue = queue;
    this.#limit = limit;
  }

  nextSeq(): number {
    return this.#seq++;
  }

  offer(line: ObservedLine): void {
    this.#lastAt = line.at;
    if (Queue.sizeUnsafe(this.queue) >= this.#limit) {
      this.#dropped++;
      return;
    }
    // What comes after a gap is told after it.
    if (this.#dropped > 0) {
      this.#tellDropped(line.seq);
      this.add({ ...line, seq: this.nextSeq() });
      return;
    }
    this.add(line);
  }

  add(line: RecordingHeader | ObservedLine | WorldLine): void {
    Queue.offerUnsafe(this.queue, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    if (this.#dropped > 0) this.#tellDropped(this.nextSeq());
    Queue.endUnsafe(this.queue);
  }

  #tellDropped(seq: number): void {
    this.add({ seq, at: this.#lastAt, type: "dropped", count: this.#dropped });
    this.#dropped = 0;
  }
}

const encoder: TextEncoder = new TextEncoder();

function counter(): () => number {
  let next = 0;
  return () => next++;
}

/** When it was seen: an exchange is told of at its end. */
function timeOf(observation: Observation): number {
  return observation.type === "http.exchange" || observation.type === "api.exchange"
    ? observation.at + observation.durationMillis
    : observation.at;
}
