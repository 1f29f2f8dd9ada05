/**
 * A simulated process: its own run queue, clock and randomness, with nothing else in common with
 * other processes than the world around them.
 *
 * A crash abandons all of that. Nothing is interrupted, because interruption runs finalizers, and
 * these would give back leases that no real crash gives back.
 *
 * ```ts
 * import { Context, Effect } from "effect";
 * import { equal } from "node:assert/strict";
 * import { World } from "@bellhop/simulator/world/world";
 *
 * const world = new World({ seed: 1 });
 * const process = world.start({ machine: 0, incarnation: 0 });
 * let isCleaned = false;
 * const program = Effect.ensuring(Effect.never, Effect.sync(() => isCleaned = true));
 * process.run(program, Context.empty());
 * world.after(1_000, () => process.crash());
 * world.run(world.startMillis + 2_000);
 * equal(process.status, "crashed");
 * equal(isCleaned, false);
 * ```
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import * as Metric from "effect/Metric";
import * as Random from "effect/Random";
import * as References from "effect/References";
import * as Scheduler from "effect/Scheduler";
import { type Draw, stream } from "../seed.ts";
import type { WorldView } from "./world_view.ts";

/** What distinguishes a process from the others. */
export interface ProcessOptions {
  /** Which of the world's machines it runs on, from 0. */
  readonly machine: number;
  /** How many processes ran on that machine before. */
  readonly incarnation: number;
  /** How far its wall clock is ahead, in milliseconds. */
  readonly clockOffsetMillis?: number | undefined;
  /** After about how many operations of a fiber another one has its turn. */
  readonly operationsPerTurn?: number | undefined;
}

/** How a process is. */
export type ProcessStatus = "running" | "hung" | "crashed" | "ended";

/** One process on one machine. `World.start` makes them. */
export class Process {
  /** Such as `p2.1`: the second process on machine 2. */
  readonly name: string;
  /** The machine that it runs on. */
  readonly machine: number;
  /** The world that it lives in. */
  readonly world: WorldView;
  /** Its own randomness. */
  readonly draw: Draw;
  /** What each of its effects runs in. */
  readonly context: Context.Context<never>;
  /** When it last came back from hanging, in milliseconds since the epoch. */
  wokeAtMillis: number = -Infinity;
  /** How far its wall clock is ahead, in milliseconds. */
  clockOffsetMillis: number;
  #status: ProcessStatus = "running";
  #tasks: Array<() => void> = [];
  #nextTask = 0;
  /** What fibers ended with by a fault in this turn, unless somebody else tells of it. */
  readonly #faults: Set<Exit.Exit<unknown, unknown>> = new Set();
  #onCrash: () => void = () => undefined;
  /** How many more tasks it has before it crashes. */
  #tasksLeft = Infinity;
  #hangs = 0;
  #operationsLeft: number;
  readonly #operationsPerTurn: number;

  /**
   * Begins with nothing to do.
   *
   * @param world Whose time and schedule it follows.
   * @param options Which one it is.
   */
  constructor(world: WorldView, options: ProcessOptions) {
    const { machine, incarnation, clockOffsetMillis = 0, operationsPerTurn = 400 } = options;
    this.world = world;
    this.machine = machine;
    this.name = `p${machine}.${incarnation}`;
    this.draw = stream(world.seed, this.name);
    this.clockOffsetMillis = clockOffsetMillis;
    this.#operationsPerTurn = operationsPerTurn;
    this.#operationsLeft = this.draw.between(1, operationsPerTurn);
    this.context = this.#makeContext();
  }

  /** Whether it runs, hangs, crashed or came to its end. */
  get status(): ProcessStatus {
    return this.#status;
  }

  /** Whether it will ever do something again. */
  get isAlive(): boolean {
    return this.#status === "running" || this.#status === "hung";
  }

  /** Whether it could do something now. */
  get isReady(): boolean {
    return this.#status === "running" && this.#nextTask < this.#tasks.length;
  }

  /** The time on its wall clock, in milliseconds since the epoch. */
  get clockMillis(): number {
    return this.world.nowMillis + this.clockOffsetMillis;
  }

  /** Has it do something when its turn comes. Nobody is there to do it after a crash. */
  post(task: () => void): void {
    if (this.isAlive) this.#tasks.push(task);
  }

  /**
   * Runs an effect in it. What comes of it is told unless the process crashes. Of any other fiber,
   * also of one that nobody waits for, the world is told when it ends by a fault.
   *
   * @returns Interrupts it, when the process has its turn.
   */
  run<A, E, R>(
    effect: Effect.Effect<A, E, R>,
    services: Context.Context<R>,
    onExit?: (exit: Exit.Exit<A, E>) => void,
  ): () => void {
    let fiber: Fiber.Fiber<A, E> | undefined;
    this.post(() => {
      const context: Context.Context<R> = Context.merge(services, this.context);
      fiber = Effect.runForkWith(context)(effect);
      if (onExit === undefined) return;
      fiber.addObserver((exit) => {
        this.#faults.delete(exit);
        onExit(exit);
      });
    });
    return () => this.post(() => fiber?.interruptUnsafe());
  }

