/**
 * How fast time passes in simulated worlds, and what a simulated process holds.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { FaultLevel } from "@bellhop/simulator/fault/draw_faults";
import { Network } from "@bellhop/simulator/network/network";
import { ServerHost } from "@bellhop/simulator/network/server_host";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import type { Failure } from "@bellhop/simulator/scenario/scenario";
import { publicClient } from "@bellhop/simulator/scenario/simulated_client";
import { type Exploration, explore } from "@bellhop/simulator/simulation/explore";
import { drawPlan } from "@bellhop/simulator/simulation/plan";
import { layerOf, type ProcessServices } from "@bellhop/simulator/simulation/process_services";
import { SimulatedFlowStore } from "@bellhop/simulator/store/simulated_flow_store";
import { SimulatedStore } from "@bellhop/simulator/store/simulated_store";
import { World } from "@bellhop/simulator/world/world";
import { open } from "@bellhop/core/session/session";
import { type Figure, type Measure, median } from "./figure.ts";

const DAY_MILLIS = 86_400_000;
const HOUR_MILLIS = 3_600_000;
const levels: ReadonlyArray<FaultLevel> = ["none", "light", "chaos"];

/** Explores the same seeds at each level, in turn. */
export async function simulation(isSmoke: boolean): Promise<ReadonlyArray<Measure>> {
  const rounds: Array<ReadonlyArray<Exploration>> = [];
  for (let round = 0; round < (isSmoke ? 1 : 3); round++) {
    const runs = isSmoke ? 10 : 100;
    const explored: Array<Exploration> = [];
    for (const faults of levels) {
      explored.push(
        await Effect.runPromise(explore({ scenario: mixed, firstSeed: 1, runs, faults })),
      );
    }
    rounds.push(explored);
  }
  return [...speeds(rounds), memory(isSmoke)];
}

function speeds(rounds: ReadonlyArray<ReadonlyArray<Exploration>>): ReadonlyArray<Measure> {
  const figures = (value: (exploration: Exploration, level: FaultLevel) => Partial<Figure>) =>
    levels.map((level, at): Figure => {
      const values = rounds.map((round) => value(round[at] as Exploration, level));
      return {
        subject: `mixed scenario, faults ${level}`,
        unit: "/s",
        ...values[0],
        value: median(values.map(({ value = Number.NaN }) => value)),
      };
    });
  const perSecond = (amount: number, { realMillis }: Exploration) => amount / (realMillis / 1_000);
  const days = figures((exploration) => ({
    value: perSecond(exploration.virtualMillis / DAY_MILLIS, exploration),
    unit: "d/s",
  }));
  const troubled = figures((exploration, level) => {
    const millis = troubledMillis(exploration, level);
    const quiet = 100 * (1 - millis / exploration.virtualMillis);
    return {
      value: perSecond(millis / HOUR_MILLIS, exploration),
      unit: "h/s",
      note: `${quiet.toFixed(0)} % of the line above is quiet`,
    };
  });
  return [
    {
      name: "Simulated time for each real second, in days",
      aim: "a tenth of a day at the least: 8,640 times as fast as the clock",
      figures: days,
      isMet: days.every(({ value }) => value >= 0.1),
    },
    {
      name:
        "Of that, the time in which faults and errands come, before all is healed and asked again",
      aim: "none; what the line above is worth",
      figures: troubled,
      isMet: true,
    },
    {
      name: "Simulated steps, which are turns of processes, for each real second",
      aim: "none; the work behind the lines above",
      figures: figures((exploration) => ({ value: perSecond(exploration.steps, exploration) })),
      isMet: true,
    },
    {
      name: "Simulated events for each real second",
      aim: "none; what invariants look at",
      figures: figures((exploration) => ({ value: perSecond(exploration.events, exploration) })),
      isMet: true,
    },
  ];
}

/** In all worlds together, none of which ended early. */
function troubledMillis({ firstSeed, runs }: Exploration, faults: FaultLevel): number {
  return Array.from(
    { length: runs },
    (_, at) => drawPlan({ scenario: mixed, seed: firstSeed + at, faults }).durationMillis,
  ).reduce((sum, millis) => sum + millis, 0);
}

type Main = Effect.Effect<unknown, Failure, ProcessServices | Scope.Scope>;

const programs: ReadonlyArray<readonly [string, Main]> = [
  ["a process that waits", Effect.void],
  ["a process with an open session", open({ key: "work", client: publicClient })],
];

function memory(isSmoke: boolean): Measure {
  const count = isSmoke ? 100 : 1_000;
  const figures = programs.map(([subject, main]): Figure => {
    bytesOf(main, 50);
    return { subject, value: bytesOf(main, count), unit: "B" };
  });
  return {
    name: "Heap of a simulated process",
    aim: "at most 64 kB with an open session",
    figures,
    isMet: (figures[1]?.value ?? Number.NaN) <= 65_536,
  };
}

/** Starts that many in one world and lets them come to rest. */
function bytesOf(main: Main, count: number): number {
  const before = heap();
  const world = new World({ seed: 1 });
  const server = new ServerHost(world, {});
  const store = new SimulatedStore(world);
  const surroundings = {
    world,
    server,
    store,
    network: new Network(world, server),
    flows: new SimulatedFlowStore(world, store),
  };
  for (let machine = 0; machine < count; machine++) {
    const process = world.start({ machine, incarnation: 0 });
    const waiting = Effect.scoped(Effect.andThen(main, Effect.never));
    process.run(Effect.provide(waiting, layerOf(process, surroundings)), Context.empty());
  }
  world.run(world.startMillis + 1_000);
  const bytes = (heap() - before) / count;
  // Alive until here.
  return world.processes.size === count ? bytes : Number.NaN;
}

function heap(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
