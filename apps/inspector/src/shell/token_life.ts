/** How long a session's token lives, and who may renew it. */
import type { Moment } from "@bellhop/inspector/recording/moment";
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { SessionStep, SessionTrace } from "@bellhop/inspector/recording/trace";
import { hasHappened } from "./moment.ts";

/** From when to when a token lives, in milliseconds since the epoch. */
export interface TokenLife {
  /** When it was first seen. */
  readonly bornAt: number;
  /** When it expires. */
  readonly expiresAt: number;
}

/** The life of the token that a session has with a step; `undefined`: none is known. */
export function tokenLife(
  { steps }: SessionTrace,
  { expiresAt, at }: SessionStep,
): TokenLife | undefined {
  if (expiresAt === undefined) return undefined;
  const first = steps.find((step) => step.expiresAt === expiresAt)?.at ?? at;
  return { bornAt: Math.min(first, expiresAt - 1), expiresAt };
}

/** The process that holds the lease of a key at a moment: of several the one that took it last. */
export function holderAt(
  { sessions }: Timeline,
  key: string,
  moment: Moment,
): string | undefined {
  let holder: string | undefined;
  let since = -1;
  for (const session of sessions.values()) {
    if (session.key !== key) continue;
    const lease = session.leases.findLast(({ seq, takenAt }) =>
      hasHappened({ seq, at: takenAt }, moment)
    );
    if (lease === undefined || lease.seq < since) continue;
    const { endSeq, endedAt } = lease;
    const isOver = endSeq !== undefined && endedAt !== undefined &&
      hasHappened({ seq: endSeq, at: endedAt }, moment);
    if (!isOver) [holder, since] = [session.process, lease.seq];
  }
  return holder;
}
