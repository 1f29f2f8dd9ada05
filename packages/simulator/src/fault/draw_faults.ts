/**
 * Draws what goes wrong in a world.
 *
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { drawFaults } from "@bellhop/simulator/fault/draw_faults";
 * import { stream } from "@bellhop/simulator/seed";
 *
 * const extent = { machines: 3, durationMillis: 300_000 };
 * const faults = (seed: number) => drawFaults(stream(seed, "faults"), "chaos", extent);
 * deepEqual(faults(7), faults(7));
 * deepEqual(drawFaults(stream(7, "faults"), "none", extent), []);
 * ```
 *
 * @module
 */
import type { Draw } from "../seed.ts";
import { strikeBefore } from "../world/crowd.ts";
import type { Extent } from "../world/extent.ts";
import type {
  Fault,
  NetworkFault,
  NetworkTrouble,
  ProcessFault,
  StoreFault,
  StoreTrouble,
} from "./fault.ts";

/** How much goes wrong: nothing; what any day brings; all at once. */
export type FaultLevel = "none" | "light" | "chaos";

/** Long enough for a first login in peace. */
const CALM_MILLIS = 60_000;

/** As long as it takes to renew for a crowd. */
const CROWD_MILLIS = 400;

const lightNetwork: readonly [NetworkTrouble, ...ReadonlyArray<NetworkTrouble>] = [
  "slow",
  "503 before",
  "reset before",
  "refused",
  "429",
];

const allNetwork: readonly [NetworkTrouble, ...ReadonlyArray<NetworkTrouble>] = [
  ...lightNetwork,
  "request lost",
  "answer lost",
  "reset after",
  "duplicate",
  "duplicate, last answer",
  "502 after",
  "HTML page",
  "truncated",
  "slow body",
  "partition",
];

const lightStore: readonly [StoreTrouble, ...ReadonlyArray<StoreTrouble>] = ["slow", "conflict"];

const allStore: readonly [StoreTrouble, ...ReadonlyArray<StoreTrouble>] = [
  ...lightStore,
  "unreadable",
  "unwritable",
  "written, unsaid",
  "written, conflict",
  "stale",
  "lease forgotten",
];

/**
 * Draws the faults of a world.
 *
 * @param draw A stream of their own.
 * @param level How much goes wrong.
 * @param extent How large the world is.
 */
export function drawFaults(draw: Draw, level: FaultLevel, extent: Extent): ReadonlyArray<Fault> {
  if (level === "none") return [];
  const isLight = level === "light";
  const minutes = Math.ceil(extent.durationMillis / 60_000);
  const count = isLight ? draw.between(1, minutes) : draw.between(minutes, 3 * minutes);
  return Array.from({ length: count }, () => drawFault(draw, isLight, extent))
    .toSorted((one, other) => one.atMillis - other.atMillis);
}

function drawFault(draw: Draw, isLight: boolean, extent: Extent): Fault {
  const { durationMillis } = extent;
  const drawnMillis = draw.between(Math.min(CALM_MILLIS, durationMillis), durationMillis);
  const atMillis = draw.permille(700)
    ? Math.min(strikeBefore(drawnMillis) + draw.below(CROWD_MILLIS), durationMillis)
    : drawnMillis;
  const kind = draw.below(10);
  if (kind < 4) return drawNetwork(draw, isLight, { ...extent, atMillis });
  return kind < 7
    ? drawProcess(draw, isLight, { ...extent, atMillis })
    : drawStore(draw, isLight, { ...extent, atMillis });
}

interface Place extends Extent {
  readonly atMillis: number;
}

function drawWeather(draw: Draw, { atMillis, machines }: Place) {
  const machine = draw.permille(400) ? draw.below(machines) : undefined;
  return {
    atMillis,
    forMillis: draw.between(500, 60_000),
    permille: draw.pick([150, 500, 1_000]),
    ...(machine === undefined ? {} : { machine }),
  };
}

function drawNetwork(draw: Draw, isLight: boolean, place: Place): NetworkFault {
  const trouble = draw.pick(isLight ? lightNetwork : allNetwork);
  const weather = drawWeather(draw, place);
  const permille = trouble === "partition" ? 1_000 : weather.permille;
  return { on: "network", trouble, ...weather, permille };
}

function drawStore(draw: Draw, isLight: boolean, place: Place): StoreFault {
  const trouble = draw.pick(isLight ? lightStore : allStore);
  return { on: "store", trouble, ...drawWeather(draw, place) };
}

function drawProcess(draw: Draw, isLight: boolean, { atMillis, machines }: Place): ProcessFault {
  const on = "process" as const;
  const machine = draw.below(machines);
  const forMillis = draw.between(500, 90_000);
  if (isLight) return { on, trouble: "stop", machine, atMillis, forMillis };
  switch (draw.below(5)) {
    case 0:
      return { on, trouble: "stop", machine, atMillis, forMillis };
    case 1:
      return { on, trouble: "hang", machine, atMillis, forMillis };
    case 2: {
      const byMillis = draw.between(-120_000, 120_000);
      return { on, trouble: "clock jump", machine, atMillis, forMillis: 0, byMillis };
    }
    default:
      return { on, trouble: "crash", machine, atMillis, forMillis, turns: draw.below(40) };
  }
}
