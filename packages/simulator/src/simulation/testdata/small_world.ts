/** A scenario whose processes only say what they are asked, and invariants that are there to be violated. */
import * as Effect from "effect/Effect";
import type { Invariant } from "../../invariant/invariant.ts";
import { ask } from "../../scenario/caller.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Plan } from "../plan.ts";

/** Answers at once. */
export const small: Scenario = {
  name: "small",
  server: () => ({}),
  errands: (draw, { machines, durationMillis }) =>
    Array.from({ length: 20 }, (_, index) => ({
      atMillis: draw.between(0, durationMillis),
      machine: draw.below(machines),
      what: index % 5 === 0 ? "rare" : "often",
    })).toSorted((one, other) => one.atMillis - other.atMillis),
  last: [],
  open: (process) => Effect.succeed((what) => ask(process, what, () => Effect.void)),
};

/** Violated by anybody who asks for this after a fault of this kind began. */
export function neverAfter(fault: string, what: string): Invariant {
  return {
    name: "neverAfter",
    sentence: `Nobody asks for ${what} after "${fault}".`,
    watch: () => {
      let isBegun = false;
      return {
        on: (event) => {
          if (event.type === "fault.began" && event.fault === fault) isBegun = true;
          const isAsked = event.type === "caller.asked" && event.what === what;
          return isBegun && isAsked ? `${event.process} did` : undefined;
        },
      };
    },
  };
}

/** A plan with ten faults of two kinds and eight errands, on three machines. */
export const crowded: Plan = {
  seed: 7,
  machines: 3,
  durationMillis: 300_000,
  server: {},
  clockOffsetsMillis: [0, 1_000, -2_000],
  errands: Array.from({ length: 8 }, (_, index) => ({
    atMillis: 10_000 + index * 30_000,
    machine: index % 3,
    what: index === 4 ? "rare" : "often",
  })),
  faults: Array.from({ length: 10 }, (_, index) => ({
    on: "network",
    trouble: index === 3 ? "answer lost" : "slow",
    atMillis: index * 20_000,
    forMillis: 5_000,
    permille: 150,
    ...(index % 2 === 0 ? { machine: 2 } : {}),
  })),
};
