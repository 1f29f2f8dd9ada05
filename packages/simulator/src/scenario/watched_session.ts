/**
 * A session whose callers the world sees, so that the invariants that speak of callers hold for a
 * program of one's own.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { open } from "@bellhop/core/session/session";
 * import { make } from "@bellhop/simulator/scenario/program";
 * import { publicClient } from "@bellhop/simulator/scenario/simulated_client";
 * import { watched } from "@bellhop/simulator/scenario/watched_session";
 * import { run } from "@bellhop/simulator/simulation/simulation";
 * import { equal } from "node:assert/strict";
 *
 * const scenario = make({
 *   name: "reports",
 *   signedIn: ["reports"],
 *   start: (process) =>
 *     Effect.gen(function* () {
 *       const session = watched(process, yield* open({ key: "reports", client: publicClient }));
 *       return { ask: Effect.suspend(() => session.token()) };
 *     }),
 * });
 * const { violation, events } = run({ seed: 1, scenario, processes: 2, faults: "light" });
 * equal(violation, undefined);
 * equal(events.some((event) => event.type === "caller.got" && event.key === "reports"), true);
 * ```
 *
 * @module
 */
import { identity } from "effect/Function";
import type { Session, TokenOptions } from "@bellhop/core/session/session";
import type { Process } from "../world/process.ts";
import { tell } from "./caller.ts";

/**
 * Gives a session that does as the one that it is given, and tells the world who asks it for what. The
 * module's example shows it.
 *
 * A process has one session of a key at a time: two that are open at once would be taken for one.
 *
 * @param process Whose callers they are.
 * @param session What answers them.
 */
export function watched(process: Process, session: Session): Session {
  const { key } = session;
  return {
    key,
    token: (options) =>
      tell(process, { what: tokenWords(options), key, tokensOf: identity }, session.token(options)),
    // The refused token itself may be given back: what comes is not told as one that is good.
    replace: (rejected, options) =>
      tell(process, { what: "replace", key }, session.replace(rejected, options)),
    signIn: (tokens, request) =>
      tell(process, { what: "sign in", key }, session.signIn(tokens, request)),
    revoke: () => tell(process, { what: "sign out", key }, session.revoke()),
    introspect: (options) =>
      tell(process, { what: "introspect", key }, session.introspect(options)),
    state: session.state,
    changes: session.changes,
  };
}

/** `token` where any token of the session will do. */
function tokenWords({ scope, resource, minTtlMillis = 0 }: TokenOptions = {}): string {
  return [
    "token",
    ...(scope === undefined ? [] : [`of scope "${scope.join(" ")}"`]),
    ...(resource === undefined ? [] : [`for ${resource.join(" and ")}`]),
    ...(minTtlMillis > 0 ? [`that lives ${minTtlMillis} ms`] : []),
  ].join(" ");
}
