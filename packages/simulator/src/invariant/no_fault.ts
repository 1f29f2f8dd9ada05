/**
 * Nothing that goes wrong around a program is a fault within it.
 *
 * @module
 */
import type { Invariant } from "./invariant.ts";

/** No defect, no promise that fails unseen, no loop without an end. */
export const noFault: Invariant = {
  name: "noFault",
  sentence: "No trouble around a process becomes a defect in it, or a loop that lets no time pass",
  watch: () => ({
    on: (event) => {
      if (event.type === "process.spun") return `${event.process} never lets time go on`;
      return event.type === "process.faulted"
        ? `${event.process} ended "${event.what}" with a defect: ${event.fault}`
        : undefined;
    },
  }),
};
