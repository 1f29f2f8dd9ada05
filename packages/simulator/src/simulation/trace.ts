/**
 * The trace of a run: one line for each thing that happened. The same seed gives the same lines on
 * every runtime.
 *
 * @module
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { WorldEvent } from "../world/world_event.ts";

/**
 * Writes something that happened as a line of JSON, its members in the order in which they were made.
 * Of a fault in the program only the kind is there: the rest would be the words of a runtime.
 */
export function traceLine(event: WorldEvent): string {
  switch (event.type) {
    case "process.faulted":
      return JSON.stringify({ ...event, fault: event.fault.split(":", 1)[0] });
    case "violated":
      return JSON.stringify(
        event.invariant === "noFault" ? { ...event, detail: "a fault in the program" } : event,
      );
    default:
      return JSON.stringify(event);
  }
}

/**
 * Gives the SHA-256 digest of a trace, in hex: two runs with the same digest took the same course.
 *
 * ```ts
 * import { equal, notEqual } from "node:assert/strict";
 * import { mixed } from "@bellhop/simulator/scenario/mixed";
 * import { run } from "@bellhop/simulator/simulation/simulation";
 * import { digestOf } from "@bellhop/simulator/simulation/trace";
 *
 * const digest = (seed: number) =>
 *   digestOf(run({ seed, scenario: mixed, processes: 2, faults: "light" }).events);
 * equal(digest(7), digest(7));
 * notEqual(digest(7), digest(8));
 * ```
 */
export function digestOf(events: ReadonlyArray<WorldEvent>): string {
  const hash = sha256.create();
  for (const event of events) hash.update(utf8ToBytes(`${traceLine(event)}\n`));
  return bytesToHex(hash.digest());
}
