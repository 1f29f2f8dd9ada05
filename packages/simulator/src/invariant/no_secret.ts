/**
 * What is observed can be shown to anybody.
 *
 * @module
 */
import { isPlantedIn } from "../server/secret.ts";
import type { WorldEvent } from "../world/world_event.ts";
import type { Invariant } from "./invariant.ts";

/** No secret in anything that is observed, said or failed with, nor in a URL. */
export const noSecret: Invariant = {
  name: "noSecret",
  sentence: "No observation, error, trace or URL holds a secret",
  watch: () => ({
    on: (event) =>
      isPlantedIn(event)
        ? `a secret is in event ${event.seq}, which is "${event.type}"`
        : besideOf(event),
  }),
};

/** Secrets that the event tells of, and does not hold. */
function besideOf(event: WorldEvent): string | undefined {
  switch (event.type) {
    case "http.sent":
      return event.holdsSecret === true
        ? `${event.process} sent request ${event.request} with a secret in its URL`
        : undefined;
    case "caller.failed":
      return event.holdsSecret === true
        ? `${event.process} failed with ${event.reason}, which holds a secret`
        : undefined;
    default:
      return undefined;
  }
}
