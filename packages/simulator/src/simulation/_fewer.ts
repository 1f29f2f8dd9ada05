/** Delta debugging: as few of some things as still do what all of them do. */
import * as Effect from "effect/Effect";

/**
 * Leaves out larger parts first, then smaller ones, as `ddmin` by Zeller and Hildebrandt; none of what
 * remains can be left out alone.
 *
 * @param things They are known to be enough.
 * @param isEnough Whether these are.
 */
export const fewer: <A>(
  things: ReadonlyArray<A>,
  isEnough: (things: ReadonlyArray<A>) => Effect.Effect<boolean>,
) => Effect.Effect<ReadonlyArray<A>> = Effect.fnUntraced(
  function* <A>(
    things: ReadonlyArray<A>,
    isEnough: (things: ReadonlyArray<A>) => Effect.Effect<boolean>,
  ) {
    let kept = things;
    let size = kept.length;
    while (size > 0) {
      let isFewer = false;
      for (let start = 0; start < kept.length;) {
        const rest = [...kept.slice(0, start), ...kept.slice(start + size)];
        if (yield* isEnough(rest)) {
          kept = rest;
          isFewer = true;
        } else start += size;
      }
      if (size > 1) size = Math.min(kept.length, Math.ceil(size / 2));
      else if (!isFewer || kept.length === 0) size = 0;
    }
    return kept;
  },
);
