/**
 * Hands out what a chart emits: one event after the other, beside the flow.
 *
 * @module
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import type { EventObject } from "xstate";

/** Whose events they are. */
export interface EmitterHost {
  readonly context: Context.Context<never>;
  readonly onEmit: ((event: EventObject) => Effect.Effect<void>) | undefined;
  /** A fiber hands out from now on. */
  readonly handingOut: (fiber: Fiber.Fiber<void>) => void;
  /** It has handed out everything, or was ended. */
  readonly handedOut: (fiber: Fiber.Fiber<void>, exit: Exit.Exit<void>) => void;
}

export class Emitter {
  readonly #host: EmitterHost;
  readonly #waiting: Array<EventObject> = [];
  #fiber: Fiber.Fiber<void> | undefined;
  /** From before the fiber is there until after it has gone. */
  #isHandingOut = false;

  constructor(host: EmitterHost) {
    this.#host = host;
  }

  /** Who hands out at the moment. */
  get fiber(): Fiber.Fiber<void> | undefined {
    return this.#fiber;
  }

  emit(event: EventObject): void {
    const { onEmit } = this.#host;
    if (onEmit === undefined) return;
    this.#waiting.push(event);
    if (!this.#isHandingOut) this.#handOut(onEmit);
  }

  /** Begins again where something came between the fiber's last look and its end. */
  #handOut(onEmit: (event: EventObject) => Effect.Effect<void>): void {
    this.#isHandingOut = true;
    const waiting = this.#waiting;
    const all = Effect.whileLoop({
      while: () => waiting.length > 0,
      body: () => Effect.suspend(() => onEmit(waiting.shift() as EventObject)),
      step: () => {},
    });
    const fiber = Effect.runForkWith(this.#host.context)(all);
    this.#fiber = fiber;
    this.#host.handingOut(fiber);
    fiber.addObserver((exit) => {
      this.#isHandingOut = false;
      this.#fiber = undefined;
      if (Exit.isSuccess(exit) && waiting.length > 0) return this.#handOut(onEmit);
      this.#host.handedOut(fiber, exit);
    });
  }
}
