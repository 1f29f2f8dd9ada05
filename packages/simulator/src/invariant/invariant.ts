/**
 * What must hold in every world, whatever goes wrong there.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import type { Invariant } from "@bellhop/simulator/invariant/invariant";
 * import { mixed } from "@bellhop/simulator/scenario/mixed";
 * import { run } from "@bellhop/simulator/simulation/simulation";
 *
 * const nobodyCrashes: Invariant = {
 *   name: "nobodyCrashes",
 *   sentence: "No process crashes",
 *   watch: () => ({
 *     on: (event) => event.type === "process.crashed" ? `${event.process} did` : undefined,
 *   }),
 * };
 * const { violation } = run({
 *   seed: 7,
 *   scenario: mixed,
 *   faults: "light",
 *   processes: 2,
 *   invariants: [nobodyCrashes],
 * });
 * equal(violation, undefined);
 * ```
 *
 * @module
 */
import type { ServerHost } from "../network/server_host.ts";
import type { Plan } from "../simulation/plan.ts";
import type { SimulatedStore } from "../store/simulated_store.ts";
import type { World } from "../world/world.ts";
import type { WorldEvent } from "../world/world_event.ts";

/** What an invariant can look at. */
export interface Scene {
  /** The time, and all that happened. */
  readonly world: World;
  /** What the authorization server knows. */
  readonly server: ServerHost;
  /** What the store holds. */
  readonly store: SimulatedStore;
  /** What was to be done. */
  readonly plan: Plan;
}

/** Watches one world for one invariant. */
export interface Watcher {
  /** Told of everything as it happens; says what is wrong, if something is. */
  readonly on: (event: WorldEvent) => string | undefined;
  /** Asked at the end, when all has been quiet for a while. */
  readonly end?: (() => string | undefined) | undefined;
}

/** Something that must hold in every world. */
export interface Invariant {
  /** Its name, in camel case. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly sentence: string;
  /** Begins to watch a world. */
  readonly watch: (scene: Scene) => Watcher;
}
