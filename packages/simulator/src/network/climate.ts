/**
 * What a network is like all day long: how far away the server is, and how it words that it has no
 * time.
 *
 * ```ts
 * import { deepEqual, ok } from "node:assert/strict";
 * import { drawClimate, drawLatency } from "@bellhop/simulator/network/climate";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const climate = (seed: number) => drawClimate(stream(seed, "climate"));
 * deepEqual(climate(7), climate(7));
 * ok(drawLatency("near", stream(7, "network")) < 10);
 * ```
 *
 * @module
 */
import type { Draw } from "../seed.ts";

/**
 * How long messages take: any time up to 120 ms, less than 10, 80 to 400, or mostly a few with some
 * of seconds.
 */
export type Distance = "mixed" | "near" | "far" | "long tail";

/** What a network is like all day long. */
export interface Climate {
  /** How long messages take. */
  readonly distance: Distance;
  /** How `Retry-After` says when to come again. */
  readonly retryAfter: "seconds" | "date";
  /** What a 503 has in its body: a proxy's page, or an OAuth error of the server. */
  readonly unavailable: "page" | "json";
}

/** The climate of a network of which nothing else is said. */
export const temperate: Climate = {
  distance: "mixed",
  retryAfter: "seconds",
  unavailable: "page",
};

/**
 * Draws the climate of a world.
 *
 * @param draw A stream of its own.
 */
export function drawClimate(draw: Draw): Climate {
  return {
    distance: draw.pick<Distance>(["mixed", "mixed", "near", "far", "long tail"]),
    retryAfter: draw.permille(300) ? "date" : "seconds",
    unavailable: draw.permille(300) ? "json" : "page",
  };
}

/** Draws once how long a message takes in one direction, in milliseconds. */
export function drawLatency(distance: Distance, draw: Draw): number {
  switch (distance) {
    case "mixed":
      return draw.between(2, 120);
    case "near":
      return draw.between(1, 9);
    case "far":
      return draw.between(80, 400);
    case "long tail":
      // Half take up to 18 ms, one in a hundred more than 700, and none more than 8,194.
      return 2 + Math.floor((8 * 65_536) / (draw.below(65_536) + 64));
  }
}
