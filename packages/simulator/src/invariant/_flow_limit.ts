/** How long a flow may take, as it follows from the limits in its own context. */
import type { FlowStarted, FlowTransition } from "@bellhop/core/protocol/observation";

/** A chart that sets itself no limit: the life of a code, and a request that comes too late. */
const ANY_MILLIS = 660_000;

/** The limits of all charts; each has some of them. */
interface Limits {
  readonly requestLimitMillis?: number;
  readonly retryForMillis?: number;
  readonly lifetimeMillis?: number;
  readonly validationLimitMillis?: number;
}

/** The limit of a flow that begins. Nothing for a session, which rests and does not end. */
export function limitOf({ chart, context }: FlowStarted): number | undefined {
  if (chart === "session") return undefined;
  const limits = context as Limits;
  const { requestLimitMillis, retryForMillis, lifetimeMillis = 0 } = limits;
  if (requestLimitMillis === undefined) return ANY_MILLIS;
  switch (chart) {
    case "deviceAuthorization":
      return lifetimeMillis + requestLimitMillis;
    case "authorizationCode":
      return lifetimeMillis + redemptionMillis(limits);
    default:
      // Patience ends a wait, and never a request that is under way.
      return retryForMillis === undefined ? ANY_MILLIS : retryForMillis + requestLimitMillis;
  }
}

/** How much longer a flow may take after this step, where that says so. */
export function limitAfter({ event, to, context }: FlowTransition): number | undefined {
  const limits = context as Limits;
  // What the server says of a code's life counts from when it says so.
  if (event === "device_code") return limits.lifetimeMillis;
  return to === "redeeming" ? redemptionMillis(limits) : undefined;
}

function redemptionMillis({ requestLimitMillis = 0, validationLimitMillis = 0 }: Limits): number {
  return requestLimitMillis + validationLimitMillis;
}
