/** How long a session waits after a failure, and which of its events are failures. */
import type { SessionEvent, SessionFault } from "./session_event.ts";

const FIRST_MILLIS = 500;
const MAX_MILLIS = 60_000;
/** The store is tried as often as a lease gives signs of life while memory alone holds a token. */
const MAX_UNSAVED_MILLIS = 10_000;
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

type Fault = Extract<SessionEvent, SessionFault>;

/**
 * Twice the last wait within bounds, and no less than the server asked; then a little spread. What a
 * server refuses for one variant keeps the family waiting no longer than the first time.
 */
export function backOffMillis(lastMillis: number, fault: Fault): number {
  if (fault.type === "refused") return spreadOut(FIRST_MILLIS, fault);
  const doubled = Math.min(maxMillis(fault), Math.max(FIRST_MILLIS, lastMillis * 2));
  return spreadOut(Math.max(doubled, askedMillis(fault)), fault);
}

function maxMillis({ type, facts }: Fault): number {
  const isStores = type !== "unanswered" && type !== "unavailable";
  return isStores && facts.isUnsaved ? MAX_UNSAVED_MILLIS : MAX_MILLIS;
}

/** For how long what was refused is not asked for again. */
export function refusalMillis(fault: Fault): number {
  return spreadOut(Math.max(FIRST_MILLIS, askedMillis(fault)), fault);
}

function askedMillis(fault: Fault): number {
  const asked = "retryAfterMillis" in fault ? fault.retryAfterMillis ?? 0 : 0;
  return Math.min(MAX_ASKED_MILLIS, asked);
}

function spreadOut(millis: number, { spread }: Fault): number {
  return Math.ceil(millis * (1 + spread / 4));
}
