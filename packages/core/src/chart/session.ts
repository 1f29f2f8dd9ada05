/**
 * The life of a session as a chart: how a token family is renewed, backs off, is stored, and ends.
 *
 * It is the one chart that rests instead of ending. It holds versions and times; the tokens sit
 * beside it. A session stands for one refresh token, so it renews for one `variant` at a time: a
 * scope and resource that an access token is asked for.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-6 | RFC 6749 section 6}
 * @module
 */
import { assertEvent, assign, emit, setup } from "xstate";
import { backOffMillis, faults, refusalMillis } from "./_session_backoff.ts";
import { operations } from "./_session_operations.ts";
import { backOff, done, ended, kept, next, peopleFirst, unsavedFirst } from "./_session_steps.ts";
import type {
  SessionContext,
  SessionEmitted,
  SessionEvent,
  SessionInput,
} from "./session_event.ts";

/** What the next step is for. */
const ofVariant = ({ context: { variant } }: { readonly context: SessionContext }) => ({ variant });

/** The session. RFC 6749 section 6, RFC 9700 section 4.14. */
export const session = setup({
  types: {
    input: {} as SessionInput,
    context: {} as SessionContext,
    events: {} as SessionEvent,
    emitted: {} as SessionEmitted,
  },
  actors: operations,
  delays: {
    renewalPoint: ({ context }) => context.dueInMillis,
    backoff: ({ context }) => context.waitMillis,
  },
  guards: {
    isToBeRevoked: ({ context }) => context.isToBeRevoked,
    isSignedIn: ({ context }) => context.isSignedIn,
    isAbsent: ({ context }) => context.status === "absent",
    isRevoked: ({ context }) => context.status === "revoked",
    isEnded: ({ context }) => context.status === "reauthorizationRequired",
    isInDoubt: ({ context }) => context.canRenew && context.windowMillis > 0,
    isBeyondRenewal: ({ context }) => context.isExpired && !context.canRenew,
    isDue: ({ context }) => context.dueInMillis <= 0,
    canRenew: ({ context }) => context.canRenew,
    becomesRotating: ({ event }) => "facts" in event && event.facts.rotates,
    becomesRenewable: ({ event }) => "facts" in event && event.facts.canRenew,
    staysUnsaved: ({ event }) => "facts" in event && event.facts.isUnsaved,
    rotatesNothing: ({ context }) => context.canRenew && !context.rotates,
    hasNext: ({ context }) => context.queue.length > 0,
    hasNextToRenew: ({ context }) => context.canRenew && context.queue.length > 0,
    isUnsaved: ({ context }) => context.isUnsaved,
    isBesideRefusal: ({ context: { canRenew, isRefused, variant }, event }) =>
      canRenew && isRefused && event.type === "wanted" && event.variant !== variant,
  },
  actions: {
    keepFacts: assign(({ event }) => "facts" in event ? event.facts : {}),
    keepSuccess: assign({ waitMillis: 0, askWaitMillis: 0, error: undefined }),
    take: assign(({ event }) => {
      assertEvent(event, "wanted");
      return { variant: event.variant };
    }),
    join: assign(({ context: { queue, variant }, event }) => {
      assertEvent(event, "wanted");
      const isKnown = event.variant === variant || queue.includes(event.variant);
      return isKnown ? {} : { queue: [...queue, event.variant] };
    }),
    enqueue: assign(({ context: { queue }, event }) => {
      assertEvent(event, "wanted");
      return queue.includes(event.variant) ? {} : { queue: [...queue, event.variant] };
    }),
    clearQueue: assign({ queue: [] }),
    takeNext: assign(({ context: { queue, variant } }) => {
      const [next = variant, ...rest] = queue;
      return { variant: next, queue: rest };
    }),
    keepSignIn: assign({ isSignedIn: true }),
    dropSignIn: assign({ isSignedIn: false }),
    keepRevocation: assign({ isToBeRevoked: true }),
    dropRevocation: assign({ isToBeRevoked: false }),
    backOff: assign(({ context, event }) => {
      assertEvent(event, faults);
      const { error, facts } = event;
      const waitMillis = backOffMillis(context.waitMillis, event);
      const windowMillis = event.type === "refused" ? 0 : facts.windowMillis - waitMillis;
      // As it all will be when the wait is over.
      return {
        ...facts,
        dueInMillis: Math.max(0, facts.dueInMillis - waitMillis),
        windowMillis: Math.max(0, windowMillis),
        waitMillis,
        isRefused: event.type === "refused",
        error,
      };
    }),
    holdOff: assign(({ context: { askWaitMillis }, event }) => {
      assertEvent(event, ["refused", "unanswered", "unavailable", "lease_short"]);
      return { askWaitMillis: backOffMillis(askWaitMillis, event) };
    }),
    settle: emit(({ context }) => ({ type: "settled" as const, variant: context.variant })),
    settleAll: emit({ type: "settled" as const, variant: undefined }),
    fail: emit(({ context, event }) => ({
      type: "failed" as const,
      variant: event.type === "refused" ? context.variant : undefined,
      error: context.error as Error,
      retryInMillis: event.type === "refused" ? refusalMillis(event) : context.waitMillis,
    })),
    tellHeldOff: emit(({ context: { askWaitMillis }, event }) => {
      assertEvent(event, ["unanswered", "unavailable", "lease_short"]);
      return { type: "heldOff" as const, error: event.error, retryInMillis: askWaitMillis };
    }),
    refuse: emit(({ context: { variant }, event }) => {
      assertEvent(event, "refused");
      const { error } = event;
      return { type: "refused" as const, variant, error, retryInMillis: refusalMillis(event) };
    }),
    tellUnsaved: emit(({ context: { error } }) => ({ type: "unsaved", error: error as Error })),
    tellUnstored: emit(({ event }) => {
      assertEvent(event, "store_failed");
      return { type: "unstored" as const, error: event.error };
    }),
  },
}).createMachine({
  id: "session",
  version: "1",
  context: ({ input }) => ({
    ...input,
    queue: [],
    waitMillis: 0,
    askWaitMillis: 0,
    isRefused: false,
    isSignedIn: false,
    isToBeRevoked: false,
  }),
  initial: "settling",
  on: {
    signed_in: ".acquiring",
    revoke: ".revoking",
  },
  states: {
    settling: {
      description: "Looks at what is known and goes to where that belongs",
      always: [
        ...peopleFirst,
        { guard: "isRevoked", target: "revoked" },
        { guard: "isEnded", target: "reauthorizationRequired" },
        { guard: "isUnsaved", target: "renewing" },
        { guard: "isAbsent", target: "absent" },
        { guard: "isInDoubt", target: "renewing" },
        { guard: "isBeyondRenewal", target: "expired" },
        { guard: "isDue", target: "stale" },
        { target: "fresh" },
      ],
    },
    absent: {
      description: "Nothing lies under the key",
      on: {
        wanted: [
          { guard: "canRenew", target: "renewing", actions: "take" },
          { target: "looking", actions: "take" },
        ],
      },
    },
    acquiring: {
      description: "Stores the tokens of a login in the place of what was held",
      invoke: { id: "adopt", src: "adopt" },
      on: {
        stored: { target: "settling", actions: done },
        conflict: { target: "acquiring", reenter: true },
        store_failed: { target: "settling", actions: ["tellUnstored", ...ended] },
        wanted: { actions: "enqueue" },
        signed_in: { actions: "keepSignIn" },
        revoke: { actions: "keepRevocation" },
      },
    },
    fresh: {
      description: "The token is good and not due",
      after: {
        renewalPoint: [{ guard: "canRenew", target: "stale" }, { target: "expired" }],
      },
      on: {
        wanted: [
          { guard: "canRenew", target: "renewing", actions: "take" },
          { target: "looking", actions: "take" },
        ],
      },
    },
    stale: {
      description: "The token is due: the next caller starts its renewal",
      on: { wanted: { target: "renewing", actions: "take" } },
    },
    renewing: {
      description: "Renews as the only one who may, whatever process they are in",
      initial: "leasing",
      invoke: { id: "holdLease", src: "holdLease" },
      on: {
        wanted: { actions: "join" },
        signed_in: { actions: "keepSignIn" },
        revoke: { actions: "keepRevocation" },
        lease_lost: [
          { guard: "rotatesNothing", target: ".requesting" },
          { target: "backingOff", actions: "backOff" },
        ],
        lease_failed: [
          { guard: "rotatesNothing", target: ".requesting" },
          { target: "backingOff", actions: "backOff" },
        ],
      },
      states: {
        leasing: {
          description: "Waits for the lease that all who share the store renew under",
          invoke: { id: "awaitLease", src: "awaitLease" },
          // Neither waits for whoever holds the lease: nothing was begun here.
          always: peopleFirst,
          on: {
            leased: "rereading",
            signed_in: "#session.acquiring",
            revoke: "#session.revoking",
          },
        },
        rereading: {
          description: "Reads again: another process may have renewed meanwhile",
          invoke: { id: "read", src: "read", input: ofVariant },
          on: {
            current: [
              { guard: "hasNext", target: "rereading", reenter: true, actions: next },
              { target: "#session.settling", actions: done },
            ],
            due: [
              { guard: "becomesRotating", target: "marking", actions: "keepFacts" },
              { guard: "becomesRenewable", target: "requesting", actions: "keepFacts" },
              { target: "#session.settling", actions: ended },
            ],
            unsaved: { target: "persisting", actions: "keepFacts" },
            ended: { target: "#session.settling", actions: ended },
            store_failed: [
              { guard: "rotatesNothing", target: "requesting" },
              { guard: "staysUnsaved", target: "unsaved", actions: kept },
              backOff,
            ],
          },
        },
        marking: {
          description: "Writes down which refresh token is about to be used",
          invoke: { id: "mark", src: "mark" },
          on: {
            marked: "requesting",
            conflict: "rereading",
            store_failed: backOff,
          },
        },
        requesting: {
          description: "Sends the one token request of this attempt (RFC 6749 section 6)",
          invoke: { id: "request", src: "request", input: ofVariant },
          on: {
            token: { target: "persisting", actions: "keepSuccess" },
            invalid_grant: "checking",
            refused: [
              { ...unsavedFirst, actions: ["holdOff", "refuse"] },
              { guard: "hasNext", target: "rereading", actions: ["refuse", "takeNext"] },
              { target: "#session.backingOff", actions: ["refuse", "backOff"] },
            ],
            unanswered: [unsavedFirst, backOff],
            unavailable: [unsavedFirst, backOff],
            lease_short: [unsavedFirst, backOff],
            // What was sent is sent, and its answer may be the only copy of the next refresh token.
            lease_lost: {},
          },
        },
        checking: {
          description: "The refresh token was refused: does the store hold a newer one?",
          invoke: { id: "recheck", src: "recheck" },
          on: {
            newer: "rereading",
            same: "writingDown",
            ended: { target: "#session.settling", actions: ended },
            store_failed: backOff,
          },
        },
        writingDown: {
          description: "Writes down that the user must log in again, so that nobody asks any more",
          invoke: { id: "writeDown", src: "writeDown" },
          on: {
            written: { target: "#session.settling", actions: ended },
            conflict: "checking",
            lease_lost: {},
          },
        },
        persisting: {
          description: "Stores the new tokens before anybody gets them",
          invoke: { id: "persist", src: "persist" },
          on: {
            stored: [
              { guard: "hasNext", target: "rereading", actions: next },
              { target: "#session.settling", actions: done },
            ],
            conflict: "reconciling",
            store_failed: { target: "unsaved", actions: kept },
            lease_lost: {},
          },
        },
        reconciling: {
          description: "Another wrote meanwhile: the newer record is used, or ours goes on top",
          invoke: { id: "reconcile", src: "reconcile" },
          on: {
            rebased: "persisting",
            superseded: { target: "#session.settling", actions: done },
            store_failed: { target: "unsaved", actions: kept },
            lease_lost: {},
          },
        },
        unsaved: {
          description: "The server has rotated and the store cannot be written: memory holds it",
          always: [
            ...peopleFirst,
            { guard: "hasNext", target: "requesting", actions: "takeNext" },
          ],
          after: { backoff: "persisting" },
          on: {
            wanted: { target: "requesting", actions: "take" },
            signed_in: "#session.acquiring",
            revoke: "#session.revoking",
            lease_lost: {},
          },
        },
      },
    },
    backingOff: {
      description: "Waits before it tries again; meanwhile the token is used as long as it lives",
      entry: ["fail", "clearQueue"],
      always: peopleFirst,
      after: {
        backoff: [
          { guard: "hasNextToRenew", target: "renewing", actions: "takeNext" },
          { guard: "hasNext", target: "looking", actions: "takeNext" },
          { target: "settling" },
        ],
      },
      on: {
        wanted: [
          { guard: "isBesideRefusal", target: "renewing", actions: "take" },
          { actions: "enqueue" },
        ],
      },
    },
    looking: {
      description: "Reads the store, since another process may know better",
      invoke: { id: "look", src: "read", input: ofVariant },
      on: {
        current: { target: "settling", actions: done },
        unsaved: { target: "settling", actions: ended },
        due: [
          { guard: "becomesRenewable", target: "renewing", actions: "keepFacts" },
          { target: "settling", actions: ended },
        ],
        ended: { target: "settling", actions: ended },
        store_failed: { target: "backingOff", actions: "backOff" },
        wanted: { actions: "join" },
        signed_in: { actions: "keepSignIn" },
        revoke: { actions: "keepRevocation" },
      },
    },
    expired: {
      description: "The token has expired, and nothing can renew it",
      on: { wanted: { target: "looking", actions: "take" } },
    },
    reauthorizationRequired: {
      description: "The server does not renew any more: the user must log in again",
      on: { wanted: { target: "looking", actions: "take" } },
    },
    revoking: {
      description: "Tells the server that the tokens are no longer needed (RFC 7009 section 2)",
      entry: "dropRevocation",
      invoke: { id: "revoke", src: "revoke" },
      on: {
        revoked: { target: "settling", actions: ended },
        conflict: { target: "revoking", reenter: true },
        store_failed: { target: "settling", actions: ["tellUnstored", ...ended] },
        wanted: { actions: "enqueue" },
        signed_in: { actions: "keepSignIn" },
        revoke: { actions: "keepRevocation" },
      },
    },
    revoked: {
      description: "The session was revoked here",
      on: { wanted: { target: "looking", actions: "take" } },
    },
  },
});
