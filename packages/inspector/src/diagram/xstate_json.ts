/**
 * A chart as XState's own JSON, which tools for XState read.
 *
 * ```ts
 * import { session } from "@bellhop/core/chart/session";
 * import { xstateJson } from "@bellhop/inspector/diagram/xstate_json";
 * import { strictEqual } from "node:assert/strict";
 *
 * strictEqual(JSON.parse(xstateJson(session)).id, "session");
 * ```
 *
 * @module
 */
import * as Formatter from "effect/Formatter";
import type { AnyStateMachine } from "xstate";

/**
 * Writes a machine's definition. What it does is told by names; functions have none in JSON and are
 * left out.
 */
export function xstateJson(chart: AnyStateMachine): string {
  return Formatter.formatJson(chart.toJSON(), { space: 2 });
}
