/**
 * Copies of core's flows in one process: each with code of its own, so that neither runs on what the
 * compiler learned from the other, and one of them with a reporter that does nothing.
 *
 * @module
 */
import { registerHooks } from "node:module";
import type * as Flow from "@bellhop/core/flow/flow";

const flow = import.meta.resolve("@bellhop/core/flow/flow");
const core = new URL("..", flow).href;
const reporter = new URL("_reporter.ts", flow).href;
const silent = new URL("silent_reporter.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context);
    const copy = context.parentURL === undefined
      ? null
      : new URL(context.parentURL).searchParams.get("copy");
    if (copy === null || !resolved.url.startsWith(core) || resolved.url.includes("?")) {
      return resolved;
    }
    const url = copy === "silent" && resolved.url === reporter ? silent : resolved.url;
    return { ...resolved, url: `${url}?copy=${copy}` };
  },
});

/** Loads a copy: as it is under two names, or one that never looks for an observer. */
export function copyOfFlow(
  copy: "plain" | "silent" | "observed",
): Promise<typeof Flow> {
  return import(`${flow}?copy=${copy}`);
}
