/**
 * A flow's timers: a list, and one fiber that sleeps to the earliest.
 *
 * @module
 */
import type * as Clock from "effect/Clock";
import type * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import type { CheckpointTimer } from "./checkpoint.ts";

const NONE: ReadonlyArray<never> = Object.freeze([]);

/** Whose timers they are. */
export interface TimersHost {
  readonly context: Context.Context<never>;
  readonly clock: Clock.Clock;
  /** A timer is due. It may arm and disarm others. */
  readonly fire: (timer: CheckpointTimer) => void;
  /** What the sleeper slept for has been seen to. */
  readonly rested: () => void;
}

/** A sleep that is over: to when it was, and what was armed when it began. */
interface Slept {
  readonly dueAt: number;
  readonly armed: ReadonlyArray<CheckpointTimer>;
}

export class Timers {
  readonly #host: TimersHost;
  #armed: ReadonlyArray<CheckpointTimer> = NONE;
  #sleeper: Fiber.Fiber<void> | undefined;
  /** When it wakes, by the clock that nobody sets. */
  #sleeperWakesAt = Infinity;

  constructor(host: TimersHost) {
    this.#host = host;
  }

  get armed(): ReadonlyArray<CheckpointTimer> {
    return this.#armed;
  }

  /** Puts timers in the place of those that are armed, without waiting for them yet. */
  set armed(timers: ReadonlyArray<CheckpointTimer>) {
    this.#armed = timers;
  }

  arm(timer: CheckpointTimer): void {
    this.#armed = this.#armed.filter(({ id }) => id !== timer.id).concat(timer);
  }

  /** Takes a timer away and gives it back; nothing where it was not armed. */
  disarm(id: string): CheckpointTimer | undefined {
    const timer = this.#armed.find((each) => each.id === id);
    if (timer !== undefined) this.#armed = this.#armed.filter((each) => each !== timer);
    return timer;
  }

  /** Sees to it that somebody sleeps to the earliest timer. */
  sleep(): void {
    const armed = this.#armed;
    const dueAt = this.#earliest()?.dueAt ?? Infinity;
    const { clock, context } = this.#host;
    const millis = Math.max(0, dueAt - clock.currentTimeMillisUnsafe());
    const wakesAt = Number(clock.monotonicTimeNanosUnsafe()) / 1e6 + millis;
    // A sleeper that wakes before anything is due looks again. One that fell asleep before the wall
    // clock was set forward, or the machine slept, may wake too late.
    if (wakesAt >= this.#sleeperWakesAt) return;
    this.wake();
    const sleeper = Effect.runForkWith(context)(clock.sleep(Duration.millis(millis)));
    this.#sleeper = sleeper;
    this.#sleeperWakesAt = wakesAt;
    sleeper.addObserver(() => {
      if (this.#sleeper !== sleeper) return;
      this.#sleeper = undefined;
      this.#sleeperWakesAt = Infinity;
      this.fireUntil(clock.currentTimeMillisUnsafe(), { dueAt, armed });
      this.#host.rested();
    });
  }

  /** Sleeps in the fiber that asks, up to the earliest timer, and fires what is due then. */
  pause(): Effect.Effect<void> {
    const { clock } = this.#host;
    const armed = this.#armed;
    const dueAt = this.#earliest()?.dueAt ?? Infinity;
    const millis = Math.max(0, dueAt - clock.currentTimeMillisUnsafe());
    return Effect.flatMap(clock.sleep(Duration.millis(millis)), () => {
      this.fireUntil(clock.currentTimeMillisUnsafe(), { dueAt, armed });
      return Effect.void;
    });
  }

  /**
   * Fires what is due by then, in the order it was due. What that arms waits for its own time.
   *
   * What was slept for is due even if the wall clock was set back meanwhile; what was armed since then,
   * by that clock, is not.
   */
  fireUntil(now: number, slept?: Slept): void {
    const isSleptFor = (timer: CheckpointTimer) =>
      slept !== undefined && timer.dueAt <= slept.dueAt && slept.armed.includes(timer);
    const due = this.#armed.filter((timer) => timer.dueAt <= now || isSleptFor(timer))
      .toSorted((one, other) => one.dueAt - other.dueAt);
    for (const timer of due) {
      if (!this.#armed.includes(timer)) continue;
      this.#armed = this.#armed.filter((each) => each !== timer);
      this.#host.fire(timer);
    }
  }

  /** Disarms all and wakes the sleeper for good. */
  close(): void {
    this.#armed = NONE;
    this.wake();
  }

  #earliest(): CheckpointTimer | undefined {
    let earliest: CheckpointTimer | undefined;
    for (const timer of this.#armed) {
      if (earliest === undefined || timer.dueAt < earliest.dueAt) earliest = timer;
    }
    return earliest;
  }

  /** Ends the sleeper, if there is one. */
  wake(): void {
    const sleeper = this.#sleeper;
    this.#sleeper = undefined;
    this.#sleeperWakesAt = Infinity;
    sleeper?.interruptUnsafe();
  }
}
