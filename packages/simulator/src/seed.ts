/**
 * Seeded randomness in integers, so that the same seed gives the same numbers on every runtime.
 *
 * A seed is split into named streams. What one stream is asked for changes nothing in another, so a
 * simulation that loses one of its faults keeps the rest of its course where it can.
 *
 * @module
 */

/** A stream of random integers. */
export interface Draw {
  /** An integer from 0 up to, but without, `end`, which is at most 2 ** 32. */
  readonly below: (end: number) => number;
  /** An integer between `from` and `to`, both included. */
  readonly between: (from: number, to: number) => number;
  /** Whether something happens that happens `parts` times in a thousand. */
  readonly permille: (parts: number) => boolean;
  /** One of these. */
  readonly pick: <A>(from: readonly [A, ...ReadonlyArray<A>]) => A;
  /** Bytes. */
  readonly bytes: (size: number) => Uint8Array;
}

/**
 * Gives one stream of a seed.
 *
 * ```ts
 * import { stream } from "@bellhop/simulator/seed";
 * import { deepEqual, notDeepEqual } from "node:assert/strict";
 *
 * const dice = (draw: ReturnType<typeof stream>) => [1, 2, 3, 4, 5].map(() => draw.between(1, 6));
 * deepEqual(dice(stream(7, "people")), dice(stream(7, "people")));
 * notDeepEqual(dice(stream(7, "people")), dice(stream(7, "network")));
 * ```
 *
 * @param seed Any integer.
 * @param name What the stream is for.
 */
export function stream(seed: number, name: string): Draw {
  let state = seeded(seed, name);
  const next = (): number => {
    // SplitMix32 by Guy Steele and others, in the arithmetic that every runtime agrees on.
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (end: number) => Math.floor((next() / 2 ** 32) * end);
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    permille: (parts) => below(1000) < parts,
    pick: (from) => from[below(from.length)] as (typeof from)[0],
    bytes: (size) => Uint8Array.from({ length: size }, () => next() >>> 24),
  };
}

/** FNV-1a over the name and the seed, which keeps seeds that are beside each other apart. */
function seeded(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${name}\u0000${seed}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193) >>> 0;
  }
  return hash;
}
