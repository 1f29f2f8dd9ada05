/** Standings, events and steps for the tests of the session's chart. */
import { type AnyMachineSnapshot, initialTransition, transition } from "xstate";
import { pathOf } from "../../flow/path.ts";
import { session } from "../session.ts";
import type {
  SessionContext,
  SessionEmitted,
  SessionEvent,
  SessionFacts,
  SessionFault,
} from "../session_event.ts";

export const fresh: SessionFacts = {
  status: "active",
  version: 1,
  canRenew: true,
  rotates: true,
  isExpired: false,
  dueInMillis: 3_000_000,
  windowMillis: 0,
  isUnsaved: false,
};
export const due: SessionFacts = { ...fresh, dueInMillis: 0 };
export const lapsed: SessionFacts = { ...due, isExpired: true };
export const inDoubt: SessionFacts = { ...due, windowMillis: 120_000 };
export const unsaved: SessionFacts = { ...fresh, isUnsaved: true };
const nothing: SessionFacts = { ...lapsed, version: null, canRenew: false, rotates: false };
export const absent: SessionFacts = { ...nothing, status: "absent" };
export const revoked: SessionFacts = { ...nothing, status: "revoked" };
export const ended: SessionFacts = { ...nothing, status: "reauthorizationRequired" };
export const unrenewable: SessionFacts = { ...fresh, canRenew: false, rotates: false };
export const spent: SessionFacts = { ...unrenewable, dueInMillis: 0, isExpired: true };
export const acquiring: SessionFacts = { ...absent, canRenew: true };
export const all: ReadonlyArray<SessionFacts> = [
  fresh,
  lapsed,
  inDoubt,
  unsaved,
  absent,
  revoked,
  ended,
  unrenewable,
  spent,
  acquiring,
];

export const error: Error = new Error("no luck");

export function fault<const Type extends string>(
  type: Type,
  facts: SessionFacts = due,
): { readonly type: Type } & SessionFault {
  return { type, error, spread: 0, facts };
}

const input = { issuer: "https://as.example.com", clientId: "app", key: "work", variant: "a" };
export function wanted(variant: string): SessionEvent {
  return { type: "wanted", variant };
}

export const backoffOver: SessionEvent = timer("backoff", "backingOff");
export const unsavedOver: SessionEvent = timer("backoff", "renewing.unsaved");
export const renewalPoint: SessionEvent = timer("renewalPoint", "fresh");

function timer(delay: string, state: string): SessionEvent {
  return { type: `xstate.after.${delay}.session.${state}` } as unknown as SessionEvent;
}

/** What may answer in each state, whatever the facts. */
export function answersIn(path: string, facts: SessionFacts): ReadonlyArray<SessionEvent> {
  const saved = { ...facts, isUnsaved: false };
  const kept = facts.canRenew ? { ...facts, isUnsaved: true } : unsaved;
  const conflict: SessionEvent = { type: "conflict" };
  const storeFailed = fault("store_failed", facts);
  const keptOnly = fault("store_failed", kept);
  const read: ReadonlyArray<SessionEvent> = [
    { type: "current", facts: saved },
    { type: "due", facts: saved },
    { type: "unsaved", facts: kept },
    { type: "ended", facts: saved },
    storeFailed,
  ];
  const answers: Record<string, ReadonlyArray<SessionEvent>> = {
    acquiring: [{ type: "stored", facts: saved }, conflict, storeFailed],
    revoking: [{ type: "revoked", facts: revoked }, conflict, storeFailed],
    looking: read,
    fresh: [renewalPoint],
    backingOff: [backoffOver],
    "renewing.leasing": [{ type: "leased" }, fault("lease_failed", facts)],
    "renewing.rereading": read,
    "renewing.marking": [{ type: "marked" }, conflict, storeFailed],
    "renewing.requesting": [
      { type: "token" },
      { type: "invalid_grant" },
      fault("refused", facts),
      fault("unanswered", facts),
      { ...fault("unavailable", facts), retryAfterMillis: 90_000 },
      fault("lease_short", facts),
    ],
    "renewing.checking": [
      { type: "newer" },
      { type: "same" },
      { type: "ended", facts: saved },
      storeFailed,
    ],
    "renewing.writingDown": [{ type: "written", facts: ended }, conflict],
    "renewing.persisting": [{ type: "stored", facts: saved }, conflict, keptOnly],
    "renewing.reconciling": [{ type: "rebased" }, { type: "superseded", facts: saved }, keptOnly],
    "renewing.unsaved": [unsavedOver],
  };
  return answers[path] ?? [];
}

/** Those, and the loss of the lease. */
export function worldIn(path: string, facts: SessionFacts): ReadonlyArray<SessionEvent> {
  const own = answersIn(path, facts);
  return path.startsWith("renewing.") ? [...own, fault("lease_lost", facts)] : own;
}

export const resting: ReadonlyArray<string> = [
  "absent",
  "fresh",
  "stale",
  "expired",
  "reauthorizationRequired",
  "revoked",
];
export interface Stand {
  readonly snapshot: AnyMachineSnapshot;
  readonly path: string;
  readonly context: SessionContext;
}

export function stand(snapshot: unknown): Stand {
  const known = snapshot as AnyMachineSnapshot;
  return { snapshot: known, path: pathOf(known.value), context: known.context as SessionContext };
}

export function begin(facts: SessionFacts): Stand {
  return stand(initialTransition(session, { ...input, ...facts })[0]);
}

export function step(
  { snapshot }: Stand,
  event: SessionEvent,
): { readonly next: Stand; readonly emitted: ReadonlyArray<SessionEmitted> } {
  const [next, commands] = transition(session, snapshot as never, event);
  const emitted = commands.flatMap(({ type, params }) =>
    (type as string) === "xstate.emit" ? [(params as { readonly event: SessionEmitted }).event] : []
  );
  return { next: stand(next), emitted };
}
