/**
 * How a chart's states and events are written for people and for traces.
 *
 * @module
 */

/** A state's value as XState gives it: a name, or names by region. */
export type StateValue = string | { readonly [region: string]: StateValue | undefined };

/**
 * Writes a state's value as a dotted path; regions side by side are joined by a comma.
 *
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { pathOf } from "@bellhop/core/flow/path";
 *
 * strictEqual(pathOf({ awaitingUser: "polling" }), "awaitingUser.polling");
 * ```
 */
export function pathOf(value: StateValue): string {
  if (typeof value === "string") return value;
  return Object.entries(value)
    .map(([region, inner]) => {
      const rest = inner === undefined ? "" : pathOf(inner);
      return rest === "" ? region : `${region}.${rest}`;
    })
    .join(",");
}

/**
 * Writes an event's name; XState's name for a timer becomes `after` and the delay's name.
 *
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { eventName } from "@bellhop/core/flow/path";
 *
 * strictEqual(eventName("slow_down"), "slow_down");
 * strictEqual(eventName("xstate.after.interval.device.waiting"), "after interval");
 * ```
 */
export function eventName(type: string): string {
  if (!type.startsWith("xstate.after.")) return type === "xstate.init" ? "start" : type;
  const rest = type.slice("xstate.after.".length);
  const end = rest.indexOf(".");
  return `after ${end < 0 ? rest : rest.slice(0, end)}`;
}
