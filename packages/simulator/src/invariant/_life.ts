/** What became of each process: when it hung, and whether it is still there. */
import type { WorldEvent } from "../world/world_event.ts";

interface Hang {
  readonly fromMillis: number;
  toMillis: number;
}

interface Life {
  endedAtMillis: number | undefined;
  hasCrashed: boolean;
  jumpedAtMillis: number;
  clockOffsetMillis: number;
  readonly hangs: Array<Hang>;
}

export class Lives {
  readonly #lives = new Map<string, Life>();

  on(event: WorldEvent): void {
    switch (event.type) {
      case "process.started":
        this.#lives.set(event.process, newLife(event.clockOffsetMillis));
        return;
      case "process.crashed":
      case "process.ended":
        this.#of(event.process).endedAtMillis = event.at;
        this.#of(event.process).hasCrashed = event.type === "process.crashed";
        return;
      case "clock.jumped":
        this.#of(event.process).jumpedAtMillis = event.at;
        this.#of(event.process).clockOffsetMillis += event.byMillis;
        return;
      case "process.hung":
        this.#of(event.process).hangs.push({ fromMillis: event.at, toMillis: Infinity });
        return;
      case "process.woke": {
        const hang = this.#of(event.process).hangs.at(-1);
        if (hang !== undefined) hang.toMillis = event.at;
      }
    }
  }

  #of(process: string): Life {
    return this.#lives.get(process) ?? newLife();
  }

  /** Whether it is over with a process. */
  isGone(process: string): boolean {
    return this.#of(process).endedAtMillis !== undefined;
  }

  /** When it was over with a process. */
  endedAtMillis(process: string): number | undefined {
    return this.#of(process).endedAtMillis;
  }

  /** What the wall clock of a process says. */
  clockMillis(process: string, at: number): number {
    return at + this.#of(process).clockOffsetMillis;
  }

  /** Whether a process ended in the middle of something. */
  hasCrashed(process: string): boolean {
    return this.#of(process).hasCrashed;
  }

  /**
   * Whether a process may have overslept its lease: it hung since then, and its clock, by which it
   * could have noticed, was set meanwhile.
   */
  oversleptSince(process: string, sinceMillis: number): boolean {
    return this.hungSince(process, sinceMillis) &&
      this.#of(process).jumpedAtMillis >= sinceMillis;
  }

  /** Whether a process hung at any time since then. */
  hungSince(process: string, sinceMillis: number): boolean {
    return this.#of(process).hangs.some(({ toMillis }) => toMillis >= sinceMillis);
  }

  /** For how long it hung since then, up to now. */
  hungMillis(process: string, sinceMillis: number, nowMillis: number): number {
    return this.#of(process).hangs.reduce((sum, { fromMillis, toMillis }) => {
      const overlap = Math.min(toMillis, nowMillis) - Math.max(fromMillis, sinceMillis);
      return sum + Math.max(0, overlap);
    }, 0);
  }
}

function newLife(clockOffsetMillis = 0): Life {
  return {
    endedAtMillis: undefined,
    hasCrashed: false,
    jumpedAtMillis: -Infinity,
    clockOffsetMillis,
    hangs: [],
  };
}
