/**
 * The world: one time and one schedule for all processes, the network and the store.
 *
 * Everything runs in one loop without a promise. Which of the processes that could go on does so is
 * drawn from the seed; when none can, time moves on to what comes next.
 *
 * ```ts
 * import { Context, Effect } from "effect";
 * import { deepEqual } from "node:assert/strict";
 * import { World } from "@bellhop/simulator/world/world";
 *
 * const world = new World({ seed: 1 });
 * const process = world.start({ machine: 0, incarnation: 0 });
 * const seen: Array<number> = [];
 * const program = Effect.map(Effect.sleep("1 hour"), () => seen.push(world.nowMillis));
 * process.run(program, Context.empty());
 * world.run(world.startMillis + 86_400_000);
 * deepEqual(seen, [world.startMillis + 3_600_000]);
 * ```
 *
 * @module
 */
import { type Draw, stream } from "../seed.ts";
import { Process, type ProcessOptions } from "./process.ts";
import { Timeline } from "./_timeline.ts";
import type { WorldEvent, WorldEventBody } from "./world_event.ts";
import type { Timer, WorldView } from "./world_view.ts";

/** What a world begins with. */
export interface WorldOptions {
  /** Decides everything. */
  readonly seed: number;
  /**
   * Its first moment, in milliseconds since the epoch.
   *
   * @default the beginning of 2026
   */
  readonly startMillis?: number | undefined;
}

/** More turns than any program needs while time stands still. */
const MAX_TURNS_AT_ONCE = 200_000;

/** A world with its time. */
export class World implements WorldView {
  /** Decides everything. */
  readonly seed: number;
  /** Its first moment, in milliseconds since the epoch. */
  readonly startMillis: number;
  /** All that happened so far. */
  readonly events: Array<WorldEvent> = [];
  /** Those that are alive. */
  readonly processes: Set<Process> = new Set();
  #nowMillis: number;
  #steps = 0;
  #calls = 0;
  #turnsAtOnce = 0;
  #isStopped = false;
  /** What one who looked on threw. */
  #broken: { readonly error: unknown } | undefined;
  readonly #timeline = new Timeline();
  readonly #draw: Draw;
  readonly #listeners: Array<(event: WorldEvent) => void> = [];

  /**
   * Begins at its first moment.
   *
   * @param options At least a seed.
   */
  constructor({ seed, startMillis = 1_767_225_600_000 }: WorldOptions) {
    this.seed = seed;
    this.startMillis = startMillis;
    this.#nowMillis = startMillis;
    this.#draw = stream(seed, "schedule");
  }

  /** The true time, in milliseconds since the epoch. */
  get nowMillis(): number {
    return this.#nowMillis;
  }

  /** How many turns processes took. */
  get steps(): number {
    return this.#steps;
  }

  /** Numbers the questions of callers. */
  nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  /** Starts a process. It does nothing until it is given something to run. */
  start(options: ProcessOptions): Process {
    const process = new Process(this, options);
    this.processes.add(process);
    const { name, clockOffsetMillis } = process;
    this.emit({ type: "process.started", process: name, clockOffsetMillis });
    return process;
  }

  /** Has something happen later, after whole milliseconds. */
  after(millis: number, action: () => void): Timer {
    const planned = this.#timeline.plan(this.#nowMillis + Math.max(0, Math.ceil(millis)), action);
    return { cancel: () => void (planned.action = undefined) };
  }

  /** Tells that something happened. */
  emit(body: WorldEventBody): void {
    const event: WorldEvent = { seq: this.events.length, at: this.#nowMillis, ...body };
    this.events.push(event);
    for (const listener of this.#listeners) this.#tell(listener, event);
  }

  /** What is thrown here is neither a fault of the process whose turn it is nor for it to catch. */
  #tell(listener: (event: WorldEvent) => void, event: WorldEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#broken ??= { error };
      this.#isStopped = true;
    }
  }

  /**
   * Calls a function with everything that happens from now on, before anything else can happen. Where
   * it throws the world is stopped, and {@linkcode World.run} throws the same.
   */
  listen(listener: (event: WorldEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Whether it was stopped. Nothing happens in it any more. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Ends {@linkcode World.run} after the turn that is being taken. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Runs until a moment, in milliseconds since the epoch, or until it is stopped. */
  run(untilMillis: number): void {
    this.#run(untilMillis);
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  #run(untilMillis: number): void {
    while (!this.#isStopped) {
      const ready = this.#ready();
      if (ready.length > 0) {
        this.#steps += 1;
        this.#turnsAtOnce += 1;
        if (this.#turnsAtOnce > MAX_TURNS_AT_ONCE) return this.#spin(ready);
        (ready[this.#draw.below(ready.length)] as Process).takeTurn();
        continue;
      }
      const planned = this.#timeline.next(untilMillis);
      if (planned === undefined) {
        this.#nowMillis = Math.max(this.#nowMillis, untilMillis);
        return;
      }
      if (planned.atMillis > this.#nowMillis) this.#turnsAtOnce = 0;
      this.#nowMillis = Math.max(this.#nowMillis, planned.atMillis);
      planned.action?.();
    }
  }

  #ready(): ReadonlyArray<Process> {
    const ready: Array<Process> = [];
    for (const process of this.processes) {
      if (process.isReady) ready.push(process);
      else if (!process.isAlive) this.processes.delete(process);
    }
    return ready;
  }

  #spin(ready: ReadonlyArray<Process>): void {
    for (const { name } of ready) this.emit({ type: "process.spun", process: name });
    this.#isStopped = true;
  }
}
