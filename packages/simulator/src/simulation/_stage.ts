/** A world with everything in it that a plan speaks of, and the plan carried out. */
import type { Fault, NetworkFault, ProcessFault, StoreFault } from "../fault/fault.ts";
import { drawClimate } from "../network/climate.ts";
import { Network } from "../network/network.ts";
import { ServerHost } from "../network/server_host.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { stream } from "../seed.ts";
import { SimulatedFlowStore } from "../store/simulated_flow_store.ts";
import { SimulatedStore } from "../store/simulated_store.ts";
import { World } from "../world/world.ts";
import { Machine } from "./_machine.ts";
import type { Plan } from "./plan.ts";
import type { Surroundings } from "./process_services.ts";

/** After the last fault: long enough for everything that was begun to come to its end. */
const HEALING_MILLIS = 700_000;
/** For the last questions. */
const LAST_MILLIS = 120_000;

export class Stage implements Surroundings {
  readonly plan: Plan;
  readonly scenario: Scenario;
  readonly world: World;
  readonly server: ServerHost;
  readonly network: Network;
  readonly store: SimulatedStore;
  readonly flows: SimulatedFlowStore;
  readonly #machines: ReadonlyArray<Machine>;

  constructor(plan: Plan, scenario: Scenario) {
    this.plan = plan;
    this.scenario = scenario;
    this.world = new World({ seed: plan.seed });
    this.server = new ServerHost(this.world, plan.server);
    this.network = new Network(
      this.world,
      this.server,
      drawClimate(stream(plan.seed, "climate")),
    );
    this.store = new SimulatedStore(this.world);
    this.flows = new SimulatedFlowStore(this.world, this.store);
    this.#machines = Array.from({ length: plan.machines }, (_, index) =>
      new Machine(this, {
        index,
        scenario,
        clockOffsetMillis: plan.clockOffsetsMillis[index] ?? 0,
      }));
  }

  /** Carries the plan out, to its end or until the world is stopped. */
  run(): void {
    const { plan, world, scenario } = this;
    for (const machine of this.#machines) machine.start();
    for (const { atMillis, machine, what } of plan.errands) {
      if (atMillis > plan.durationMillis) continue;
      world.after(atMillis, () => this.#machines[machine]?.ask(what));
    }
    plan.faults.forEach((fault, index) => {
      if (fault.atMillis > plan.durationMillis) return;
      world.after(fault.atMillis, () => this.#begin(fault, index));
    });
    world.run(world.startMillis + plan.durationMillis);
    if (world.isStopped) return;
    this.#calm();
    world.run(world.nowMillis + HEALING_MILLIS);
    if (world.isStopped) return;
    for (const machine of this.#machines) {
      for (const what of scenario.last) machine.ask(what);
    }
    world.run(world.nowMillis + LAST_MILLIS);
  }

  #begin(fault: Fault, index: number): void {
    const { world } = this;
    world.emit({ type: "fault.began", fault: fault.trouble, index });
    switch (fault.on) {
      case "process":
        return this.#strike(fault);
      case "network":
        return this.#blow(this.network.faults, fault, index);
      case "store":
        return this.#blow(this.store.faults, fault, index);
    }
  }

  #strike(fault: ProcessFault): void {
    const machine = this.#machines[fault.machine];
    switch (fault.trouble) {
      case "crash":
        return machine?.crash(fault.turns ?? 0, fault.forMillis);
      case "stop":
        return machine?.stop(fault.forMillis);
      case "hang":
        return machine?.hang(fault.forMillis);
      case "clock jump":
        return machine?.jump(fault.byMillis ?? 0);
    }
  }

  #blow<F extends NetworkFault | StoreFault>(faults: Set<F>, fault: F, index: number): void {
    faults.add(fault);
    this.world.after(fault.forMillis, () => {
      if (faults.delete(fault)) {
        this.world.emit({ type: "fault.ended", fault: fault.trouble, index });
      }
    });
  }

  #calm(): void {
    this.network.faults.clear();
    this.store.faults.clear();
    for (const machine of this.#machines) machine.recover();
    this.world.emit({ type: "world.quiet" });
  }
}
