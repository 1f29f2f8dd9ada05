import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { isPlanted } from "@bellhop/simulator/server/secret";
import { type Observation, Observer } from "@bellhop/core/protocol/observation";
import { pathOf } from "@bellhop/core/flow/path";
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, setup } from "xstate";
import { layerWorld, program } from "../recording/testdata/program.ts";
import { ascii } from "./ascii.ts";
import { graphOf } from "./graph_of.ts";
import { knownCharts } from "./known_charts.ts";
import { layout } from "./layout.ts";
import { mermaid } from "./mermaid.ts";
import { svg } from "./svg.ts";
import { xstateJson } from "./xstate_json.ts";

/** Draws everything that can be of a chart, lit where a flow is that came there by an event. */
const drawer = Effect.fnUntraced(function* (chart: AnyStateMachine) {
  const graph = graphOf(chart);
  const laid = yield* layout(graph);
  return (current: string, event?: string) => ({
    mermaid: mermaid(graph),
    svg: svg(graph, laid, {
      current,
      taken: graph.edges.filter((edge) => edge.to === current && edge.event === event)
        .map(({ id }) => id),
    }),
    ascii: ascii(graph, { current, isStyled: true }),
    json: xstateJson(chart),
  });
});

/** Where flows were, once each: the chart's id, the path, and the event that led there. */
function placesOf(seen: ReadonlyArray<Observation>): ReadonlyArray<readonly string[]> {
  const charts = new Map<string, string>();
  const places = new Map<string, readonly string[]>();
  for (const step of seen) {
    if (step.type === "flow.started") charts.set(step.flowId, step.chart);
    else if (step.type === "flow.transition") {
      const place = [charts.get(step.flowId) ?? "", step.to, step.event];
      places.set(place.join(), place);
    }
  }
  return [...places.values()];
}

describe("diagrams", () => {
  it.effect("hold no secret of the flows that they are lit for", () =>
    Effect.gen(function* () {
      const seen: Array<Observation> = [];
      yield* program.pipe(
        Effect.provideService(Observer, { observe: (each) => seen.push(each) }),
        Effect.provide(layerWorld),
      );
      const places = placesOf(seen);
      assert.isAbove(places.length, 40);
      for (const { chart } of knownCharts) {
        const draw = yield* drawer(chart);
        const unlit = draw("").svg;
        const here = places.filter(([id]) => id === chart.id);
        assert.isNotEmpty(here, chart.id);
        for (const [, path = "", event] of here) {
          const pictures = draw(path, event);
          assert.isFalse(isPlanted(Object.values(pictures).join()), `${chart.id} in ${path}`);
          assert.notStrictEqual(pictures.svg, unlit, `${chart.id} in ${path}`);
        }
      }
    }));

  it.effect("hold nothing of what a chart was given, nor of what its functions close over", () =>
    Effect.gen(function* () {
      const closed = "pl4nted-closed";
      const chart = setup({
        types: {
          input: {} as { readonly token: string },
          context: {} as { readonly token: string; readonly kept: Redacted.Redacted },
        },
        guards: { isIt: ({ context }) => context.token === closed },
        delays: { soon: () => closed.length },
      }).createMachine({
        id: "given",
        context: ({ input }) => ({ token: input.token, kept: Redacted.make(closed) }),
        initial: "held",
        states: {
          held: {
            after: { soon: "gone" },
            on: {
              go: { guard: "isIt", target: "gone" },
              stop: { guard: ({ context }) => context.token !== closed, target: "gone" },
            },
          },
          gone: { type: "final", output: () => closed },
        },
      });
      const [snapshot] = initialTransition(chart, { token: "pl4nted-given" });
      assert.isTrue(isPlanted(snapshot.context.token));
      const path = pathOf((snapshot as AnyMachineSnapshot).value);
      for (const [kind, text] of Object.entries((yield* drawer(chart))(path))) {
        assert.include(text, "held", kind);
        assert.isFalse(isPlanted(text), kind);
      }
    }));
});
