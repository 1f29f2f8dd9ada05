import * as Effect from "effect/Effect";

/** How much of something is under way, and whoever waits until none is. */
export interface Tally {
  readonly add: () => void;
  /** One less; of none none is taken. */
  readonly remove: () => void;
  readonly whenNone: Effect.Effect<void>;
}

export function makeTally(): Tally {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    add: () => {
      count += 1;
    },
    remove: () => {
      count = Math.max(0, count - 1);
      if (count > 0) return;
      for (const wake of waiting) wake();
      waiting.clear();
    },
    whenNone: Effect.callback<void>((resume) => {
      if (count === 0) return resume(Effect.void);
      const wake = () => resume(Effect.void);
      waiting.add(wake);
      return Effect.sync(() => waiting.delete(wake));
    }),
  };
}
