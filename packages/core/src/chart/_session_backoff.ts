/** How long a session waits after a failure, and which of its events are failures. */
import type { SessionEvent, SessionFault } from "./session_event.ts";

const FIRST_MILLIS = 500;
const MAX_MILLIS = 60_000;
/** A server that asks for more is asked again after this. */
const MAX_ASKED_MILLIS = 3_600_000;

/** Events that carry why something failed. */
export const faults = [
  "store_failed",
  "lease_lost",
  "lease_failed",
  "refused",
  "unanswered",
  "unavailable",
  "lease_short",
] as const;

/** Twice the last wait within bounds, and no less than the server asked; then a little spread. */
export function backOffMillis(
  lastMillis: number,
  fault: Extract<SessionEvent, SessionFault>,
): number {
  const asked = "retryAfterMillis" in fault ? fault.retryAfterMillis ?? 0 : 0;
  const doubled = Math.min(MAX_MILLIS, Math.max(FIRST_MILLIS, lastMillis * 2));
  const millis = Math.max(doubled, Math.min(MAX_ASKED_MILLIS, asked));
  return Math.ceil(millis * (1 + fault.spread / 4));
}
