/**
 * The interpreter: runs a chart's pure transitions and executes what they ask for as Effects.
 *
 * It is driven by answers of operations, by timers, and by whoever sends an event. A flow that only
 * waits is small, for one fiber sleeps to the earliest deadline and nothing else is alive: that of
 * `run` itself where nobody can send events, a sleeper of its own where somebody can.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import type * as Tracer from "effect/Tracer";
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  initialTransition,
  transition,
} from "xstate";
import type { CheckpointOperation, CheckpointTimer } from "./checkpoint.ts";
import { type AnyDefinition, type AnyOperation, invocationsOf } from "./_invocation.ts";
import { type FlowOutcome, Reporter } from "./_reporter.ts";
import { eventName } from "./path.ts";
import { type Command, timerOf } from "./_command.ts";
import { fork, type RunningOperation, without } from "./_operation.ts";
import { lean } from "./_snapshot.ts";
import { Timers } from "./_timers.ts";
import { Emitter } from "./_emitter.ts";

/** What the interpreter is told beside the definition. */
export interface InterpreterOptions {
  readonly flowId?: string | undefined;
  /** Runs for each emitted event, one after the other, never in the way of the mailbox. */
  readonly onEmit?: ((event: EventObject) => Effect.Effect<void>) | undefined;
  /**
   * Called once, when the flow has ended and all it had started was told to stop. Without it the
   * interpreter is run as a loop, and `end` has the outcome.
   */
  readonly onEnd?: ((end: Effect.Effect<unknown>) => void) | undefined;
  /** Called after each step, before anything that it asks for is begun. Must not throw. */
  readonly onStep?: ((snapshot: AnyMachineSnapshot) => void) | undefined;
}

/** Where a resumed flow goes on. */
export interface ResumePoint {
  readonly snapshot: AnyMachineSnapshot;
  readonly timers: ReadonlyArray<CheckpointTimer>;
  readonly operations: ReadonlyArray<CheckpointOperation>;
}

const NONE: ReadonlyArray<never> = Object.freeze([]);

/** One run of one flow. It is also the loop that `Effect.whileLoop` runs. */
export class Interpreter {
  readonly context: Context.Context<never>;
  readonly clock: Clock.Clock;
  readonly onEmit: InterpreterOptions["onEmit"];
  readonly chart: AnyStateMachine;
  readonly #behaviours: AnyDefinition["operations"];
  readonly #onEnd: InterpreterOptions["onEnd"];
  readonly #onStep: InterpreterOptions["onStep"];
  readonly #span: Tracer.Span | undefined;
  readonly #timers: Timers;
  readonly #reporter: Reporter;
  #snapshot: AnyMachineSnapshot | undefined;
  #mailbox: Array<EventObject> | undefined;
  #busy = false;
  #isReplaying = false;
  #emitter: Emitter | undefined;
  #end: Effect.Effect<unknown> | undefined;
  #operations: ReadonlyArray<RunningOperation> = NONE;
  #lost: ReadonlyArray<CheckpointOperation> = NONE;
  #stopping: Set<Fiber.Fiber<unknown>> | undefined;
  #stir: ((go: Effect.Effect<void>) => void) | undefined;

  constructor(
    definition: AnyDefinition,
    options: InterpreterOptions,
    run: { readonly context: Context.Context<never>; readonly span: Tracer.Span | undefined },
  ) {
    this.chart = definition.chart;
    this.#behaviours = definition.operations;
    this.onEmit = options.onEmit;
    this.#onEnd = options.onEnd;
    this.#onStep = options.onStep;
    this.context = run.context;
    this.clock = Context.get(run.context, Clock.Clock);
    this.#span = run.span;
    this.#timers = new Timers(this);
    this.#reporter = new Reporter(this, options.flowId);
    this.context = this.#reporter.named(run.context);
  }

  get flowId(): string {
    return this.#reporter.flowId;
  }

  get snapshot(): AnyMachineSnapshot | undefined {
    return this.#snapshot;
  }

  get timers(): ReadonlyArray<CheckpointTimer> {
    return this.#timers.armed;
  }

