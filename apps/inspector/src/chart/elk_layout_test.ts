import { knownCharts } from "@bellhop/inspector/diagram/known_charts";
import { assert, describe, it } from "@effect/vitest";
import { laidChart } from "../testdata/laid_chart.ts";
import type { Box, LaidChart } from "./laid_chart.ts";

const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width &&
  one.y < other.y + other.height && other.y < one.y + one.height;

function overlaps({ nodes }: LaidChart): ReadonlyArray<string> {
  return nodes.flatMap((one, index) =>
    nodes.slice(index + 1)
      .filter((other) => other.parent === one.parent && overlap(one, other))
      .map((other) => `${one.id} and ${other.id}`)
  );
}

describe("layOut", () => {
  it.each(knownCharts.map(({ name }) => name))(
    "layOut puts nothing of %s upon another",
    async (name) => {
      const chart = await laidChart(name);
      assert.deepStrictEqual(overlaps(chart), []);
      assert.deepStrictEqual(chart.edges.filter(({ points }) => points.length < 2), []);
      const beyond = chart.nodes.filter(({ x, y, width, height }) =>
        x < 0 || y < 0 || x + width > chart.width || y + height > chart.height
      );
      assert.deepStrictEqual(beyond, []);
    },
  );

  it.each(knownCharts.map(({ name }) => name))(
    "layOut puts no words of %s upon a state",
    async (name) => {
      const { nodes, edges } = await laidChart(name);
      const leaves = nodes.filter(({ id }) => !nodes.some(({ parent }) => parent === id));
      const covered = edges.flatMap(({ id, label }) =>
        leaves.filter((node) => overlap(node, label)).map((node) => `${id} covers ${node.id}`)
      );
      assert.deepStrictEqual(covered, []);
      assert.deepStrictEqual(edges.filter(({ label }) => label.width === 0), []);
    },
  );

  it("layOut gives the same places whenever it is asked", async () => {
    assert.deepStrictEqual(await laidChart("session"), await laidChart("session"));
  });

  it("layOut puts states into the one around them", async () => {
    const { nodes } = await laidChart("device_authorization");
    const around = nodes.find(({ id }) => id === "awaitingUser");
    const inside = nodes.filter(({ parent }) => parent === "awaitingUser");
    assert.isAbove(inside.length, 1);
    assert.isTrue(inside.every((node) => around !== undefined && overlap(around, node)));
  });
});
