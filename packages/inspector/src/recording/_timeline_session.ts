/**
 * Takes the states and leases of sessions into a timeline.
 *
 * @module
 */
import type { LeaseChanged, SessionChanged } from "@bellhop/core/protocol/observation";
import { type TimelineState, type Told, trim, type Writable } from "./_timeline_state.ts";
import type { LeaseSpan, SessionTrace } from "./trace.ts";

/** Takes one in. */
export function takeSession(
  state: TimelineState,
  told: Told,
  change: SessionChanged | LeaseChanged,
): void {
  const session = state.session(told, change.key);
  session.revision++;
  if (change.type === "session.changed") return changed(state, told, { session, change });
  const { seq, at } = told;
  switch (change.type) {
    case "lease.taken":
      endLease(session, told, "forgotten");
      session.leases.push({ seq, takenAt: at });
      trim(session.leases, state.limits.perFlow);
      return;
    case "lease.refused":
      session.refusals.push({ seq, at });
      trim(session.refusals, state.limits.perFlow);
      return;
    case "lease.released":
      return endLease(session, told, "released");
    case "lease.lost":
      return endLease(session, told, "lost");
  }
}

/** Ends the sessions of a process that has ended. */
export function loseSessions(state: TimelineState, told: Told): void {
  for (const session of state.sessions.values()) {
    if (session.process !== told.process || session.endedAt !== undefined) continue;
    endLease(session, told, "forgotten");
    session.endedAt = told.at;
    session.revision++;
  }
}

function changed(
  state: TimelineState,
  { seq, at }: Told,
  { session, change }: {
    readonly session: Writable<SessionTrace>;
    readonly change: SessionChanged;
  },
): void {
  const expiresAt = moved(change.expiresAtMillis, at - change.at);
  const dueAt = moved(change.dueAtMillis, at - change.at);
  session.steps.push({
    seq,
    at,
    name: change.name,
    path: change.path,
    version: change.version,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(typeof change.error !== "string" ? {} : { error: change.error }),
  });
  session.droppedSteps += trim(session.steps, state.limits.perFlow);
}

/** A time by the process' clock as one of the lines. Endless ones are none. */
function moved(millis: number | undefined, byMillis: number): number | undefined {
  return Number.isFinite(millis) ? (millis as number) + byMillis : undefined;
}

function endLease(
  session: Writable<SessionTrace>,
  { seq, at }: Told,
  end: LeaseSpan["end"],
): void {
  const last: Writable<LeaseSpan> | undefined = session.leases.at(-1);
  if (last === undefined || last.endSeq !== undefined) return;
  last.endSeq = seq;
  last.endedAt = at;
  last.end = end;
}
