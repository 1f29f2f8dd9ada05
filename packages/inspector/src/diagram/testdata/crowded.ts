/** A chart with one of everything that can be drawn. */
import { type AnyStateMachine, setup } from "xstate";

/** States side by side, names that must be escaped, and transitions of every kind. */
export const crowded: AnyStateMachine = setup({
  delays: { soon: 10 },
  guards: { isOver: () => true, isLate: () => false },
  actions: { note: () => {} },
}).createMachine({
  id: "crowded",
  version: "7",
  description: "One of everything",
  initial: "outer",
  on: { stop: ".end", ping: { actions: "note" } },
  states: {
    outer: {
      description: "Holds <others> & waits",
      initial: "first",
      after: { soon: "end" },
      on: { tick: { actions: ["note", "note"] }, tock: {}, "in": ".second" },
      states: {
        first: {
          always: [{ guard: "isOver", target: "#crowded.end" }, { target: "second" }],
          after: { soon: { guard: "isLate", target: "second", actions: "note" } },
        },
        second: {
          on: {
            again: { target: "second", reenter: true },
            out: [{ guard: "isOver", target: "#crowded.both" }, { target: "first" }],
          },
        },
      },
    },
    both: {
      type: "parallel",
      states: {
        left: { initial: "first", states: { first: {} } },
        right: { initial: "a b", states: { "a b": {} } },
      },
      on: { 'say "<so>"': "end" },
    },
    end: { type: "final" },
  },
});
