import { assert, describe, it } from "@effect/vitest";
import { knownCharts } from "./known_charts.ts";
import { crowded } from "./testdata/crowded.ts";
import { xstateJson } from "./xstate_json.ts";

describe("xstateJson()", () => {
  it.each(knownCharts)("writes $name with all its states, the same each time", (known) => {
    const text = xstateJson(known.chart);
    const definition = JSON.parse(text) as { id: string; states: Record<string, unknown> };
    assert.strictEqual(definition.id, known.chart.id);
    assert.deepStrictEqual(
      Object.keys(definition.states),
      known.graph.nodes.filter(({ parent }) => parent === "").map(({ id }) => id),
    );
    assert.strictEqual(xstateJson(known.chart), text);
  });

  it("names guards and actions, and targets by their ids", () => {
    const text = xstateJson(crowded);
    assert.include(text, '"#crowded.outer.second"');
    assert.include(text, '"isOver"');
    assert.include(text, '"note"');
  });
});
