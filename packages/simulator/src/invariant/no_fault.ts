/**
 * Nothing that goes wrong around a program is a fault within it.
 *
 * @module
 */
import type { Observed, WorldEvent } from "../world/world_event.ts";
import type { Invariant } from "./invariant.ts";

/** No defect in a fiber, awaited or not, in an operation or a flow; no loop that takes no time. */
export const noFault: Invariant = {
  name: "noFault",
  sentence: "No trouble around a process becomes a defect in it, or a loop that lets no time pass",
  watch: () => ({ on: faultOf }),
};

function faultOf(event: WorldEvent): string | undefined {
  switch (event.type) {
    case "process.spun":
      return `${event.process} never lets time go on`;
    case "process.faulted":
      return `${event.process} ended "${event.what}" with a defect: ${event.fault}`;
    case "observed":
      return observedFaultOf(event);
    default:
      return undefined;
  }
}

function observedFaultOf({ process, observation }: Observed): string | undefined {
  switch (observation.type) {
    case "operation.ended":
      return observation.answer === "defect"
        ? `${process} ended operation "${observation.operation}" with a defect`
        : undefined;
    case "flow.ended":
      return observation.outcome === "defect"
        ? `${process} ended a flow in "${observation.path}" with a defect`
        : undefined;
    default:
      return undefined;
  }
}
