/**
 * A chart as JSON that XState's `createMachine` reads, and with it the tools for XState.
 *
 * ```ts
 * import { session } from "@bellhop/core/chart/session";
 * import { graphOf } from "@bellhop/inspector/diagram/graph_of";
 * import { xstateJson } from "@bellhop/inspector/diagram/xstate_json";
 * import { deepStrictEqual } from "node:assert/strict";
 * import { createMachine } from "xstate";
 *
 * const again = createMachine(JSON.parse(xstateJson(session)));
 * deepStrictEqual(graphOf(again), graphOf(session));
 * ```
 *
 * @module
 */
import * as Formatter from "effect/Formatter";
import type { AnyStateMachine, AnyStateNode } from "xstate";

/**
 * Writes a machine's configuration. Guards, actions, delays and operations are in it by their names,
 * those that are written in place by `guard`, `action` and the like; other functions, such as one
 * that makes the context of an input, have no form in JSON and are left out.
 */
export function xstateJson(chart: AnyStateMachine): string {
  return Formatter.formatJson(stateOf(chart.root), { space: 2 });
}

type Members = Readonly<Record<string, unknown>>;

/** What a function is called that stands where a name could. */
const words: ReadonlyMap<string, string> = new Map([
  ["guard", "guard"],
  ["actions", "action"],
  ["entry", "action"],
  ["exit", "action"],
]);

function stateOf(state: AnyStateNode): Members {
  const { invoke, states, ...own } = state.config as Members;
  return {
    ...written(own, "") as Members,
    // With the names that XState gave to operations which are written in place.
    ...(invoke === undefined ? {} : { invoke: written(state.invoke, "") }),
    ...(states === undefined ? {} : { states: mapped(state.states, stateOf) }),
  };
}

function written(value: unknown, name: string): unknown {
  if (typeof value === "function") return words.get(name);
  if (Array.isArray(value)) return value.map((item) => written(item, name));
  return isPlain(value) ? mapped(value, written) : value;
}

function mapped<A>(
  members: Readonly<Record<string, A>>,
  write: (member: A, name: string) => unknown,
): Members {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, write(member, name)]),
  );
}

/** Whatever is an instance of something knows how it is written. */
function isPlain(value: unknown): value is Members {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}
