/**
 * The store of waiting flows that the processes of a world share. It meets the same troubles as the
 * session store.
 *
 * ```ts
 * import { Context, Effect } from "effect";
 * import { deepEqual } from "node:assert/strict";
 * import { SimulatedFlowStore } from "@bellhop/simulator/store/simulated_flow_store";
 * import { SimulatedStore } from "@bellhop/simulator/store/simulated_store";
 * import { World } from "@bellhop/simulator/world/world";
 *
 * const world = new World({ seed: 1 });
 * const flows = new SimulatedFlowStore(world, new SimulatedStore(world));
 * const process = world.start({ machine: 0, incarnation: 0 });
 * const seen: Array<string> = [];
 * const take = Effect.map(flows.of(process).take("flow"), ({ _tag }) => seen.push(_tag));
 * process.run(take, Context.empty());
 * world.run(world.startMillis + 1_000);
 * deepEqual(seen, ["None"]);
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { FlowStore } from "@bellhop/core/flow/flow_store";
import { FlowStoreError, Unavailable } from "@bellhop/core/flow/flow_store_error";
import type { Process } from "../world/process.ts";
import type { World } from "../world/world.ts";
import type { SimulatedStore } from "./simulated_store.ts";

interface Entry {
  readonly sealed: Uint8Array;
  readonly untilMillis: number;
}

/** The flow store of a world. */
export class SimulatedFlowStore {
  readonly #world: World;
  readonly #store: SimulatedStore;
  readonly #entries = new Map<string, Entry>();

  /**
   * Begins empty.
   *
   * @param world Whose time it lives in.
   * @param store Whose troubles it shares.
   */
  constructor(world: World, store: SimulatedStore) {
    this.#world = world;
    this.#store = store;
  }

  /** The store as one process sees it. */
  of(process: Process): FlowStore {
    return {
      put: (key, sealed, { ttlMillis }) => {
        const kept = sealed.slice();
        return this.#store.use(process, (trouble) => {
          if (trouble === "unwritable") return Effect.fail(unavailable());
          this.#entries.set(key, { sealed: kept, untilMillis: this.#world.nowMillis + ttlMillis });
          return trouble === "written, unsaid" ? Effect.fail(unavailable()) : Effect.void;
        });
      },
      take: (key) =>
        this.#store.use(process, (trouble) => {
          if (trouble === "unreadable") return Effect.fail(unavailable());
          const entry = this.#entries.get(key);
          this.#entries.delete(key);
          const isThere = entry !== undefined && entry.untilMillis > this.#world.nowMillis;
          return Effect.succeed(isThere ? Option.some(entry.sealed) : Option.none());
        }),
    };
  }
}

function unavailable(): FlowStoreError {
  return new FlowStoreError({
    reason: new Unavailable({
      location: "simulated store",
      description: "it does not answer",
      hint: "This is a simulated trouble",
    }),
  });
}