  get operations(): ReadonlyArray<CheckpointOperation> {
    return [...this.#operations, ...this.#lost].map(({ id, src }) => ({ id, src }));
  }

  /** Takes the chart's first step. */
  start(input: unknown): void {
    this.#guarded(() => {
      const [snapshot, commands] = initialTransition(this.chart, input);
      this.#reporter.began(snapshot, false);
      this.#settle(snapshot, commands as unknown as ReadonlyArray<Command>);
    });
  }

  /** Goes on from a checkpoint: overdue timers first, then what was under way. */
  resume(point: ResumePoint): void {
    // What is overdue comes first, and nothing is begun that it would only interrupt.
    this.#isReplaying = true;
    this.#guarded(() => {
      this.#snapshot = point.snapshot;
      this.#reporter.began(point.snapshot, true);
      this.#timers.armed = point.timers;
      this.#lost = point.operations;
    });
    this.#timers.fireUntil(this.#now());
    this.#isReplaying = false;
    this.#guarded(() => {
      const lost = this.#lost;
      this.#lost = NONE;
      if (this.#snapshot !== undefined) this.#rerun(this.#snapshot, lost);
    });
  }

  /** Puts an event into the mailbox. After the end it is dropped. */
  send(event: EventObject): void {
    if (this.#end !== undefined) return;
    (this.#mailbox ??= []).push(event);
    this.#drain();
  }

  /** Ends the flow from outside and waits until nothing of it runs any more. */
  stop(): Effect.Effect<void> {
    this.#close("interrupted", Exit.interrupt());
    return this.#quiet();
  }

  /** The outcome, once there is one. */
  get end(): Effect.Effect<unknown> {
    return this.#end ?? Effect.never;
  }

  /** Whether the loop goes on. */
  while(): boolean {
    return this.#end === undefined;
  }

  /** One turn of the loop: sleeps while only timers can happen, else waits until that is so. */
  body(): Effect.Effect<void> {
    if (this.#isStirring()) return this.#stirred();
    if (this.#snapshot !== undefined) lean(this.#snapshot);
    return this.#timers.pause();
  }

  /** Nothing is kept of a turn. */
  step(): void {}

  /** A timer is due. */
  fire({ event }: CheckpointTimer): void {
    this.#reporter.observe({ type: "timer.fired", timer: eventName(event) });
    this.send({ type: event });
  }

  /** The timers' sleeper is done. */
  rested(): void {
    if (!this.#busy) this.#rest();
  }

  #isStirring(): boolean {
    return this.#operations.length > 0 || this.#emitter?.fiber !== undefined;
  }

  #stirred(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.#stir = resume;
      this.#rest();
    });
  }

  /** Nothing is left to do: sees to it that somebody waits for what comes next. */
  #rest(): void {
    if (this.#end !== undefined) return this.#resumeLoop();
    if (this.#isReplaying) return;
    if (this.#onEnd !== undefined || this.#isStirring()) return this.#timers.sleep();
    this.#timers.wake();
    this.#resumeLoop();
  }

  #resumeLoop(): void {
    const stir = this.#stir;
    this.#stir = undefined;
    stir?.(Effect.void);
  }

  #now(): number {
    return this.clock.currentTimeMillisUnsafe();
  }

  #guarded(body: () => void): void {
    if (this.#end !== undefined) return;
    this.#busy = true;
    try {
      body();
      this.#launch();
    } catch (defect) {
      this.#close("defect", Exit.die(defect));
    }
    this.#busy = false;
    this.#drain();
  }

  #drain(): void {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#end === undefined && this.#mailbox !== undefined && this.#mailbox.length > 0) {
      const event = this.#mailbox.shift();
      if (event === undefined) break;
      try {
        this.#step(event);
        this.#launch();
      } catch (defect) {
        this.#close("defect", Exit.die(defect));
      }
    }
    this.#mailbox = undefined;
    this.#busy = false;
    this.#rest();
  }

  #step(event: EventObject): void {
    const before = this.#snapshot as AnyMachineSnapshot;
    const [snapshot, commands] = transition(this.chart, before, event);
    this.#reporter.moved(before, snapshot, event);
    this.#settle(snapshot, commands as unknown as ReadonlyArray<Command>);
  }

  #settle(snapshot: AnyMachineSnapshot, commands: ReadonlyArray<Command>): void {
    this.#snapshot = snapshot;
    if (snapshot.status === "error") throw snapshot.error;
    this.#onStep?.(snapshot);
    for (const command of commands) {
      // Handing out an emitted event may have ended the flow.
      if (this.#end !== undefined) return;
      this.#execute(command);
    }
    if (snapshot.status === "done") this.#close("done", Exit.succeed(snapshot.output));
  }

  #execute({ type, params }: Command): void {
    switch (type) {
      case "xstate.spawnChild":
        return this.#startOperation(params.id as string, params.src as string, params.input);
      case "xstate.stopChild":
        return this.#stopOperation(params.id as string);
      case "xstate.raise":
        return this.#arm(params);
      case "xstate.cancel":
        return this.#disarm(params.sendId as string);
      case "xstate.emit":
        return this.#emit(params.event as EventObject);
      default:
        throw new Error(
          `Chart "${this.chart.id}" uses the action "${type}", which a flow does not run`,
        );
    }
  }

  #arm(params: Command["params"]): void {
    const timer = timerOf(this.chart, params, this.#now());
    const { dueAt, event } = timer;
    if (dueAt === Infinity) return;
    this.#timers.arm(timer);
    this.#reporter.observe({ type: "timer.armed", timer: eventName(event), dueAt });
  }

  #disarm(id: string): void {
    const timer = this.#timers.disarm(id);
    if (timer === undefined) return;
    this.#reporter.observe({ type: "timer.cancelled", timer: eventName(timer.event) });
  }

  #startOperation(id: string, src: string, input: unknown): void {
    const operation = this.#behaviours[src] as AnyOperation | undefined;
    if (operation === undefined) {
      throw new Error(`Chart "${this.chart.id}" has no operation "${src}"`);
    }
    const running = { id, src, input, startedAt: this.#now(), fiber: undefined };
    this.#operations = this.#operations.concat(running);
  }

  /** Begins what the chart asked for, once the whole step is taken and still wants it. */
  #launch(): void {
    if (this.#isReplaying) return;
    for (const running of this.#operations) {
      if (this.#end !== undefined) return;
      if (running.fiber === undefined && this.#operations.includes(running)) this.#begin(running);
    }
  }

  #begin(running: RunningOperation): void {
    const { input, src } = running;
    const operation = this.#behaviours[src] as AnyOperation;
    this.#reporter.observe({ type: "operation.started", operation: src });
    const name = `${this.chart.id}.${src}`;
    const fiber = fork(operation, input, { context: this.context, span: this.#span, name });
    running.fiber = fiber;
    // It may have ended its own flow before it was known here.
    if (this.#end !== undefined) this.#interrupt(fiber);
    fiber.addObserver((exit) => this.#operationEnded(running, exit));
  }

  #operationEnded(running: RunningOperation, exit: Exit.Exit<EventObject>): void {
    if (running.fiber !== undefined) this.#stopping?.delete(running.fiber);
    if (!this.#operations.includes(running)) return;
    this.#operations = without(this.#operations, running);
    this.#reporter.operationEnded(running, Exit.isSuccess(exit) ? exit.value.type : "defect");
    if (Exit.isSuccess(exit)) this.send(exit.value);
    else this.#close("defect", exit);
  }

  #stopOperation(id: string): void {
    if (this.#lost.length > 0) this.#lost = this.#lost.filter((each) => each.id !== id);
    const running = this.#operations.find((each) => each.id === id);
    if (running === undefined) return;
    this.#operations = without(this.#operations, running);
    if (running.fiber === undefined) return;
    this.#reporter.operationEnded(running, "interrupted");
    this.#interrupt(running.fiber);
  }

  #interrupt(fiber: Fiber.Fiber<unknown> | undefined): void {
    if (fiber === undefined || fiber.pollUnsafe() !== undefined) return;
    (this.#stopping ??= new Set()).add(fiber);
    fiber.interruptUnsafe();
  }

  #rerun(snapshot: AnyMachineSnapshot, lost: ReadonlyArray<CheckpointOperation>): void {
    for (const { id, src, input } of invocationsOf(snapshot, lost)) {
      const operation = this.#behaviours[src] as AnyOperation;
      if (typeof operation.onResume === "function") {
        (this.#mailbox ??= []).push(operation.onResume(input));
      } else {
        this.#startOperation(id, src, input);
      }
    }
  }

  #emit(event: EventObject): void {
    this.#reporter.observe({ type: "flow.emitted", event: event.type });
    (this.#emitter ??= new Emitter(this)).emit(event);
  }

  /** Somebody hands out what was emitted. */
  handingOut(fiber: Fiber.Fiber<void>): void {
    if (this.#end !== undefined) this.#interrupt(fiber);
  }

  /** Everything that was emitted was handed out. */
  handedOut(fiber: Fiber.Fiber<void>, exit: Exit.Exit<void>): void {
    this.#stopping?.delete(fiber);
    this.#emitter = undefined;
    if (Exit.isFailure(exit)) this.#close("defect", exit);
    this.#drain();
  }

  #close(outcome: FlowOutcome, exit: Exit.Exit<unknown>): void {
    if (this.#end !== undefined) return;
    this.#end = Effect.suspend(() => Effect.andThen(this.#quiet(), exit));
    this.#timers.close();
    for (const running of this.#operations) this.#stopOperation(running.id);
    this.#interrupt(this.#emitter?.fiber);
    this.#reporter.ended(this.#snapshot, outcome);
    this.#span?.end(this.clock.currentTimeNanosUnsafe(), exit);
    this.#onEnd?.(this.#end);
    this.#resumeLoop();
  }

  #quiet(): Effect.Effect<void> {
    const fibers = this.#stopping;
    return fibers === undefined || fibers.size === 0
      ? Effect.void
      : Effect.asVoid(Fiber.awaitAll([...fibers]));
  }
}
