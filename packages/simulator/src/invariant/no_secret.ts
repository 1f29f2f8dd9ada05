/**
 * What is observed can be shown to anybody.
 *
 * @module
 */
import { isPlanted } from "../server/secret.ts";
import type { WorldEvent } from "../world/world_event.ts";
import type { Invariant } from "./invariant.ts";

/** No secret in anything that is observed, said or failed with. */
export const noSecret: Invariant = {
  name: "noSecret",
  sentence: "No observation, error or trace holds a secret",
  watch: () => ({
    on: (event) =>
      isTold(event) && isPlanted(JSON.stringify(event))
        ? `a secret is in event ${event.seq}, which is "${event.type}"`
        : undefined,
  }),
};

function isTold({ type }: WorldEvent): boolean {
  return type === "observed" || type === "process.faulted" || type === "caller.failed";
}