  /** Does the next thing. What that throws is a fault of its program. */
  takeTurn(): void {
    if (this.#tasksLeft <= 0) return this.crash();
    this.#tasksLeft -= 1;
    const task = this.#tasks[this.#nextTask++] as () => void;
    if (this.#nextTask === this.#tasks.length) {
      this.#tasks = [];
      this.#nextTask = 0;
    }
    try {
      task();
    } catch (fault) {
      const what = "a callback outside its fibers";
      const { name } = this;
      this.world.emit({ type: "process.faulted", process: name, what, fault: String(fault) });
    }
    if (this.#faults.size > 0) this.#tellFaults();
  }

  /** A fiber that nobody waits for ends unseen. */
  #tellFaults(): void {
    for (const exit of this.#faults) {
      if (Exit.isSuccess(exit)) continue;
      const fault = String(Cause.squash(exit.cause));
      this.world.emit({ type: "process.faulted", process: this.name, what: "a fiber", fault });
    }
    this.#faults.clear();
  }

  /**
   * Ends it in the middle of whatever it does, once it has done that many more things.
   *
   * @param onCrash Called when it has crashed.
   */
  crash(afterTasks = 0, onCrash: () => void = this.#onCrash): void {
    if (!this.isAlive) return;
    this.#onCrash = onCrash;
    if (afterTasks > 0) {
      this.#tasksLeft = Math.min(this.#tasksLeft, afterTasks);
      return;
    }
    this.#abandon("crashed");
    this.world.emit({ type: "process.crashed", process: this.name });
    onCrash();
  }

  /** Takes back a crash that has not come yet. */
  spare(): void {
    this.#tasksLeft = Infinity;
  }

  /** Ends it after its program came to its end. */
  end(): void {
    if (!this.isAlive) return;
    this.#abandon("ended");
    this.world.emit({ type: "process.ended", process: this.name });
  }

  #abandon(status: "crashed" | "ended"): void {
    this.#status = status;
    this.#tasks = [];
    this.#nextTask = 0;
  }

  /** Stops it for a while: what it waits for comes meanwhile, and it notices nothing. */
  hang(forMillis: number): void {
    if (this.#status !== "running") return;
    this.#status = "hung";
    this.world.emit({ type: "process.hung", process: this.name, forMillis });
    const hang = ++this.#hangs;
    this.world.after(forMillis, () => {
      if (hang === this.#hangs) this.wake();
    });
  }

  /** Lets it go on. */
  wake(): void {
    if (this.#status !== "hung") return;
    this.#status = "running";
    this.wokeAtMillis = this.world.nowMillis;
    this.world.emit({ type: "process.woke", process: this.name });
  }

  /** Sets its wall clock; what sleeps, sleeps on. */
  jump(byMillis: number): void {
    if (!this.isAlive) return;
    this.clockOffsetMillis += byMillis;
    this.world.emit({ type: "clock.jumped", process: this.name, byMillis });
  }

  /** Waits in the world's time. */
  sleep(millis: number): Effect.Effect<void> {
    if (millis <= 0) return Effect.yieldNow;
    if (!Number.isFinite(millis)) return Effect.never;
    return Effect.callback<void>((resume) => {
      const timer = this.world.after(Math.ceil(millis), () => this.post(() => resume(Effect.void)));
      return Effect.sync(timer.cancel);
    });
  }

  #makeContext(): Context.Context<never> {
    const { draw } = this;
    const random: Random.Random = {
      nextIntUnsafe: () => draw.below(2 ** 32),
      nextDoubleUnsafe: () => draw.below(2 ** 32) / 2 ** 32,
    };
    return Context.empty().pipe(
      Context.add(Scheduler.Scheduler, this.#makeScheduler()),
      Context.add(Clock.Clock, this.#makeClock()),
      Context.add(Random.Random, random),
      Context.add(References.CurrentLoggers, new Set([])),
      Context.add(References.TracerEnabled, false),
      Context.add(Metric.FiberRuntimeMetrics, {
        recordFiberStart: () => undefined,
        recordFiberEnd: (_, exit) => {
          if (Exit.isFailure(exit) && Cause.hasDies(exit.cause)) this.#faults.add(exit);
        },
      }),
    );
  }

  #makeClock(): Clock.Clock {
    const millis = () => this.clockMillis;
    const nanos = () => BigInt(this.clockMillis) * 1_000_000n;
    const monotonic = () => BigInt(this.world.nowMillis - this.world.startMillis) * 1_000_000n;
    return {
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanosUnsafe: monotonic,
      monotonicTimeNanos: Effect.sync(monotonic),
      sleep: (duration) => this.sleep(Duration.toMillis(duration)),
    };
  }

  /**
   * Fibers take turns in the order in which they became ready, as in a real process; after how many
   * operations a fiber must let others go first is drawn.
   */
  #makeScheduler(): Scheduler.Scheduler {
    const dispatcher: Scheduler.SchedulerDispatcher = {
      scheduleTask: (task) => this.post(task),
      flush: () => undefined,
    };
    return {
      executionMode: "async",
      shouldYield: () => {
        if (--this.#operationsLeft > 0) return false;
        this.#operationsLeft = this.draw.between(1, this.#operationsPerTurn);
        return true;
      },
      makeDispatcher: () => dispatcher,
    };
  }
}
