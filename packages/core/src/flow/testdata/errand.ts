/** A small chart that uses everything a chart may use: for the tests of `flow/`. */
import { assign, emit, setup } from "xstate";
import { operation } from "../../chart/operation.ts";

export type ErrandEvent =
  | { readonly type: "fetched"; readonly what: string }
  | { readonly type: "delivered" }
  | { readonly type: "nudge" }
  | { readonly type: "cancel" };

export const errand = setup({
  types: {
    input: {} as { readonly restMillis: number },
    context: {} as {
      readonly restMillis: number;
      readonly nudges: number;
      readonly what: string;
    },
    events: {} as ErrandEvent,
    emitted: {} as { readonly type: "nudged"; readonly nudges: number },
    output: {} as { readonly _tag: "Delivered" | "Late" | "Cancelled"; readonly nudges: number },
  },
  actors: {
    fetch: operation<
      { readonly from: string },
      { readonly type: "fetched"; readonly what: string }
    >(),
    deliver: operation<{ readonly what: string }, { readonly type: "delivered" }>(),
  },
  delays: { rest: ({ context }) => context.restMillis, deadline: 60_000 },
  actions: {
    nudge: assign({ nudges: ({ context }) => context.nudges + 1 }),
    tellNudge: emit(({ context }) => ({ type: "nudged" as const, nudges: context.nudges })),
  },
}).createMachine({
  id: "errand",
  version: "1",
  context: ({ input }) => ({ restMillis: input.restMillis, nudges: 0, what: "" }),
  initial: "under way",
  states: {
    "under way": {
      initial: "fetching",
      after: { deadline: "late" },
      on: { cancel: "cancelled", nudge: { actions: ["nudge", "tellNudge"] } },
      states: {
        fetching: {
          invoke: { id: "fetch", src: "fetch", input: { from: "the shop" } },
          on: {
            fetched: { target: "resting", actions: assign({ what: ({ event }) => event.what }) },
          },
        },
        resting: { after: { rest: "delivering" } },
        delivering: {
          invoke: {
            id: "deliver",
            src: "deliver",
            input: ({ context }) => ({ what: context.what }),
          },
          on: { delivered: "#errand.done" },
        },
      },
    },
    done: {
      type: "final",
      output: ({ context }) => ({ _tag: "Delivered" as const, nudges: context.nudges }),
    },
    late: {
      type: "final",
      output: ({ context }) => ({ _tag: "Late" as const, nudges: context.nudges }),
    },
    cancelled: {
      type: "final",
      output: ({ context }) => ({ _tag: "Cancelled" as const, nudges: context.nudges }),
    },
  },
  output: ({ event }) =>
    event.output as {
      readonly _tag: "Delivered" | "Late" | "Cancelled";
      readonly nudges: number;
    },
});
