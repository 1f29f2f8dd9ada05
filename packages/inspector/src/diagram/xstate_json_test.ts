import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import { type AnyStateMachine, createMachine, fromPromise, stateIn, transition } from "xstate";
import { session } from "@bellhop/core/chart/session";
import { graphOf } from "./graph_of.ts";
import { knownCharts } from "./known_charts.ts";
import { crowded } from "./testdata/crowded.ts";
import { xstateJson } from "./xstate_json.ts";

function again(chart: AnyStateMachine): AnyStateMachine {
  return createMachine(JSON.parse(xstateJson(chart)));
}

function made(config: unknown): AnyStateMachine {
  return createMachine(config as never);
}

describe("xstateJson()", () => {
  it.each(knownCharts)("writes $name so that XState reads the same chart, each time", (known) => {
    assert.deepStrictEqual(graphOf(again(known.chart)), known.graph);
    assert.strictEqual(xstateJson(again(known.chart)), xstateJson(known.chart));
  });

  it("writes one of everything so that XState reads the same", () => {
    assert.deepStrictEqual(graphOf(again(crowded)), graphOf(crowded));
  });

  it("writes what happens of itself: the session that is read again settles", () => {
    const read = again(session).provide(session.implementations);
    const snapshot = read.resolveState({
      value: "acquiring",
      context: { status: "fresh", canRenew: true, dueInMillis: 60_000, queue: [] },
    });
    const stored = { type: "stored", facts: { status: "fresh" } };
    assert.strictEqual(transition(read, snapshot, stored)[0].value, "fresh");
  });

  it("has a word for what is written in place, and nothing of what it does", () => {
    const chart = made({
      id: "inPlace",
      context: () => ({ text: "planted" }),
      entry: () => {},
      invoke: { src: fromPromise(() => Promise.resolve("planted")), onDone: ".end" },
      initial: "begin",
      states: {
        begin: {
          invoke: { src: fromPromise(() => Promise.resolve("planted")), input: () => "planted" },
          on: {
            go: [
              { guard: stateIn("end"), target: "end", actions: [() => {}, "named"] },
              { guard: { type: "isSo", params: () => "planted" }, actions: () => {} },
            ],
          },
        },
        end: { type: "final" },
      },
    });
    assert.deepStrictEqual(graphOf(again(chart)), graphOf(chart));
    const go = JSON.parse(xstateJson(chart)).states.begin.on.go;
    assert.deepStrictEqual(go, [
      { guard: "guard", target: "end", actions: ["action", "named"] },
      { guard: { type: "isSo" }, actions: "action" },
    ]);
    assert.notInclude(xstateJson(chart), "planted");
  });

  it("holds no secret of a context that the chart begins with", () => {
    const context = { token: Redacted.make("planted"), count: 1 };
    const text = xstateJson(made({ id: "kept", context }));
    assert.notInclude(text, "planted");
    assert.strictEqual(JSON.parse(text).context.count, 1);
  });
});
