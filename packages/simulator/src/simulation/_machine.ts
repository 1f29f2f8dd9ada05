/** A machine of a world: runs one process at a time, and starts the next when that has ended. */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import type { Desk, Failure, Scenario } from "../scenario/scenario.ts";
import type { Process } from "../world/process.ts";
import { layerOf, type ProcessServices, type Surroundings } from "./process_services.ts";

/** A program that could not begin is started again after this. */
const RESTART_MILLIS = 1_000;

interface Running {
  readonly process: Process;
  interrupt: () => void;
  desk: Desk | undefined;
  services: Context.Context<ProcessServices>;
}

export interface MachineOptions {
  readonly index: number;
  readonly clockOffsetMillis: number;
  readonly scenario: Scenario;
}

export class Machine {
  readonly #surroundings: Surroundings;
  readonly #options: MachineOptions;
  #running: Running | undefined;
  #incarnations = 0;
  #clockOffsetMillis: number;
  /** What nobody was there to do. */
  readonly #waiting: Array<string> = [];
  #restartMillis = RESTART_MILLIS;

  constructor(surroundings: Surroundings, options: MachineOptions) {
    this.#surroundings = surroundings;
    this.#options = options;
    this.#clockOffsetMillis = options.clockOffsetMillis;
  }

  /** Starts a process unless one is alive. */
  start(): void {
    if (this.#running?.process.isAlive === true) return;
    const { world } = this.#surroundings;
    const { index, scenario } = this.#options;
    const process = world.start({
      machine: index,
      incarnation: this.#incarnations++,
      clockOffsetMillis: this.#clockOffsetMillis,
    });
    const running: Running = {
      process,
      interrupt: () => undefined,
      desk: undefined,
      services: Context.empty() as Context.Context<ProcessServices>,
    };
    this.#running = running;
    this.#restartMillis = RESTART_MILLIS;
    const main = Effect.gen({ self: this }, function* () {
      running.desk = yield* scenario.open(process, this.#surroundings);
      running.services = yield* Effect.context<ProcessServices>();
      for (const what of this.#waiting.splice(0)) this.#do(running, what);
      return yield* Effect.never;
    });
    running.interrupt = process.run(
      Effect.scoped(
        Effect.flatMap(
          Layer.build(layerOf(process, this.#surroundings)),
          (services) => Effect.provideContext(main, services),
        ),
      ),
      Context.empty(),
      (exit) => this.#ended(running, exit),
    );
  }

  #ended({ process }: Running, exit: Exit.Exit<never, Failure>): void {
    this.#report(process, "main", exit);
    process.end();
    this.#surroundings.world.after(this.#restartMillis, () => this.start());
  }

  #report(process: Process, what: string, exit: Exit.Exit<unknown, unknown>): void {
    if (Exit.isSuccess(exit) || !Cause.hasDies(exit.cause)) return;
    const fault = String(Cause.squash(exit.cause));
    this.#surroundings.world.emit({ type: "process.faulted", process: process.name, what, fault });
  }

  /** Has the process do something, or the next one, where none can. */
  ask(what: string): void {
    const running = this.#running;
    if (running === undefined || running.desk === undefined || !running.process.isAlive) {
      this.#waiting.push(what);
      return;
    }
    this.#do(running, what);
  }

  #do({ process, desk, services }: Running, what: string): void {
    if (desk === undefined) return;
    const name = desk.nameOf?.(what) ?? what;
    try {
      process.run(desk(what), services, (exit) => this.#report(process, name, exit));
    } catch (error) {
      this.#report(process, name, Exit.die(error));
    }
  }

  /** Ends the process in the middle of something. */
  crash(turns: number, restartMillis: number): void {
    this.#running?.process.crash(
      turns,
      () => void this.#surroundings.world.after(restartMillis, () => this.start()),
    );
  }

  /** Tells the process to end. */
  stop(restartMillis: number): void {
    this.#restartMillis = restartMillis;
    this.#running?.interrupt();
  }

  hang(forMillis: number): void {
    this.#running?.process.hang(forMillis);
  }

  /** Sets the machine's clock, for the process that runs now and those to come. */
  jump(byMillis: number): void {
    this.#clockOffsetMillis += byMillis;
    this.#running?.process.jump(byMillis);
  }

  /** Sees to it that a process runs. */
  recover(): void {
    this.#running?.process.spare();
    this.#running?.process.wake();
    this.start();
  }
}
